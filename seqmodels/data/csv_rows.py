"""Tables with a header, comma- or tab-separated: a row an example."""

import csv
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Literal, NamedTuple

from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits, read_splits
from seqmodels.errors import InputError
from seqmodels.text.lines import Line, read_lines
from seqmodels.types import check_choice

Separator = Literal["comma", "semicolon", "tab"]
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}


class Csv(Reader):
    """Rows of tables, with one column as the text and one as its label.

    Cells may be quoted ("..., ""...") and go over several lines, where a line ends with LF then; not so where tabs
    separate them, since there a quote is a letter like others.

    Args:
        train, val, test: the files.
        text: the text's column, by its name in the header.
        label: the label's column.
        separator: what stands between two cells.
        numeric: whether every label has to be a finite number.

    Raises:
        InputError: text and label are the same column.

    Example:
        >>> from seqmodels.data import Csv
        >>> Csv("train.csv", "dev.csv", "test.csv", "Text", "Score").read().train[0].targets  # doctest: +SKIP
        '5'
    """

    def __init__(
        self,
        train: str | Fetchable,
        val: str | Fetchable,
        test: str | Fetchable,
        text: str = "text",
        label: str = "label",
        separator: Separator = "comma",
        numeric: bool = False,
    ):
        check_choice("separator", separator, Separator)
        if text == label:
            raise InputError(f"data.text and data.label are both {text!r}, wanted two columns")
        self.files = (train, val, test)
        self.columns = (text, label)
        self.separator = separator
        self.numeric = numeric

    def read(self, faults: Faults | None = None) -> Splits:
        return read_splits([[file] for file in self.files], self.table, faults)

    def table(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        """The rows of a single table."""
        (path,) = paths
        rows = _rows(path, self.separator)
        header = next(rows, None)
        if header is None:
            raise InputError(f"{path}: no header found; is the file empty?")
        text, label = self._places(path, header)
        examples: list[Example] = []
        number = 0
        for number, row in enumerate(rows, start=1):
            found = row.faults or self._faults(row.cells, len(header.cells), text, label)
            if found:
                faults.skip(path, "row", [f"{path}:{row.line}: row {number}: {fault}" for fault in found])
            else:
                examples.append(Example(row.cells[text], row.cells[label], f"{path.name}:{row.line}"))
        if not number:
            raise InputError(f"{path}: no row found behind the header, wanted at least one")
        return examples

    def _places(self, path: Path, header: "_Row") -> list[int]:
        """Where the two columns stand."""
        found = list(header.faults)
        for name in self.columns if not found else ():
            count = header.cells.count(name)
            if count > 1:
                found.append(f"column {name!r} stands {count} times in the header, wanted it once")
            elif not count:
                near = get_close_matches(name, header.cells, cutoff=0)
                hint = "; is the separator another one?" if len(header.cells) == 1 else ""
                found.append(f"no column {name!r} in the header; closest: {', '.join(map(repr, near))}{hint}")
        if found:
            raise InputError([f"{path}:{header.line}: {fault}" for fault in found])
        return [header.cells.index(name) for name in self.columns]

    def _faults(self, cells: list[str], width: int, text: int, label: int) -> list[str]:
        if len(cells) != width:
            return [f"{len(cells)} cells found, {width} wanted as in the header"]
        empty = [name for name, place in zip(self.columns, (text, label), strict=True) if not cells[place].strip()]
        found = [f"column {name!r} is empty, wanted a value" for name in empty]
        if self.numeric and not found and not _is_finite(cells[label]):
            found.append(f"{cells[label]!r} found in column {self.columns[1]!r}, wanted a finite number")
        return found


class _Row(NamedTuple):
    line: int  # where it begins
    cells: list[str]
    faults: list[str]


def _rows(path: Path, separator: str) -> Iterator[_Row]:
    """All rows, the header among them; blank lines at the end of the file are none."""
    lines: list[Line] = []  # of the row that is being read
    blank: list[_Row] = []

    def fed() -> Iterator[str]:
        for line in read_lines(path):
            lines.append(line)
            yield line.text + "\n"

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
        row = _Row(lines[0].number, cells, [line.fault for line in lines if line.fault] or faults)
        if not cells and not row.faults:
            blank.append(row._replace(faults=["a blank line found, wanted a row"]))
            continue
        yield from blank
        blank.clear()
        yield row


def _is_finite(cell: str) -> bool:
    try:
        return isfinite(float(cell)) and "_" not in cell  # which float() takes
    except ValueError:
        return False
