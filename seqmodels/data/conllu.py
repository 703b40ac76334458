"""Treebanks in CoNLL-U (https://universaldependencies.org/format.html)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from seqmodels.data.download import Remote, local
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError

COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
WORD = re.compile(r"[1-9][0-9]*")
MULTIWORD_OR_EMPTY = re.compile(r"[1-9][0-9]*-[1-9][0-9]*|[0-9]+\.[1-9][0-9]*")
SHOWN = 10  # faults of a file that are shown one by one


class Conllu(Reader):
    """Sentences as word forms, with one column as the label of every word.

    Only syntactic words count: the line of a multiword token (1-2) and empty nodes (1.1) are annotations beside them,
    as the format says, and are left out.

    Args:
        train, val, test: CoNLL-U files.
        column: which column holds the labels.

    Example:
        >>> from seqmodels.data import Conllu
        >>> splits = Conllu("train.conllu", "dev.conllu", "test.conllu").read()  # doctest: +SKIP
    """

    def __init__(
        self,
        train: str | Remote,
        val: str | Remote,
        test: str | Remote,
        column: Literal["upos", "xpos", "lemma", "feats", "deprel"] = "upos",
    ):
        self.files = (train, val, test)
        self.column = COLUMNS.index(column)

    def read(self) -> Splits:
        return Splits(*(read_conllu(local(file), self.column) for file in self.files))


def read_conllu(path: Path, column: int) -> list[Example]:
    """The sentences of one file.

    Raises:
        InputError: the file holds no sentence, or lines that are not CoNLL-U; each with its file and line.
    """
    faults: list[str] = []
    examples: list[Example] = []
    words: list[str] = []
    labels: list[str] = []
    start = 1
    expected: int | None = 1

    def end_sentence(next_start: int) -> None:
        nonlocal words, labels, start, expected
        if words:
            examples.append(Example(words, labels, f"{path.name}:{start}"))
        words, labels, start, expected = [], [], next_start, 1

    for number, line in _lines(path, faults):
        if not line:
            end_sentence(number + 1)
        elif not line.startswith("#"):
            cells = line.split("\t")
            fault = _fault(cells, expected, column)
            if fault:
                faults.append(f"{path}:{number}: {fault}")
                # Go on counting from the next ID that can be read, so that one fault is told once.
                expected = expected if MULTIWORD_OR_EMPTY.fullmatch(cells[0]) else None
                cells += ["_"] * len(COLUMNS)
            if WORD.fullmatch(cells[0]):
                words.append(cells[1])
                labels.append(cells[column])
                expected = int(cells[0]) + 1
    end_sentence(0)
    if not examples and not faults:
        faults.append(f"{path}: no sentence found, wanted at least one; is the file empty?")
    if faults:
        more = [f"{path}: and {len(faults) - SHOWN} more faults"] if len(faults) > SHOWN else []
        raise InputError(faults[:SHOWN] + more)
    return examples


def _lines(path: Path, faults: list[str]) -> Iterator[tuple[int, str]]:
    with open(path, "rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                faults.append(
                    f"{path}:{number}: byte 0x{raw[error.start]:02x} at position {error.start + 1} is not UTF-8; "
                    "convert the file to UTF-8"
                )
                text = raw.decode("utf-8", errors="replace")
            yield number, text.rstrip("\r\n")


def _fault(cells: list[str], expected: int | None, column: int) -> str | None:
    """What is wrong with a line, or None."""
    if len(cells) != len(COLUMNS):
        hint = "; are there spaces instead of tabs?" if len(cells) == 1 else ""
        return f"{len(cells)} columns found, {len(COLUMNS)} separated by tabs wanted{hint}"
    if MULTIWORD_OR_EMPTY.fullmatch(cells[0]):
        return None
    if not WORD.fullmatch(cells[0]):
        return f"ID {cells[0]!r} found, wanted a number, a range (1-2) or an empty node (1.1)"
    if expected is not None and int(cells[0]) != expected:
        return f"ID {cells[0]} found, {expected} wanted: words count from 1 in every sentence, a blank line between two"
    if not cells[1]:
        return "the FORM is empty, wanted a word"
    if not cells[column] or (cells[column] == "_" and COLUMNS[column] in ("upos", "xpos", "deprel")):
        return f"{COLUMNS[column].upper()} {cells[column]!r} found, wanted a label; choose a column that is annotated"
    return None
