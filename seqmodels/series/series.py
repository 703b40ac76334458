"""Series, and the windows of them that a model reads or writes."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from torch import Tensor

from seqmodels.series.calendar import Step


@dataclass(frozen=True, eq=False, repr=False)
class Series:
    """Rows of numbers, one step apart.

    Args:
        columns: their names.
        values: (N, D) float64; NaN in a row that no window may have.
        training: so many of the rows, the first ones, may be learnt from.
        times: of every row; none where nobody knows.
        step: from one row to the next; None where nobody knows.
        features: those columns that are not scaled, such as those of the calendar.

    Example:
        >>> import torch
        >>> from seqmodels.series import Series
        >>> series = Series(("load", "heat"), torch.tensor([[1.0, 7.0], [2.0, 8.0], [3.0, 9.0]]), training=2)
        >>> series.places(("heat",))
        [1]
    """

    columns: tuple[str, ...]
    values: Tensor
    training: int = 0
    times: tuple[datetime, ...] = ()
    step: Step | None = None
    features: tuple[str, ...] = ()

    def places(self, columns: tuple[str, ...]) -> list[int]:
        """Where columns stand."""
        return [self.columns.index(name) for name in columns]

    def when(self, row: int) -> str:
        """The time of a row, which may lie behind the last one; where nobody knows it, the row's number from 1."""
        if not self.times or self.step is None:
            return str(row + 1)
        last = len(self.times) - 1
        return str(self.times[row] if row <= last else self.step.after(self.times[last], row - last))

    def __repr__(self) -> str:
        return f"{len(self.values):,} rows of {', '.join(self.columns)}"

    @cached_property
    def sha256(self) -> str:
        """A hash of its columns and numbers."""
        names = "\t".join(self.columns).encode()
        return hashlib.sha256(names + self.values.contiguous().numpy().tobytes()).hexdigest()


class Window(NamedTuple):
    """Some rows of a series and some of its columns; nothing is copied.

    Args:
        series: which all windows of it share.
        start, stop: the first row, and the one behind the last.
        columns: their names.

    Example:
        >>> import torch
        >>> from seqmodels.series import Series, Window
        >>> series = Series(("load", "heat"), torch.tensor([[1.0, 7.0], [2.0, 8.0], [3.0, 9.0]]))
        >>> window = Window(series, 1, 3, ("heat",)); str(window), window.rows.tolist()
        ('heat from 2 to 3', [[8.0], [9.0]])
    """

    series: Series
    start: int
    stop: int
    columns: tuple[str, ...]

    @property
    def rows(self) -> Tensor:
        """(T, K) float64, as they stand in the series."""
        return self.series.values[self.start : self.stop, self.series.places(self.columns)]

    def __str__(self) -> str:
        return f"{', '.join(self.columns)} from {self.series.when(self.start)} to {self.series.when(self.stop - 1)}"

    def sha256(self) -> str:
        """A hash of all that it holds."""
        said = [self.series.sha256, str(self.start), str(self.stop), *self.columns]
        return hashlib.sha256("\t".join(said).encode()).hexdigest()
