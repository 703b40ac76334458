"""Faulty files of word vectors, and what is told of them."""

import gzip
import pickle
from pathlib import Path

from seqmodels.errors import InputError
from seqmodels.text import Vocab, read_vectors

GOOD = "the 1 2 3\ncat -4 .5 6e1\nThe 7 8 9\n"
WANTED = "wanted a word and its numbers a line, all of one width"
# name: (content, the one fault from its line on)
CASES: dict[str, tuple[str | bytes, str]] = {
    "too short": ("the 1 2 3\ncat 4 5\n", f"2: 2 numbers found, 3 wanted; {WANTED}"),
    "too long": ("the 1 2 3\ncat 4 5 6 7\n", f"2: 4 numbers found, 3 wanted; {WANTED}"),
    "cut short": ("the 1 2 3\ncat 4 5", f"2: 2 numbers found, 3 wanted; {WANTED}"),
    "two blanks": ("the 1 2 3\ncat 4  5 6\n", f"2: 4 numbers found, 3 wanted; {WANTED}"),
    "no word": ("the 1 2 3\n 4 5 6\n", f"2: 3 numbers found, 3 wanted; {WANTED}"),
    "blank line": ("the 1 2 3\n\ncat 4 5 6\n", f"2: 0 numbers found, 3 wanted; {WANTED}"),
    "tabs": ("the\t1\t2\t3\n", f"1: 0 numbers found, some wanted; are there tabs instead of spaces?; {WANTED}"),
    "not of the header's width": ("1 2\nthe 1 2 3\n", f"2: 3 numbers found, 2 wanted; {WANTED}"),
    "no number": ("the 1 2 3\ncat 4 five 6\n", f"2: 'five' found among the numbers of 'cat'; {WANTED}"),
    "underscore": ("the 1 2 3\ncat 4 5_0 6\n", f"2: '5_0' found among the numbers of 'cat'; {WANTED}"),
    "nan": ("the 1 2 3\ncat 4 nan 6\n", f"2: a number of 'cat' is not finite in float32; {WANTED}"),
    "infinite": ("the 1 2 3\ncat 4 -inf 6\n", f"2: a number of 'cat' is not finite in float32; {WANTED}"),
    "too large": ("the 1 2 3\ncat 4 1e39 6\n", f"2: a number of 'cat' is not finite in float32; {WANTED}"),
    "NUL": ("the 1 2\0 3\n", f"1: byte 0x00 at position 8 is no text; {WANTED}: not a pickle and not a binary file"),
    "pickle": (
        pickle.dumps({"the": [1.0, 2.0]}),
        f"1: byte 0x04 at position 2 is no text; {WANTED}: not a pickle and not a binary file",
    ),
    "word2vec's binary": (
        b"2 3\nthe " + bytes(range(12)),
        f"2: byte 0x00 at position 5 is no text; {WANTED}: not a pickle and not a binary file",
    ),
    "UTF-16": (
        GOOD.encode("utf-16"),
        "1: byte 0xff at position 1 is not UTF-8, the file begins as UTF-16 does; convert the file to UTF-8",
    ),
    "giant line": (
        "the" + " 1" * 600_000,
        "1: a line of 1,200,003 bytes found, at most 1,048,576 wanted; are line breaks missing?",
    ),
    "gz cut short": (
        gzip.compress(GOOD.encode())[:-8],
        "4: the file cannot be read on; if it is a .gz, it may be cut short: fetch it again "
        "(Compressed file ended before the end-of-stream marker was reached)",
    ),
    "fewer than promised": ("4 3\n" + GOOD, " 3 vectors found, 4 promised in its first line; is the file cut short?"),
    "header only": ("3 3\n", f" no vectors found; {WANTED}"),
    "empty": ("", f" no vectors found; {WANTED}"),
}


def attempt(content: bytes | str, wanted: str, path: Path) -> str | None:
    """What was wrong with what was told of a file that was written to this path; None if nothing was."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        read_vectors(path, Vocab(["the", "cat"]))
    except InputError as error:
        return None if error.faults == [f"{path}:{wanted}"] else f"told {error.faults}, wanted {path}:{wanted}"
    return f"nothing was told, wanted {path}:{wanted}"
