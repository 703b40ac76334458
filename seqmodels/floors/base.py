"""What every floor promises."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from torch import Tensor

Item = Any  # as an Example has it: a text, its tokens, labels


class Floor(ABC):
    """A trivial method: it looks at the training split once, then answers."""

    @abstractmethod
    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        """Look at the training split."""

    @abstractmethod
    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        """An answer for every input, of the kind that the targets are."""


class LossFloor(ABC):
    """A trivial method of a model that has a loss and no answers: what stands at each step costs it -log p nats."""

    @abstractmethod
    def fit(self, inputs: Sequence[Tensor], targets: Sequence[Tensor], classes: int) -> None:
        """Look at the training split: ids (T,) that are read and, for each step, one of ``classes`` that is wanted."""

    @abstractmethod
    def loss(self, inputs: Sequence[Tensor], targets: Sequence[Tensor]) -> float:
        """The mean of -log p(target) over all steps of another split, in nats."""
