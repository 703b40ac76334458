"""What every normalisation of a window promises."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from torch import Tensor, nn

from seqmodels.types import Padded


class Level(NamedTuple):
    """What a window was brought to, so that a forecast y of it can be brought back: scale·y + shift.

    Args:
        values: (B, T, K), zero past the ends.
        scale, shift: (B, 1, K).
    """

    values: Padded
    scale: Tensor
    shift: Tensor


class Normalization(nn.Module, ABC):
    """Brings every window to a level of its own, column by column."""

    @abstractmethod
    def forward(self, values: Padded) -> Level:
        """Of values (B, T, K), of which what stands past the ends is not read."""
