"""The floor of writing for a class."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.floors.base import LossFloor
from seqmodels.floors.witten_bell import WittenBell, tokens_before
from seqmodels.types import BOS, EOS, NonNegative


class ConditionalNGram(LossFloor):
    """An n-gram model of each class by itself, by Witten-Bell interpolation as ``NGram`` has it: p(w | class, h).

    What it reads is one id, the class. What it writes begins behind a symbol of its own and has its end predicted, as
    that of a decoder has, so that the two losses are means over the same steps.

    Args:
        order: tokens of context at most.

    Example:
        >>> from seqmodels.floors import ConditionalNGram
        >>> floor = ConditionalNGram(order=1); names = [torch.tensor([4, 5]), torch.tensor([5])]
        >>> floor.fit([torch.tensor([0]), torch.tensor([1])], names, classes=6)
        >>> round(floor.loss([torch.tensor([1])], [torch.tensor([5])]), 4)
        0.4055
    """

    def __init__(self, order: NonNegative = 3):
        self.order = order

    def fit(self, inputs: Sequence[Tensor], targets: Sequence[Tensor], classes: int) -> None:
        self.classes = classes
        self.model = WittenBell(self._before(inputs, targets), _wanted(targets), classes)

    def loss(self, inputs: Sequence[Tensor], targets: Sequence[Tensor]) -> float:
        return float(-self.probabilities(inputs, targets).log().mean())

    def probabilities(self, inputs: Sequence[Tensor], targets: Sequence[Tensor]) -> Tensor:
        """p(token | class, what was written before it) for all tokens and ends, (N,) float64."""
        return self.model.probabilities(self._before(inputs, targets), _wanted(targets))

    def _before(self, inputs: Sequence[Tensor], targets: Sequence[Tensor]) -> list[Tensor]:
        """The class of each step, and what stood 1, 2, ... steps before it, (N,) each."""
        if any(ids.shape != (1,) or ids.is_floating_point() for ids in inputs):
            raise InputError("floor: ConditionalNGram found, wanted inputs of one id, such as seqmodels.text.Label")
        kinds = torch.cat([ids.expand(len(target) + 1) for ids, target in zip(inputs, targets, strict=True)])  # (N,)
        read = [torch.cat([target.new_tensor([BOS]), target]) for target in targets]
        return [kinds, *tokens_before(read, self.order, BOS)]


def _wanted(targets: Sequence[Tensor]) -> Tensor:
    return torch.cat([torch.cat([target, target.new_tensor([EOS])]) for target in targets])  # (N,)
