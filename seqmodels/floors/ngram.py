"""The floor of language models."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.floors.base import LossFloor
from seqmodels.floors.witten_bell import WittenBell, tokens_before
from seqmodels.types import NonNegative


class NGram(LossFloor):
    """An n-gram model by Witten-Bell interpolation (Witten & Bell 1991, method C; Chen & Goodman 1998, section 2.3).

        p(w | h) = (c(h, w) + T(h) p(w | h')) / (c(h) + T(h))

    with h' the context h without its oldest token, T(h) the number of different tokens seen behind h, p(w | h') where
    h was never seen, and 1 / classes below the empty context. Before a sequence begins stands a symbol of its own.

    Args:
        order: tokens of context at most.

    Example:
        >>> from seqmodels.floors import NGram
        >>> floor = NGram(order=1); text = torch.tensor([4, 5, 4, 5, 4])
        >>> floor.fit([text[:-1]], [text[1:]], classes=6); round(floor.loss([text[:-1]], [text[1:]]), 4)
        0.2278
    """

    def __init__(self, order: NonNegative = 5):
        self.order = order

    def fit(self, inputs: Sequence[Tensor], targets: Sequence[Tensor], classes: int) -> None:
        self.classes = classes
        self.model = WittenBell(self._before(inputs), torch.cat(list(targets)), classes)

    def loss(self, inputs: Sequence[Tensor], targets: Sequence[Tensor]) -> float:
        return float(-self.probabilities(inputs, targets).log().mean())

    def probabilities(self, inputs: Sequence[Tensor], targets: Sequence[Tensor]) -> Tensor:
        """p(target | what was read up to it) at every step of all sequences, (N,) float64."""
        return self.model.probabilities(self._before(inputs), torch.cat(list(targets)))

    def _before(self, inputs: Sequence[Tensor]) -> list[Tensor]:
        """For contexts of length 0, 1, ...: the token that each step's context has more than the shorter one, (N,)."""
        return [torch.zeros_like(torch.cat(list(inputs))), *tokens_before(inputs, self.order, self.classes)]
