"""Language models that go on learning from what they are scored on."""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.topologies.language_model import LanguageModel
from seqmodels.types import Batch, NonNegativeFloat, PositiveFloat

EPSILON = 1e-5  # added to the root of the mean squares


class DynamicEvaluation:
    """Score each batch, then take a step along its gradient (Krause, Kahembwe, Murray & Renals 2018).

    With the trained weights θ₀: θ ← θ - η·∇L + λ·(θ₀ - θ), their equation 5; where the mean squares m of the training
    gradients were gathered θ ← θ - η·∇L / (√m + ε) + λ·r·(θ₀ - θ) with r = √m over its mean, λ·r at most 1, equation
    6. Every token is scored before the model learns from it, and yet the number is none of the trained model: it stands
    apart from the one without.

    Args:
        rate: η.
        decay: λ.
        rms: whether to take the second form.

    Example:
        >>> from seqmodels.topologies import DynamicEvaluation
        >>> DynamicEvaluation(rate=1e-4, decay=0.001, rms=True).score(model, test, train)  # doctest: +SKIP
        tensor(1.6809)
    """

    def __init__(self, rate: PositiveFloat, decay: NonNegativeFloat = 0.0, rms: bool = False):
        self.rate = rate
        self.decay = decay
        self.rms = rms

    def score(self, model: LanguageModel, scored: Iterable[Batch], training: Iterable[Batch]) -> Tensor:
        """Nats a token; the model is afterwards as it was.

        Args:
            model: trained.
            scored: the batches of a split, in their order and a stream alone.
            training: some of what it was trained on, for the mean squares.

        Raises:
            InputError: there are mean squares to be gathered, and nothing to gather them from.
        """
        model.eval()
        model.read = None
        weights = [p for p in model.parameters() if p.requires_grad]
        first = [p.detach().clone() for p in weights]
        roots = self._roots(model, weights, training) if self.rms else [torch.ones(()) for _ in weights]
        numbers = sum(p.numel() for p in weights)
        mean = float(sum(root.expand_as(p).sum() for root, p in zip(roots, weights, strict=True))) / numbers
        pull = [(self.decay * root / mean).clamp(max=1) for root in roots]
        per_step = [self.rate / (root + EPSILON) if self.rms else self.rate * root for root in roots]
        total, steps = torch.zeros((), dtype=torch.float64), 0
        for batch in scored:
            loss, count = self._gradients(model, batch)
            total, steps = total + loss.double() * count, steps + count
            with torch.no_grad():
                for p, start, back, size in zip(weights, first, pull, per_step, strict=True):
                    change = back * (start - p)
                    p.add_(change if p.grad is None else change - size * p.grad)
        with torch.no_grad():
            for p, start in zip(weights, first, strict=True):
                p.copy_(start)
        model.zero_grad()
        return (total / steps).float()

    def _roots(self, model: LanguageModel, weights: Sequence[Tensor], training: Iterable[Batch]) -> list[Tensor]:
        """The root of the mean squares of each weight's gradients."""
        squares, count = [torch.zeros_like(p) for p in weights], 0
        for batch in training:
            self._gradients(model, batch)
            count += 1
            for square, p in zip(squares, weights, strict=True):
                if p.grad is not None:
                    square.add_(p.grad.square())
        if not any(bool(square.any()) for square in squares):
            found = f"{count} training batches without a gradient" if count else "no training batch"
            raise InputError(f"rms=true: {found} found, wanted some for the gradients' mean squares; set rms=false")
        return [(square / count).sqrt() for square in squares]

    def _gradients(self, model: LanguageModel, batch: Batch) -> tuple[Tensor, int]:
        """A batch's loss and steps, behind which its gradients stand in the weights."""
        model.zero_grad()
        with torch.enable_grad():
            found = model.evaluate(batch)
            found.loss.backward()
        return found.loss.detach(), int(found.steps)
