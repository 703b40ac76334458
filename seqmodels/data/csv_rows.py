"""Tables with a header, comma- or tab-separated: a row an example."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.data.split import Split, read_or_cut, to_cut
from seqmodels.data.split_file import split_of
from seqmodels.data.tables import Row, Separator, number_of, read_table
from seqmodels.errors import InputError
from seqmodels.types import check_choice


class Csv(Reader):
    """Rows of tables, with one column as the text and one as its label.

    One table is enough: validation and test splits that have no file are cut off the training file. Cells may be quoted
    ("..., ""...") and go over several lines, where a line ends with LF then; not so where tabs separate them, since
    there a quote is a letter like others.

    Args:
        train, val, test: the files.
        text: the text's column, by its name in the header.
        label: the label's column.
        separator: what stands between two cells.
        numeric: whether every label has to be a finite number.
        split: how to cut, or a file that says it (``SplitFile``); a tenth to validate and a fifth to test of every
            label, repeated texts left out, if not given.

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
        val: str | Fetchable | None = None,
        test: str | Fetchable | None = None,
        text: str = "text",
        label: str = "label",
        separator: Separator = "comma",
        numeric: bool = False,
        split: Split | str | None = None,
    ):
        check_choice("separator", separator, Separator)
        if text == label:
            raise InputError(f"data.text and data.label are both {text!r}, wanted two columns")
        self.files = (train, val, test)
        self.columns = (text, label)
        self.separator: Separator = separator
        self.numeric = numeric
        self.split = split_of(split)
        self.cut = to_cut(self.files)

    def read(self, faults: Faults | None = None) -> Splits:
        return read_or_cut(self.files, self.table, self.split, self._stratum, faults)

    def table(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        """The rows of a single table."""
        (path,) = paths
        examples: list[Example] = []
        for row in read_table(path, self.columns, self.separator):
            found = row.faults or self._faults(row)
            if found:
                faults.skip(path, "row", row.told(path, found))
            else:
                text, label = row.cells
                examples.append(Example(text, label, f"{path.name}:{row.line}"))
        return examples

    def _stratum(self, example: Example) -> str:
        return "" if self.numeric else str(example.targets)

    def _faults(self, row: Row) -> list[str]:
        empty = [name for name, cell in zip(self.columns, row.cells, strict=True) if not cell.strip()]
        found = [f"column {name!r} is empty, wanted a value" for name in empty]
        if self.numeric and not found and not isfinite(number_of(row.cells[1])):
            found.append(f"{row.cells[1]!r} found in column {self.columns[1]!r}, wanted a finite number")
        return found
