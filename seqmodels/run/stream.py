"""Texts that come line by line."""

import codecs
import sys
from collections.abc import Iterator, Sequence
from io import BufferedReader
from typing import TextIO, cast

from seqmodels.errors import InputError
from seqmodels.run.predict import undecoded

PIECE = 2**16  # bytes that are read at once, where so many are there


def arriving(texts: Sequence[str], file: TextIO, blank: bool = False) -> Iterator[list[str]]:
    """Texts, then the lines of a stream in UTF-8, as many at once as are there by then.

    What is wrong with a line is told to a person at a terminal, who can write another one.

    Args:
        texts: that are known already.
        file: standard input.
        blank: whether the texts that are known may be of blanks alone, as a prompt may.

    Raises:
        InputError: there is no line, or one is empty or not UTF-8; those before it have been given by then.
    """
    faults = [f"text {i + 1} is empty" for i, text in enumerate(texts) if not (text if blank else text.strip())]
    if faults := faults + undecoded(texts):
        raise InputError(faults)
    if texts:
        yield list(texts)
    number = 0
    for lines in _pieces(cast(BufferedReader, file.buffer)):
        good: list[str] = []
        for line in lines:
            number += 1
            try:
                good.append(_text(line, number))
            except InputError as error:
                if not file.isatty():
                    yield from [good] * bool(good)
                    raise
                print(f"seqmodels: {error}", file=sys.stderr)
        if good:
            yield good
    if not number and not texts:
        raise InputError("no text found: write it behind the run, or name a file with --input FILE (- reads stdin)")


def _text(line: bytes, number: int) -> str:
    try:
        text = line.removesuffix(b"\r").removeprefix(codecs.BOM_UTF8 if number == 1 else b"").decode()
    except UnicodeDecodeError as error:
        raise InputError(f"-:{number}: not UTF-8; convert it to UTF-8") from error
    if not text.strip():
        raise InputError(f"-:{number}: an empty line found, wanted one text a line; take it out")
    return text


def _pieces(file: BufferedReader) -> Iterator[list[bytes]]:
    """Whole lines, as they come."""
    rest = b""
    while piece := file.read1(PIECE):
        *lines, rest = (rest + piece).split(b"\n")
        if lines:
            yield lines
    if rest:
        yield [rest]
