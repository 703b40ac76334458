"""Lines of a text file: the one place that opens text which others wrote."""

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, cast

from seqmodels.errors import InputError

Encoding = Literal["utf-8", "latin-1"]
LONGEST = 1 << 20  # bytes of a line; a longer one is never held in memory
GZIP = b"\x1f\x8b"
FOREIGN = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


class RawLine(NamedTuple):
    """A line as it stands in the file, without its end.

    Args:
        number: from 1.
        raw: its bytes, none if it is too long.
        fault: what is wrong with it, or None.
    """

    number: int
    raw: bytes
    fault: str | None


class Line(NamedTuple):
    """A line as text, without its end.

    Args:
        number: from 1.
        text: what it says; where it is faulty, as much of it as can be read.
        fault: what is wrong with it, or None.
    """

    number: int
    text: str
    fault: str | None


def read_lines(path: Path, longest: int = LONGEST, encoding: Encoding = "utf-8") -> Iterator[Line]:
    """The lines of a text file in UTF-8 (or Latin-1), gzipped or not, that end with LF or CRLF.

    A byte order mark at the very start is passed over. What is wrong with a line stands in it, so that the reader can
    tell which sentence or row it belongs to: bytes that are not UTF-8, NULs, lone carriage returns, a byte order mark
    in the midst of the file, more than ``longest`` bytes.

    Raises:
        InputError: the file cannot be read to its end, or is UTF-16 or UTF-32.

    Example:
        >>> from pathlib import Path
        >>> from seqmodels.text.lines import read_lines
        >>> [line.text for line in read_lines(Path("iso.txt"))]  # doctest: +SKIP
        ['2026-03-03', '2026-03-04']
    """
    for number, raw, fault in raw_lines(path, longest):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            fault = (
                f"byte 0x{raw[error.start]:02x} at position {error.start + 1} is not UTF-8; convert the file to UTF-8"
            )
            text = raw.decode(errors="replace")
        if fault is None and ("\0" in text or "\r" in text or text.startswith("\ufeff")):
            fault = _fault(text)
        yield Line(number, text, fault)


def _fault(text: str) -> str:
    if "\0" in text:
        return f"NUL found at position {text.index(chr(0)) + 1}, wanted text; is the file damaged, or no text at all?"
    if "\r" in text:
        return f"a lone carriage return found at position {text.index(chr(13)) + 1}; end lines with LF or CRLF"
    return "a byte order mark found, wanted none but at the start of the file; were files put together?"


def raw_lines(path: Path, longest: int = LONGEST) -> Iterator[RawLine]:
    """The lines as bytes, of which nothing was held against UTF-8; else as `read_lines`."""
    number = 0
    with _opened(path) as file:
        while piece := _piece(file, path, number + 1, longest + 2):  # a line's end is two bytes at most
            number += 1
            text = piece[:-1] if piece.endswith(b"\n") else piece
            whole = text is not piece or len(piece) < longest + 2
            if number == 1:
                _refuse_foreign(piece, path)
                text = text.removeprefix(codecs.BOM_UTF8)
            text = text.removesuffix(b"\r")
            if whole and len(text) <= longest:
                yield RawLine(number, text, None)
                continue
            size = len(piece)
            while not piece.endswith(b"\n") and (piece := _piece(file, path, number, longest)):
                size += len(piece)
            told = f"a line of {size:,} bytes found, at most {longest:,} wanted; are line breaks missing?"
            yield RawLine(number, b"", told)


def ends_with_break(path: Path) -> bool:
    """Whether the last line of a text file, gzipped or not, has an end of its own.

    Raises:
        InputError: the file cannot be read to its end.
    """
    last = b""
    with _opened(path) as file:
        while piece := _piece(file, path, 1, LONGEST):
            last = piece
    return last.endswith(b"\n")


def blocks(lines: Iterator[Line], blank: Callable[[str], bool]) -> Iterator[list[Line]]:
    """Runs of lines between those that are blank, as most formats have a sentence.

    Example:
        >>> from seqmodels.text.lines import Line, blocks
        >>> lines = [Line(n, text, None) for n, text in enumerate(["a", "b", "", "", "c"], start=1)]
        >>> [[line.text for line in block] for block in blocks(iter(lines), lambda text: not text)]
        [['a', 'b'], ['c']]
    """
    block: list[Line] = []
    for line in lines:
        if line.fault is not None or not blank(line.text):
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _opened(path: Path) -> BinaryIO:
    try:
        with open(path, "rb") as file:
            packed = file.read(len(GZIP)) == GZIP
        return cast(BinaryIO, gzip.open(path)) if packed else open(path, "rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror})") from error


def _piece(file: BinaryIO, path: Path, number: int, size: int) -> bytes:
    try:
        return file.readline(size)
    except (OSError, EOFError, zlib.error) as error:
        told = "the file cannot be read on; if it is a .gz, it may be cut short: fetch it again"
        raise InputError(f"{path}:{number}: {told} ({error})") from error


def _refuse_foreign(raw: bytes, path: Path) -> None:
    for mark, name in FOREIGN.items():
        if raw.startswith(mark):
            raise InputError(
                f"{path}:1: byte 0x{raw[0]:02x} at position 1 is not UTF-8, the file begins as {name} does; "
                "convert the file to UTF-8"
            )
