"""What every augmentation promises."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from random import Random

from torch import Tensor


class Augmentation(ABC):
    """Changes an input of the training split, another way in every epoch.

    All that is random must come from ``draw``, which depends on (seed, epoch, example) alone: so it is the same in a
    resumed run, and with any number of workers.
    """

    @abstractmethod
    def fit(self, inputs: Sequence[Tensor], size: int) -> None:
        """Look at the training split's inputs, each (T,) ids below ``size``, or (T, D)."""

    @abstractmethod
    def change(self, item: Tensor, draw: Random) -> Tensor:
        """The input (T,) or (T, D) for this epoch, of the same shape; ``item`` itself stays as it is."""
