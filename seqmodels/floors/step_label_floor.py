"""What all floors promise that say a label for every step, and how sure they are."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from torch import Tensor

from seqmodels.floors.base import Floor, Item


class StepLabelFloor(Floor, ABC):
    """Says the most probable label at every step."""

    @abstractmethod
    def log_probabilities(self, inputs: Sequence[Item], names: Sequence[str]) -> list[Tensor]:
        """Of every input, log p (T, C) float64 of labels in the order of their names."""
