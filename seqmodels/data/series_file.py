"""A table of numbers over time, cut into windows."""

from collections.abc import Sequence
from math import nan
from pathlib import Path
from typing import NamedTuple

import torch

from seqmodels.data.download import Fetchable, local
from seqmodels.data.faults import Faults
from seqmodels.data.number_rows import NumberRows, lines_of, read_rows
from seqmodels.data.reader import Reader, Splits
from seqmodels.data.series_times import placed
from seqmodels.data.tables import SEPARATORS, Separator, refuse_nameless
from seqmodels.data.windows import Windows
from seqmodels.errors import InputError
from seqmodels.series import Feature, Series
from seqmodels.series import calendar as calendar_of
from seqmodels.types import check_choice


class Table(NamedTuple):
    """A series as it stands in a file.

    Args:
        series: all of it.
        inputs, targets: columns that are read, and that are forecast.
        origins: where each of its rows stands.
    """

    series: Series
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    origins: list[str]


class SeriesFile(Reader):
    """Rows of a table with a header, each one step behind the row before, and the windows of them.

    Where a row is missing or a cell is no number, ``on_bad=skip`` leaves out every window that it would be in. Rows
    that are out of order are an error in any case: no split could follow another one in time then.

    Args:
        path: the file.
        time: the column that says when, as 2026-03-01 or 2026-03-01 23:00:00; None for rows without a time.
        inputs: columns that are read; all but the time if not given.
        targets: columns that are forecast; those that are read if not given.
        calendar: what else is read: hour, weekday, day (of the month), month of every row.
        windows: how they are cut, and which of them train.
        separator: what stands between two cells.

    Raises:
        InputError: a calendar of rows without a time.

    Example:
        >>> from seqmodels.data import SeriesFile
        >>> SeriesFile("ETTh1.csv").read().test[0].origin  # doctest: +SKIP
        'ETTh1.csv:13938'
    """

    def __init__(
        self,
        path: str | Fetchable,
        time: str | None = "date",
        inputs: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
        calendar: Sequence[Feature] = (),
        windows: Windows | None = None,
        separator: Separator = "comma",
    ):
        check_choice("separator", separator, Separator)
        if calendar and time is None:
            raise InputError(f"data.calendar={list(calendar)} found with data.time=null, wanted the column of the time")
        self.path = path
        self.time = time
        self.inputs = inputs
        self.targets = targets
        self.calendar = tuple(calendar)
        self.windows = windows or Windows()
        self.separator = separator

    def read(self, faults: Faults | None = None) -> Splits:
        faults = faults or Faults()
        path = local(self.path)
        table = self.table(path, faults)
        faults.check()
        rows = len(table.origins)
        for _ in range(rows - self.windows.bounds(rows)[-1]):
            faults.pass_over(path, "row")
        return self.windows.cut(*table, faults)

    def table(self, path: Path, faults: Faults) -> Table:
        """The whole series of a file; NaN in rows that are missing or faulty, which ``faults`` is told.

        Raises:
            InputError: it is no such table, or its rows are out of order.
        """
        lines = lines_of(path, SEPARATORS[self.separator])
        header = next(lines).cells
        inputs = list(self.inputs or (name for name in header if name != self.time))
        targets = list(self.targets or inputs)
        if not self.inputs:
            refuse_nameless(path, inputs, "data.inputs")
        columns = tuple(dict.fromkeys([*inputs, *targets]))
        rows = read_rows(path, lines, header, columns, self.time, faults)
        faults.check()  # before what follows from it
        series, origins = self._series(path, columns, rows, faults)
        return Table(series, (*inputs, *self.calendar), tuple(targets), origins)

    def _series(
        self, path: Path, columns: tuple[str, ...], rows: NumberRows, faults: Faults
    ) -> tuple[Series, list[str]]:
        """The rows at their places in time."""
        values = torch.tensor(rows.values, dtype=torch.float64)  # (rows of the file, K)
        origins = [f"{path.name}:{row.line}" for row in rows.timed]
        if self.time is None:
            return Series(columns, values), origins
        where = placed(path, rows.timed, faults)
        whole = torch.full((len(where.times), len(columns)), nan, dtype=torch.float64)  # (N, K)
        whole[where.places] = values
        there = dict(zip(where.places, origins, strict=True))
        origins = [there.get(i) or f"{path.name} at {time}" for i, time in enumerate(where.times)]
        whole = torch.cat([whole, calendar_of(where.times, self.calendar)], dim=1)  # (N, K + F)
        return Series((*columns, *self.calendar), whole, 0, where.times, where.step, self.calendar), origins
