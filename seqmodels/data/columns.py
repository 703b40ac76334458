"""Sentences in columns, a word a line, as CoNLL's shared tasks and most data for named entities have them."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits, read_sentences, read_splits
from seqmodels.errors import InputError
from seqmodels.text.lines import Line, blocks, read_lines
from seqmodels.text.schemes import Scheme, convert, end_fault, label_fault
from seqmodels.types import check_choice

DOCUMENT = "-DOCSTART-"
Separator = Literal["tab", "whitespace"]
Written = Literal["bio", "bioes"]  # schemes that labels are converted to


class Columns(Reader):
    """Sentences as words, with one column as the label of every word.

    A blank line stands between two sentences; one of blanks and tabs alone is blank. All lines of a file have as many
    columns as most of them have. The word -DOCSTART- alone marks where a document begins (CoNLL 2003): it is no
    sentence, and counted.

    Args:
        train, val, test: the files.
        tokens: which column holds the words: 0 is the first, -1 the last.
        labels: which column holds the labels.
        separator: ``tab``, or ``whitespace`` for any number of blanks and tabs.
        scheme: how the file's labels mark what goes over several words, for them to be held against; None: they do not,
            or it is not looked at. ``bio`` wants labels such as O, B-person and I-person, and an I-person only behind
            one of the other two; ``iob1`` a B-person only behind those; ``bioes`` E-person for the last word and
            S-person for the only one.
        to: the scheme that the labels are converted to, None for those of the file.

    Raises:
        ValueError: ``to`` without ``scheme``.

    Example:
        >>> from seqmodels.data import Columns
        >>> splits = Columns("train.conll", "dev.conll", "test.conll", scheme="bio").read()  # doctest: +SKIP
    """

    def __init__(
        self,
        train: str | Fetchable,
        val: str | Fetchable,
        test: str | Fetchable,
        tokens: int = 0,
        labels: int = -1,
        separator: Separator = "tab",
        scheme: Scheme | None = None,
        to: Written | None = None,
    ):
        check_choice("separator", separator, Separator)
        check_choice("scheme", scheme or "bio", Scheme)
        check_choice("to", to or "bio", Written)
        if to is not None and scheme is None:
            raise ValueError(f"to={to} found without scheme, wanted the scheme of the file: bio, iob1 or bioes")
        self.files = (train, val, test)
        self.tokens = tokens
        self.labels = labels
        self.separator = separator
        self.scheme = scheme
        self.to = to

    def read(self, faults: Faults | None = None) -> Splits:
        return read_splits([[file] for file in self.files], self._read, faults)

    def _read(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        (path,) = paths
        sentences = list(blocks(read_lines(path), lambda text: not text.strip(" \t")))
        widths = Counter(len(self._cells(line.text)) for lines in sentences for line in lines if line.fault is None)
        width = widths.most_common(1)[0][0] if widths else 0
        places = range(width)
        fit = all(-width <= place < width for place in (self.tokens, self.labels))
        if widths and (not fit or places[self.tokens] == places[self.labels]):
            hint = "; are there blanks instead of tabs? separator=whitespace" if width == 1 else ""
            raise InputError(
                f"{path}: most lines have {width} column{'s' if width > 1 else ''}, wanted words in column "
                f"{self.tokens} and labels in column {self.labels} (0 is the first, -1 the last){hint}"
            )

        def parse(lines: list[Line]) -> tuple[Example | None, list[str]]:
            example, found = self._sentence(path, lines, width)
            if example and not found and example.inputs == [DOCUMENT]:
                faults.pass_over(path, "document mark")
                return None, []
            return example, found

        return read_sentences(path, sentences, parse, faults)

    def _cells(self, text: str) -> list[str]:
        return text.split("\t") if self.separator == "tab" else re.split("[ \t]+", text.strip(" \t"))

    def _sentence(self, path: Path, lines: list[Line], width: int) -> tuple[Example | None, list[str]]:
        words: list[str] = []
        labels: list[str] = []
        found: list[str] = []
        before: str | None = "O"  # the label of the line before, None if it cannot be known
        for number, text, broken in lines:
            cells = self._cells(text)
            fault = broken or self._fault(cells, before, width)
            if fault:
                found.append(f"{path}:{number}: {fault}")
            if broken or len(cells) != width:
                before = None
                continue
            before = cells[self.labels]
            words.append(cells[self.tokens])
            labels.append(before)
        if self.scheme and (fault := end_fault(before, self.scheme)):
            found.append(f"{path}:{lines[-1].number}: {fault}")
        if self.scheme and self.to and not found:
            labels = convert(labels, self.scheme, self.to)
        return Example(words, labels, f"{path.name}:{lines[0].number}"), found

    def _fault(self, cells: list[str], before: str | None, width: int) -> str | None:
        if len(cells) != width:
            hint = "; are there blanks instead of tabs?" if len(cells) == 1 and self.separator == "tab" else ""
            return f"{len(cells)} columns found, {width} wanted as in most lines{hint}"
        if not cells[self.tokens].strip() or not cells[self.labels].strip():
            side = "word" if not cells[self.tokens].strip() else "label"
            return f"an empty {side} found, wanted one in every line of a sentence"
        return label_fault(cells[self.labels], before, self.scheme) if self.scheme else None
