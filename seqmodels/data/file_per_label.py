"""One file for each label, an example a line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from seqmodels.data.download import Fetchable, local
from seqmodels.data.faults import Faults
from seqmodels.data.hashed_split import hashed_split
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.text.lines import read_lines
from seqmodels.types import Positive, check_choice

Target = Literal["label", "line"]


class FilePerLabel(Reader):
    """Lines of files, each with its file's label: what is to be said of the line, or what a line is to be written for.

    A line that a file has twice is one example. One that stands in several files is an example of each label, all in
    the same split: of a line that is judged by, training has nothing. Blanks at the ends of lines do not count.

    Args:
        files: by label.
        target: ``label`` to read lines and say labels, ``line`` to read labels and write lines.
        val, test: different lines in these splits, chosen by hash.

    Raises:
        ValueError: fewer than two files, or another target.

    Example:
        >>> from seqmodels.data import FilePerLabel
        >>> FilePerLabel({"Greek": "Greek.txt", "Irish": "Irish.txt"}).read().train[0].targets  # doctest: +SKIP
        'Greek'
    """

    def __init__(
        self,
        files: Mapping[str, str | Fetchable],
        target: Target = "label",
        val: Positive = 1_500,
        test: Positive = 1_500,
    ):
        check_choice("target", target, Target)
        if len(files) < 2:
            raise ValueError(f"files={', '.join(files) or 'none'} found, wanted two labels or more")
        self.files = dict(files)
        self.target = target
        self.sizes = (val, test)

    def read(self, faults: Faults | None = None) -> Splits:
        faults = faults or Faults()
        examples: list[Example] = []
        for label, file in self.files.items():
            try:
                examples += self._read(label, local(file), faults)
            except InputError as error:
                faults.refuse(error)
        faults.check()
        parts = hashed_split(map(self._line, examples), *self.sizes)
        splits = Splits([], [], [])
        for example in examples:
            getattr(splits, parts[self._line(example)]).append(example)
        return splits

    def _line(self, example: Example) -> str:
        return str(example.inputs if self.target == "label" else example.targets)

    def _read(self, label: str, path: Path, faults: Faults) -> Sequence[Example]:
        found: dict[str, Example] = {}
        empty = True
        for line in read_lines(path):
            empty = False
            text = line.text.strip()
            if line.fault or not text:
                told = line.fault or "an empty line found, wanted a text"
                faults.skip(path, "line", [f"{path}:{line.number}: {told}"])
            elif text in found:
                faults.pass_over(path, "repeated line")
            else:
                sides = (text, label) if self.target == "label" else (label, text)
                found[text] = Example(*sides, f"{path.name}:{line.number}")
        if empty:
            raise InputError(f"{path}: no line found, wanted at least one; is the file empty?")
        return list(found.values())
