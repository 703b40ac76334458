"""Windows of a series, and which of them train, validate and test."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Splits
from seqmodels.errors import InputError
from seqmodels.series import Series, Window
from seqmodels.types import Positive, PositiveFloat


@dataclass(frozen=True)
class Windows:
    """How a series is cut: what is read, and the rows behind it that are to be forecast.

    The splits follow one another in time. What is to be forecast lies in its own split, from the first row to the last;
    what is read may begin in the split before.

    Args:
        look_back: rows that are read.
        horizon: rows that are forecast.
        stride: rows from one training window to the next.
        eval_stride: likewise in the other splits.
        split: rows of train, val and test; or, where none is above 1, their shares of all rows.

    Raises:
        InputError: there are not three of them.

    Example:
        >>> from seqmodels.data import Windows
        >>> Windows(look_back=4, horizon=2, split=[10, 5, 5]).bounds(20)
        [0, 10, 15, 20]
    """

    look_back: Positive = 96
    horizon: Positive = 24
    stride: Positive = 1
    eval_stride: Positive = 1
    split: Sequence[PositiveFloat] = (0.7, 0.1, 0.2)

    def __post_init__(self) -> None:
        if len(self.split) != len(Splits._fields):
            raise InputError(f"data.windows.split={list(self.split)} found, wanted three: for train, val and test")

    def bounds(self, rows: int) -> list[int]:
        """Where the splits of so many rows begin, and the row behind the last of them.

        Raises:
            InputError: there are fewer rows, or a split is too short for a single window.
        """
        share = max(self.split) <= 1
        bounds = [0, *(round(end * rows) if share else int(end) for end in accumulate(self.split))]
        if bounds[-1] > rows:
            wanted = "shares of 1 at most in all" if share else "no more"
            raise InputError(f"data.windows.split={list(self.split)} found for {rows:,} rows, wanted {wanted}")
        short = [
            f"{name}: {stop - start:,} rows found, wanted {more} at least"
            for name, start, stop in zip(Splits._fields, bounds, bounds[1:], strict=False)
            if stop - start < (more := self.horizon + self.look_back * (name == "train"))
        ]
        if short:
            told = f"data.windows: look_back={self.look_back}, horizon={self.horizon} and split={list(self.split)}"
            raise InputError([f"{told} found: {line}" for line in short])
        return bounds

    def cut(
        self, series: Series, inputs: tuple[str, ...], targets: tuple[str, ...], origins: Sequence[str], faults: Faults
    ) -> Splits:
        """The windows of a series, in their order.

        Args:
            series: its rows that may be learnt from are settled here.
            inputs, targets: columns that are read, and that are forecast.
            origins: where each row stands, for messages; as many as there are.
            faults: told of windows that are left out because a row is missing in them.
        """
        bounds = self.bounds(len(series.values))
        series = replace(series, training=bounds[1])
        whole = series.values.isfinite().all(dim=1)  # (N,)
        missing = [0, *accumulate((~whole).long().tolist())]
        splits = []
        for name, start, stop in zip(Splits._fields, bounds, bounds[1:], strict=False):
            examples = []
            for at in self._starts(name, start, stop):
                first, last = at - self.look_back, at + self.horizon
                if missing[last] > missing[first]:
                    told = f"a row is missing from {origins[first]} to {origins[last - 1]}"
                    faults.skip(f"the {name} split", "window", [f"{origins[at]}: {told}"])
                else:
                    read, wanted = Window(series, first, at, inputs), Window(series, at, last, targets)
                    examples.append(Example(read, wanted, origins[at]))
            splits.append(examples)
        return Splits(*splits)

    def _starts(self, name: str, start: int, stop: int) -> Iterator[int]:
        """The first row that each window forecasts."""
        first = max(start, self.look_back)
        yield from range(first, stop - self.horizon + 1, self.stride if name == "train" else self.eval_stride)
