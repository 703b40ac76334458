"""Treebanks in CoNLL-U (https://universaldependencies.org/format.html)."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits, read_sentences, read_splits
from seqmodels.errors import InputError
from seqmodels.text.lines import Line, blocks, read_lines
from seqmodels.types import check_choice

COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
WORD = re.compile(r"[1-9][0-9]{0,8}")  # so many that int() takes them all
MULTIWORD_OR_EMPTY = re.compile(r"[1-9][0-9]*-[1-9][0-9]*|[0-9]+\.[1-9][0-9]*")
Column = Literal["upos", "xpos", "lemma", "feats", "deprel"]
SENTENCE = re.compile(r"# *(sent_id|text) *=")  # comments that every sentence of a treebank has


class Conllu(Reader):
    """Sentences as word forms, with one column as the label of every word.

    Only syntactic words count: the line of a multiword token (1-2) and empty nodes (1.1) are annotations beside them,
    as the format says, and are left out.

    Args:
        train, val, test: CoNLL-U files.
        column: which column holds the labels.
        also: further columns, as labels beside these: targets are then by the columns' names. An annotation that is
            missing there ("_") is a label like others.

    Raises:
        InputError: a column is named twice.

    Example:
        >>> from seqmodels.data import Conllu
        >>> splits = Conllu("train.conllu", "dev.conllu", "test.conllu").read()  # doctest: +SKIP
    """

    def __init__(
        self,
        train: str | Fetchable,
        val: str | Fetchable,
        test: str | Fetchable,
        column: Column = "upos",
        also: Sequence[Column] = (),
    ):
        for name, value in (("column", column), *(("also", name) for name in also)):
            check_choice(name, value, Column)
        if len({column, *also}) <= len(also):
            raise InputError(f"data.column={column}, data.also={list(also)}: a column is named twice; name each once")
        self.files = (train, val, test)
        self.column = COLUMNS.index(column)
        self.also = [COLUMNS.index(name) for name in also]

    def read(self, faults: Faults | None = None) -> Splits:
        return read_splits([[file] for file in self.files], self._read, faults)

    def _read(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        (path,) = paths
        return read_conllu(path, self.column, faults, self.also)


def read_conllu(path: Path, column: int, faults: Faults, also: Sequence[int] = ()) -> list[Example]:
    """The sentences of one file, those with a faulty line left out whole.

    Raises:
        InputError: the file holds no sentence, faulty or not.
    """
    sentences = blocks(read_lines(path), lambda text: not text)
    return read_sentences(path, sentences, lambda lines: _sentence(path, lines, column, also), faults)


def _sentence(path: Path, block: list[Line], column: int, also: Sequence[int]) -> tuple[Example | None, list[str]]:
    """What a run of lines says, and what is wrong with it; neither if it is comments alone."""
    words: list[str] = []
    labels: dict[int, list[str]] = {place: [] for place in (column, *also)}
    found: list[str] = []
    expected: int | None = 1
    for number, text, broken in block:
        if broken is None and text.startswith("#"):
            continue
        cells = text.split("\t")
        fault = broken or _fault(cells, expected, column, also)
        if fault:
            found.append(f"{path}:{number}: {fault}")
            # Go on counting from the next ID that can be read, so that one fault is told once.
            expected = expected if MULTIWORD_OR_EMPTY.fullmatch(cells[0]) else None
        if WORD.fullmatch(cells[0]):
            expected = int(cells[0]) + 1
            if not fault:
                words.append(cells[1])
                for place, kind in labels.items():
                    kind.append(cells[place])
    start = block[0].number
    if not words and not found and any(not text.startswith("#") or SENTENCE.match(text) for _, text, _ in block):
        found.append(f"{path}:{start}: a sentence without words found, wanted at least one word")
    targets = {COLUMNS[place]: kind for place, kind in labels.items()} if also else labels[column]
    return (Example(words, targets, f"{path.name}:{start}") if words else None), found


def _fault(cells: list[str], expected: int | None, column: int, also: Sequence[int]) -> str | None:
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
    empty = [COLUMNS[place].upper() for place in also if not cells[place]]
    return f"{empty[0]} '' found, wanted a label, or _ where there is none" if empty else None
