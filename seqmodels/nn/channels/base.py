"""What every way to read the columns of a window promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor, nn

from seqmodels.nn.channels.normalization import Normalization
from seqmodels.types import Padded, Positive, Size


class Seen(NamedTuple):
    """A window as sequences for an encoder: N of them, of one window or of several columns of it.

    Args:
        sequences: (N, T, D).
        scale, shift: (N, 1, K), by which a forecast y of a sequence is brought back: scale·y + shift.
    """

    sequences: Padded
    scale: Tensor
    shift: Tensor


class Channels(nn.Module, ABC):
    """Makes sequences of windows, and windows of what is said of these.

    Columns that are forecast are found among those that are read by their names, and brought to the level of the
    window; all others are read as they are.

    Args:
        input_size: columns that are read.
        output_size: columns that are forecast.
        normalization: makes the normalisation of those, called with how many there are.

    Raises:
        ValueError: a column is forecast and not read.
    """

    def __init__(self, input_size: Positive, output_size: Positive, normalization: Callable[[int], Normalization]):
        super().__init__()
        self.places = places_of(input_size, output_size)
        self.others = [i for i in range(int(input_size)) if i not in self.places]
        self.columns = len(self.places)
        self.besides = len(self.others)
        self.normalization = normalization(self.columns)

    @property
    @abstractmethod
    def width(self) -> int:
        """D, the width of a sequence."""

    @property
    @abstractmethod
    def targets(self) -> int:
        """K, how many numbers are forecast of a sequence at every step."""

    @property
    @abstractmethod
    def sequences(self) -> int:
        """How many sequences a window is."""

    @abstractmethod
    def forward(self, inputs: Padded) -> Seen:
        """The sequences of windows (B, T, columns), those of a window side by side."""

    @abstractmethod
    def joined(self, said: Padded) -> Padded:
        """What is said of windows (B, U, columns·P), for what is said of their sequences (N, U, K·P)."""


def places_of(inputs: int, targets: int) -> list[int]:
    """Where the columns that are forecast stand among those that are read; without names, in the same order.

    Raises:
        ValueError: one is not read.

    Example:
        >>> places_of(Size(3, names=("load", "heat", "hour")), Size(1, names=("heat",)))
        [1]
    """
    read = inputs.names if isinstance(inputs, Size) else ()
    wanted = targets.names if isinstance(targets, Size) else ()
    if not read or not wanted:
        if targets > inputs:
            raise ValueError(f"{int(targets)} columns to forecast and {int(inputs)} to read found, wanted no more")
        return list(range(int(targets)))
    if missing := [name for name in wanted if name not in read]:
        raise ValueError(f"{', '.join(missing)} to be forecast, and not among the columns that are read: add them")
    return [read.index(name) for name in wanted]
