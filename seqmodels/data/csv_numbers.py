"""Tables of numbers with a label, or a number to be told, in every row."""

from collections.abc import Sequence
from functools import partial
from math import isfinite
from pathlib import Path

from seqmodels.data.download import Fetchable, local
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.data.split import Split, read_or_cut, to_cut
from seqmodels.data.split_file import split_of
from seqmodels.data.tables import Separator, header_of, number_of, read_table, refuse_nameless
from seqmodels.errors import InputError
from seqmodels.types import check_choice


class CsvNumbers(Reader):
    """Rows of tables, some columns as a row of numbers and one as what is to be said of it.

    One table is enough: validation and test splits that have no file are cut off the training file.

    Args:
        train, val, test: the files.
        columns: to be read, by their names in the header; all of the training file's but the label's if not given.
        label: the column of what is to be said.
        separator: what stands between two cells.
        numeric: whether it is a number rather than a label.
        split: how to cut, or a file that says it (``SplitFile``); a tenth to validate and a fifth to test of every
            label, equal rows in one split, if not given.

    Raises:
        InputError: the label is one of the columns.

    Example:
        >>> from seqmodels.data import CsvNumbers
        >>> CsvNumbers("iris.csv", label="species").read().train[0].inputs  # doctest: +SKIP
        [5.1, 3.5, 1.4, 0.2]
    """

    def __init__(
        self,
        train: str | Fetchable,
        val: str | Fetchable | None = None,
        test: str | Fetchable | None = None,
        columns: Sequence[str] | None = None,
        label: str = "label",
        separator: Separator = "comma",
        numeric: bool = False,
        split: Split | str | None = None,
    ):
        check_choice("separator", separator, Separator)
        if columns is not None and (label in columns or not columns):
            raise InputError(f"data.columns: {list(columns)} found, wanted one or more, and not data.label={label!r}")
        self.files = (train, val, test)
        self.columns = columns
        self.label = label
        self.separator: Separator = separator
        self.numeric = numeric
        self.split = split_of(split, distinct=False)
        self.cut = to_cut(self.files)

    def read(self, faults: Faults | None = None) -> Splits:
        names = self.columns or self._all_others()
        return read_or_cut(self.files, partial(self._table, names), self.split, self._stratum, faults)

    def _all_others(self) -> list[str]:
        """So that files whose columns stand in another order are read in that of the training file."""
        path = local(self.files[0] or "")
        names = [name for name in header_of(path, self.separator) if name != self.label]
        refuse_nameless(path, names, "data.columns")
        if not names:
            raise InputError(f"{path}:1: no column besides {self.label!r} found, wanted one or more with numbers")
        return names

    def _table(self, names: Sequence[str], paths: Sequence[Path], faults: Faults) -> list[Example]:
        (path,) = paths
        examples: list[Example] = []
        for row in read_table(path, [*names, self.label], self.separator):
            *cells, said = row.cells or [*names, ""]
            numbers = [number_of(cell) for cell in cells]
            found = row.faults or self._faults(names, cells, said)
            if found:
                faults.skip(path, "row", row.told(path, found))
            else:
                examples.append(Example(numbers, said, f"{path.name}:{row.line}"))
        return examples

    def _stratum(self, example: Example) -> str:
        return "" if self.numeric else str(example.targets)

    def _faults(self, names: Sequence[str], cells: Sequence[str], said: str) -> list[str]:
        wanted = [*zip(names, cells, strict=True), *([(self.label, said)] if self.numeric else [])]
        found = [
            f"{cell!r} found in column {name!r}, wanted a finite number"
            for name, cell in wanted
            if not isfinite(number_of(cell))
        ]
        return found if said.strip() else [*found, f"column {self.label!r} is empty, wanted a value"]
