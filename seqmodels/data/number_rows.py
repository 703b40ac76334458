"""Tables whose cells are numbers, and one column perhaps a time."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches
from math import isfinite, nan
from pathlib import Path
from typing import NamedTuple

from seqmodels.data.faults import Faults
from seqmodels.data.series_times import Timed, time_of
from seqmodels.data.tables import number_of
from seqmodels.errors import InputError
from seqmodels.text.lines import read_lines

BLANK = "a blank line found, wanted a row"


class Cells(NamedTuple):
    """A line of a table, cut into cells."""

    line: int
    cells: list[str]
    fault: str | None


class NumberRows(NamedTuple):
    """The rows of a table.

    Args:
        values: of every row; NaN in one that is faulty.
        timed: the line of every row, and its time where there is one.
    """

    values: list[list[float]]
    timed: list[Timed]


def lines_of(path: Path, separator: str) -> Iterator[Cells]:
    """Every line as cells, the header first; blank lines at the end of the file are none.

    Raises:
        InputError: there is no line, or the header cannot be read.
    """
    blank: list[Cells] = []
    number = 0
    for number, text, fault in read_lines(path):
        cells = next(csv.reader([text], delimiter=separator), []) if fault is None else []
        if number == 1 and (fault or not cells):
            raise InputError(f"{path}:1: {fault or 'a blank line found, wanted the names of the columns'}")
        if fault is None and not cells:
            blank.append(Cells(number, [], BLANK))
            continue
        yield from blank
        blank.clear()
        yield Cells(number, [cell.strip() for cell in cells], fault)
    if not number:
        raise InputError(f"{path}: no header found; is the file empty?")


def places_of(path: Path, header: Sequence[str], names: Sequence[str]) -> list[int]:
    """Where columns stand.

    Raises:
        InputError: one is not in the header, or stands there twice.
    """
    faults = []
    for name in dict.fromkeys(names):
        if not header.count(name):
            hint = "; is the separator another one?" if len(header) == 1 else ""
            near = ", ".join(map(repr, get_close_matches(name, header, cutoff=0)))
            faults.append(f"{path}:1: no column {name!r} in the header; closest: {near}{hint}")
        elif header.count(name) > 1:
            faults.append(f"{path}:1: column {name!r} stands {header.count(name)} times in the header, wanted it once")
    if faults:
        raise InputError(faults)
    return [header.index(name) for name in names]


def read_rows(
    path: Path, lines: Iterator[Cells], header: Sequence[str], names: Sequence[str], time: str | None, faults: Faults
) -> NumberRows:
    """The rows behind a header.

    Args:
        path: their file.
        lines: of it.
        header: the names of all columns.
        names: those that are wanted.
        time: the column that says when.
        faults: told of every row that is faulty; it stays, as numbers that are none.

    Raises:
        InputError: there is no row.
    """
    places = places_of(path, header, names)
    when = None if time is None else places_of(path, header, [time])[0]
    values, timed = [], []
    for line in lines:
        if line.fault == BLANK:  # no row, whatever else it is
            faults.skip(path, "row", [f"{path}:{line.line}: {BLANK}"])
            continue
        found = [line.fault] if line.fault else []
        if not found and len(line.cells) != len(header):
            found = [f"{len(line.cells)} cells found, {len(header)} wanted as in the header"]
        numbers, at = [nan] * len(places), None
        if not found:
            numbers, at, found = _row(line.cells, places, names, when)
        if found:
            faults.skip(path, "row", [f"{path}:{line.line}: {fault}" for fault in found])
        values.append([nan] * len(places) if found else numbers)
        timed.append(Timed(line.line, at))
    if not values:
        raise InputError(f"{path}: no row found behind the header, wanted at least one")
    return NumberRows(values, timed)


def _row(
    cells: Sequence[str], places: Sequence[int], names: Sequence[str], when: int | None
) -> tuple[list[float], datetime | None, list[str]]:
    """Numbers, time, and what is wrong with them."""
    numbers, faults, time = [], [], None
    for name, cell in zip(names, map(cells.__getitem__, places), strict=True):
        number = number_of(cell)
        numbers.append(number)
        if not isfinite(number):
            faults.append(f"{cell[:40]!r} found in column {name!r}, wanted a finite number")
    if when is not None:
        try:
            time = time_of(cells[when])
        except InputError as error:
            faults += error.faults
    return numbers, time, faults
