"""What every floor promises."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

Item = str | Sequence[str]


class Floor(ABC):
    """A trivial method: it looks at the training split once, then answers."""

    @abstractmethod
    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        """Look at the training split."""

    @abstractmethod
    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        """An answer for every input, of the kind that the targets are."""
