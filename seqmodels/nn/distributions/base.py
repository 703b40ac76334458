"""What every distribution promises."""

from abc import ABC, abstractmethod

from torch import Tensor


class Distribution(ABC):
    """What is said of many numbers, of each by itself: as tensors whose shapes begin with that of the numbers."""

    @abstractmethod
    def point(self) -> Tensor:
        """One value for each number."""

    @abstractmethod
    def quantile(self, level: float) -> Tensor:
        """The value that each number stays below with this probability, between 0 and 1."""

    @abstractmethod
    def crps(self, y: Tensor) -> Tensor:
        """The continuous ranked probability score of each number y, ∫ (F(x) - [x ≥ y])² dx, in its units; less is
        better (Matheson & Winkler 1976; Gneiting & Raftery 2007, section 4.2)."""
