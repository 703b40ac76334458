"""Splits that somebody wrote down."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from seqmodels.data.download import Fetchable, local
from seqmodels.data.faults import Faults
from seqmodels.data.hashed_split import Part
from seqmodels.data.reader import Example
from seqmodels.data.split import Split
from seqmodels.data.stratified_split import StratifiedSplit
from seqmodels.data.tables import Separator, header_of, read_table
from seqmodels.types import check_choice

LINE = "line"


class SplitFile(Split):
    """A table that says of each line of the data, where an example begins, in which split it is.

    It has two columns, ``line`` and ``split`` (train, val, test), as a run writes them into its folder. Any other table
    with such a column is taken to be the data's own: its lines are those that it stands in. What it does not name is
    in no split; that is counted.

    Args:
        file: the table.
        column: which of its columns says the split.
        separator: what stands between two cells.

    Example:
        >>> from seqmodels.data import Csv, SplitFile
        >>> Csv("reviews.csv", split=SplitFile("split.csv")).read()  # doctest: +SKIP
    """

    def __init__(self, file: str | Fetchable, column: str = "split", separator: Separator = "comma"):
        check_choice("separator", separator, Separator)
        self.file = file
        self.column = column
        self.separator = separator

    def deal(
        self, examples: Sequence[Example], strata: Sequence[str], cut: Sequence[Part], faults: Faults
    ) -> list[Part | None]:
        path = local(self.file)
        said = self._read(path, ["train", *cut], faults)
        parts: list[Part | None] = []
        for example in examples:
            source, _, line = example.origin.rpartition(":")
            parts.append(said.pop(int(line), None))
            if parts[-1] is None:
                faults.pass_over(source, "unassigned example")
        for _ in said:
            faults.pass_over(path, "unused line")
        return parts

    def _read(self, path: Path, words: Sequence[str], faults: Faults) -> dict[int, Part]:
        own = sorted(header_of(path, self.separator)) != sorted([LINE, self.column])
        found: dict[int, Part] = {}
        for row in read_table(path, [self.column] if own else [self.column, LINE], self.separator):
            told = list(row.faults)
            word, line = (row.cells[0], str(row.line) if own else row.cells[1]) if not told else ("", "")
            part = next((name for name in get_args(Part) if name == word and name in words), None)
            if not told and part is None:
                told.append(f"{word[:60]!r} found in column {self.column!r}, wanted {', '.join(words)}")
            if not told and not (line.isascii() and line.isdigit()):
                told.append(f"{line[:60]!r} found in column {LINE!r}, wanted a line's number")
            if not told and int(line) in found:
                told.append(f"line {line} stands there a second time, wanted it once")
            if part is None or told:
                faults.skip(path, "row", row.told(path, told))
            else:
                found[int(line)] = part
        return found


def split_of(given: Split | str | None, distinct: bool = True) -> Split:
    """How to cut: as is given, as a file says whose name is given, else by every label's share.

    Args:
        given: a split, the name of a file, or neither.
        distinct: of ``StratifiedSplit``, where that is taken.
    """
    return SplitFile(given) if isinstance(given, str) else given or StratifiedSplit(distinct=distinct)


def split_table(examples: Mapping[str, Sequence[Example]]) -> str:
    """A table for ``SplitFile``, in the order of the lines.

    Args:
        examples: of each split.

    Example:
        >>> print(split_table({"train": [Example("a", "x", "a.csv:3")], "val": [Example("b", "x", "a.csv:2")]}), end="")
        line,split
        2,val
        3,train
    """
    rows = [(int(one.origin.rpartition(":")[2]), name) for name, some in examples.items() for one in some]
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([(LINE, "split"), *sorted(rows)])
    return file.getvalue()
