"""A label and a text in every line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.data.split import Split, read_or_cut, to_cut
from seqmodels.data.split_file import split_of
from seqmodels.errors import InputError
from seqmodels.text.lines import Encoding, Line, read_lines
from seqmodels.types import check_choice

Labels = Literal["fine", "coarse", "both"]


class LabelledLines(Reader):
    """Lines such as "NUM:date When did Hawaii become a state ?": a label, a blank, a text.

    Splits that have no file are cut off the training file, always by the fine labels, so that they are the same
    whichever labels are asked for.

    Args:
        train, val, test: the files.
        labels: ``fine`` for all that stands before the first blank, ``coarse`` for what stands before the colon in it,
            ``both`` for the two by these names.
        encoding: of the files, ``utf-8`` or ``latin-1``.
        split: how to cut, or a file that says it (``SplitFile``); ``StratifiedSplit()`` if not given.

    Example:
        >>> from seqmodels.data import LabelledLines
        >>> LabelledLines("TREC.train", test="TREC.test", labels="coarse").read().test[0].targets  # doctest: +SKIP
        'NUM'
    """

    def __init__(
        self,
        train: str | Fetchable,
        val: str | Fetchable | None = None,
        test: str | Fetchable | None = None,
        labels: Labels = "fine",
        encoding: Encoding = "utf-8",
        split: Split | str | None = None,
    ):
        check_choice("labels", labels, Labels)
        check_choice("encoding", encoding, Encoding)
        self.files = (train, val, test)
        self.labels = labels
        self.encoding: Encoding = encoding
        self.split = split_of(split)
        self.cut = to_cut(self.files)

    def read(self, faults: Faults | None = None) -> Splits:
        splits = read_or_cut(self.files, self._read, self.split, lambda example: str(example.targets), faults)
        return Splits(*([self._asked_for(example) for example in examples] for examples in splits))

    def _read(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        (path,) = paths
        examples: list[Example] = []
        empty = True
        for line in read_lines(path, encoding=self.encoding):
            empty = False
            label, _, text = line.text.partition(" ")
            fault = line.fault or self._fault(line, label, text)
            if fault:
                faults.skip(path, "line", [f"{path}:{line.number}: {fault}"])
            else:
                examples.append(Example(text.strip(), label, f"{path.name}:{line.number}"))
        if empty:
            raise InputError(f"{path}: no line found, wanted at least one; is the file empty?")
        return examples

    def _fault(self, line: Line, label: str, text: str) -> str | None:
        coarse, colon, _ = label.partition(":")
        if not label or not text.strip() or (self.labels != "fine" and not (coarse and colon)):
            wanted = "LABEL" if self.labels == "fine" else "COARSE:fine"
            return f"{line.text[:60]!r} found, wanted a label, a blank and a text: {wanted} text"
        return None

    def _asked_for(self, example: Example) -> Example:
        if self.labels == "fine":
            return example
        fine = str(example.targets)
        coarse = fine.partition(":")[0]
        return example._replace(targets=coarse if self.labels == "coarse" else {"coarse": coarse, "fine": fine})
