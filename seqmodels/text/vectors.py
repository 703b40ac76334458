"""Pretrained word vectors from a text file (GloVe, fastText or word2vec: a word, then its numbers, a line)."""

import re
from array import array
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from torchtext.vocab import FastText, GloVe, pretrained_aliases

from seqmodels.errors import InputError
from seqmodels.text.lines import RawLine, raw_lines
from seqmodels.text.vocab import Vocab

SHOWN = 10  # faults after which the rest of the file is not looked at
HEADER = re.compile(rb"([1-9][0-9]{0,8}) ([1-9][0-9]{0,8})")  # fastText and word2vec: how many words, how many numbers
WANTED = "wanted a word and its numbers a line, all of one width"
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")  # what no line of text holds


class WordVectors(NamedTuple):
    """Rows for a vocabulary.

    Args:
        table: (C, D), zeros where the file has no vector.
        found: (C,) bool.
        notes: what was passed over in the file, a line each.
    """

    table: Tensor
    found: Tensor
    notes: list[str]


def address_of_vectors(name: str) -> str | None:
    """Where the vectors that torchtext knows by a name are published; None if it knows none of that name.

    Example:
        >>> from seqmodels.text import address_of_vectors
        >>> address_of_vectors("glove.6B.100d")
        'https://nlp.stanford.edu/data/glove.6B.zip'
    """
    made = pretrained_aliases.get(name)
    settings = getattr(made, "keywords", {})
    if settings.get("name") in GloVe.url:
        return str(GloVe.url[settings["name"]]).replace("http://", "https://")
    return str(FastText.url_base).format(settings["language"]) if "language" in settings else None


def read_vectors(path: str | Path, vocab: Vocab) -> WordVectors:
    """Look up every token of a vocabulary in a file of vectors, its lower-case form if the token is not there.

    The width of every row is looked at, but only the numbers of words that are looked up are read. Of a word that
    stands twice the first row counts, as published files have such words; a word that is not UTF-8 can be in no
    vocabulary. Both are counted in ``notes``.

    Args:
        path: the text file, gzipped or not; a first line "count width" is held against the rest.
        vocab: whose tokens to look up.

    Raises:
        InputError: the file is missing, or not a word and its finite numbers a line; with file and line.

    Example:
        >>> from seqmodels.text import Vocab, read_vectors
        >>> read_vectors("glove.6B.100d.txt", vocab).found.sum()  # doctest: +SKIP
        tensor(7216)
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise InputError(f"vectors={path}: no such file; name a text file with a word and its numbers a line")
    table = _Table({key for token in vocab.tokens for key in (token, token.lower())})
    faults = []
    for line in raw_lines(path):
        if line.number <= 2 and (byte := BINARY.search(line.raw)):  # word2vec's binary files begin with a line of text
            told = f"byte 0x{byte[0].hex()} at position {byte.start() + 1} is no text"
            raise InputError(f"{path}:{line.number}: {told}; {WANTED}: not a pickle and not a binary file")
        fault = table.take(line)
        if fault:
            faults.append(f"{path}:{line.number}: {fault}")
        if len(faults) == SHOWN:
            raise InputError([*faults, f"{path}: reading stopped at these {SHOWN} faults"])
    faults = faults or [f"{path}: {fault}" for fault in table.missing()]
    if faults:
        raise InputError(faults)
    keys = [token if token in table.rows else token.lower() for token in vocab.tokens]
    found = torch.tensor([key in table.rows for key in keys])  # (C,)
    rows = torch.zeros(len(keys), table.width)  # (C, D)
    if table.rows:
        read = torch.frombuffer(table.numbers, dtype=torch.float32).view(-1, table.width)
        rows[found] = read[[table.rows[key] for key in keys if key in table.rows]]
    return WordVectors(rows, found, list(table.notes()))


class _Table:
    """The rows of the words that are wanted, filled line by line."""

    def __init__(self, wanted: set[str]):
        self.wanted = wanted
        self.rows: dict[str, int] = {}  # which row of the numbers is a word's
        self.numbers = array("f")
        self.width = 0  # not known yet
        self.promised: int | None = None  # rows, by the header
        self.seen = 0
        self.twice: list[str] = []
        self.undecodable: list[int] = []

    def take(self, line: RawLine) -> str | None:
        """What is wrong with a line, or None."""
        if line.fault:
            return line.fault
        raw = line.raw.rstrip(b" ")  # fastText ends its lines with one
        if line.number == 1 and (header := HEADER.fullmatch(raw)):
            self.promised, self.width = int(header[1]), int(header[2])
            return None
        self.seen += 1
        numbers = raw.count(b" ")
        self.width = self.width or numbers
        # GloVe's largest file has words such as "at name@domain.com".
        end = raw.find(b" ") if numbers == self.width else _nth_last(raw, self.width)
        word = raw[: max(end, 0)]
        if not word or (_is_number(word.rpartition(b" ")[2]) and numbers != self.width):
            hint = "; are there tabs instead of spaces?" if b"\t" in raw and not numbers else ""
            return f"{numbers} numbers found, {self.width or 'some'} wanted{hint}; {WANTED}"
        return self._row(word, raw[end + 1 :], line.number)

    def _row(self, word: bytes, numbers: bytes, line: int) -> str | None:
        try:
            key = word.decode()
        except UnicodeDecodeError:
            self.undecodable.append(line)
            return None
        if key not in self.wanted:
            return None
        if key in self.rows:
            self.twice.append(key)
            return None
        cells = numbers.split(b" ")
        try:
            read = array("f", map(float, cells))
        except ValueError:
            read = array("f")
        if not read or b"_" in numbers:  # which float() takes
            wrong = next(cell for cell in cells if not _is_number(cell))
            return f"{wrong.decode(errors='replace')!r} found among the numbers of {key!r}; {WANTED}"
        if not all(map(isfinite, read)):
            return f"a number of {key!r} is not finite in float32; {WANTED}"
        self.rows[key] = len(self.rows)
        self.numbers += read
        return None

    def missing(self) -> Iterator[str]:
        """What is wrong with the file as a whole."""
        if not self.seen:
            yield f"no vectors found; {WANTED}"
        elif self.promised is not None and self.promised != self.seen:
            yield f"{self.seen:,} vectors found, {self.promised:,} promised in its first line; is the file cut short?"

    def notes(self) -> Iterator[str]:
        """What was passed over."""
        if self.twice:
            words = "1 word stands" if len(self.twice) == 1 else f"{len(self.twice):,} words stand"
            yield f"{words} there twice, of which the first row counts, such as {self.twice[0]!r}"
        if self.undecodable:
            words = "1 word is" if len(self.undecodable) == 1 else f"{len(self.undecodable):,} words are"
            yield f"{words} not UTF-8, the first in line {self.undecodable[0]}"


def _nth_last(raw: bytes, count: int) -> int:
    """Where the space stands that has so many numbers behind it, or -1."""
    word, *cells = raw.rsplit(b" ", count)
    return len(word) if len(cells) == count else -1


def _is_number(cell: bytes) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return b"_" not in cell
