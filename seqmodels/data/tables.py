"""Tables with a header, comma- or tab-separated, read row by row."""

import csv
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from math import nan
from pathlib import Path
from typing import Literal, NamedTuple

from seqmodels.errors import InputError
from seqmodels.text.lines import Line, read_lines

Separator = Literal["comma", "semicolon", "tab"]
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
LONGEST = 2**27  # letters of a cell; Python's csv takes 2**17 unless told


class Row(NamedTuple):
    """A row of a table.

    Args:
        number: from 1, the header not counted.
        line: where it begins in the file.
        cells: those of the columns that were asked for, in that order; none if the row is faulty.
        faults: what is wrong with it.
    """

    number: int
    line: int
    cells: list[str]
    faults: list[str]

    def told(self, path: Path, faults: Sequence[str] = ()) -> list[str]:
        """Its faults, or others that were found in it, with where they stand."""
        return [f"{path}:{self.line}: row {self.number}: {fault}" for fault in faults or self.faults]


def read_table(path: Path, columns: Sequence[str], separator: Separator = "comma") -> Iterator[Row]:
    """The rows of a table, one at a time, so that it may be larger than the memory.

    Cells may be quoted ("..., ""...") and go over several lines, where a line ends with LF then; not so where tabs
    separate them, since there a quote is a letter like others. Blank lines at the end of the file are no rows.

    Args:
        path: of the table.
        columns: by their names in the header.
        separator: what stands between two cells.

    Raises:
        InputError: there is no header or no row behind it, a column is not in it, a quote is never closed.

    Example:
        >>> from seqmodels.data.tables import read_table
        >>> next(read_table(Path("Reviews.csv"), ["Text", "Score"])).cells[1]  # doctest: +SKIP
        '5'
    """
    rows = _rows(path, separator)
    header = next(rows, None)
    if header is None:
        raise InputError(f"{path}: no header found; is the file empty?")
    places = _places(path, header, columns)
    width, number = len(header.cells), 0
    for number, row in enumerate(rows, start=1):
        faults = row.faults
        if not faults and len(row.cells) != width:
            faults = [f"{len(row.cells)} cells found, {width} wanted as in the header"]
        yield Row(number, row.line, [] if faults else [row.cells[place] for place in places], faults)
    if not number:
        raise InputError(f"{path}: no row found behind the header, wanted at least one")


def header_of(path: Path, separator: Separator = "comma") -> list[str]:
    """The names of a table's columns, as they stand; none of an empty file."""
    row = next(_rows(path, separator), None)
    return [] if row is None else row.cells


def refuse_nameless(path: Path, names: Sequence[str], setting: str) -> None:
    """Refuse to take a column without a name for one of those to be read, where nobody said which these are.

    Raises:
        InputError: there is one.
    """
    if not all(name.strip() for name in names):
        told = "a column without a name found, as pandas writes row numbers"
        raise InputError(f"{path}:1: {told}: take it out, or name the columns that are to be read, {setting}=[...]")


def number_of(cell: str) -> float:
    """What a cell says; NaN where that is no number."""
    try:
        return nan if "_" in cell else float(cell)  # which float() takes
    except ValueError:
        return nan


def _places(path: Path, header: Row, columns: Sequence[str]) -> list[int]:
    found = list(header.faults)
    for name in columns if not found else ():
        count = header.cells.count(name)
        if count > 1:
            found.append(f"column {name!r} stands {count} times in the header, wanted it once")
        elif not count:
            near = get_close_matches(name, header.cells, cutoff=0)
            hint = "; is the separator another one?" if len(header.cells) == 1 else ""
            found.append(f"no column {name!r} in the header; closest: {', '.join(map(repr, near))}{hint}")
    if found:
        raise InputError([f"{path}:{header.line}: {fault}" for fault in found])
    return [header.cells.index(name) for name in columns]


def _rows(path: Path, separator: Separator) -> Iterator[Row]:
    """All rows with all their cells, the header among them."""
    lines: list[Line] = []  # of the row that is being read
    blank: list[Row] = []

    def fed() -> Iterator[str]:
        for line in read_lines(path):
            lines.append(line)
            yield line.text + "\n"

    csv.field_size_limit(max(LONGEST, csv.field_size_limit()))
    quoting: Literal[0, 3] = csv.QUOTE_NONE if separator == "tab" else csv.QUOTE_MINIMAL
    table = csv.reader(fed(), delimiter=SEPARATORS[separator], quoting=quoting, strict=True)
    while True:
        lines.clear()
        cells, faults = [], []
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            if str(error) == "unexpected end of data":  # nobody can say where the rows behind it begin
                more = lines[-1].number - lines[0].number
                told = f"a quote that this row opens is not closed until the file ends {more:,} lines further on"
                raise InputError(f"{path}:{lines[0].number}: {told}") from error
            faults = [f"{error}; a quote in a quoted cell is written twice"]
            if sum(line.text.count('"') for line in lines) % 2:  # the cell goes on, and csv reads on in the midst of it
                told = f"{faults[0]} (nobody can say where this row ends)"
                raise InputError(f"{path}:{lines[-1].number}: {told}") from error
        row = Row(0, lines[0].number, cells, [line.fault for line in lines if line.fault] or faults)
        if not cells and not row.faults:
            blank.append(row._replace(faults=["a blank line found, wanted a row"]))
            continue
        yield from blank
        blank.clear()
        yield row
