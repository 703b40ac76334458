"""Lines of text files."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from seqmodels.errors import InputError
from seqmodels.text.lines import Line, read_lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.txt"


def read(path: Path, content: bytes, longest: int = 8) -> list[Line]:
    path.write_bytes(content)
    return list(read_lines(path, longest))


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"a", ["a"]),
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\n\r\nb", ["a", "", "b"]),
        (b" a \n\tb\t\n", [" a ", "\tb\t"]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        (b"\xef\xbb\xbf", [""]),
        ("a\u2028b\x0bc\n\x85\n".encode(), ["a\u2028b\x0bc", "\x85"]),
        ("дом\n".encode(), ["дом"]),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_lines_end_with_lf_or_crlf_and_are_else_as_they_stand(
    content: bytes, texts: list[str], packed: bool, path: Path
) -> None:
    lines = read(path, gzip.compress(content) if packed else content)
    assert lines == [Line(number, text, None) for number, text in enumerate(texts, start=1)]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"ab\xff", "byte 0xff at position 3 is not UTF-8; convert the file to UTF-8"),
        (b"a\0", "NUL found at position 2"),
        (b"a\rb", "a lone carriage return found at position 2"),
        (b"a\r", "a lone carriage return found at position 2"),
        (b"\xef\xbb\xbfa", "a byte order mark found, wanted none but at the start"),
        (b"123456789", "a line of 10 bytes found, at most 8 wanted; are line breaks missing?"),
        (b"1" * 99, "a line of 100 bytes found, at most 8 wanted"),
    ],
)
def test_a_faulty_line_is_told_and_the_others_are_as_they_were(raw: bytes, fault: str, path: Path) -> None:
    ending = b"\r\n" if raw.endswith(b"\r") else b"\n"
    first, bad, last = read(path, b"a\n" + raw + ending + b"b\n")
    assert (first, last) == (Line(1, "a", None), Line(3, "b", None))
    assert bad.number == 2
    assert str(bad.fault).startswith(fault)


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("length", range(1, 25))
def test_a_line_is_whole_or_told_at_every_length(length: int, mark: bytes, ending: bytes, path: Path) -> None:
    (line,) = read(path, mark + b"x" * length + ending)
    if line.fault is None:
        assert line.text == "x" * length
    else:
        assert line.text == ""
    if length > 8:
        assert line.fault is not None
    if length + len(mark) <= 8:
        assert line.fault is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-32-be"])
def test_another_encoding_is_refused_whole(encoding: str, path: Path) -> None:
    text = "two cats\n" if encoding in ("utf-16", "utf-32") else "\ufefftwo cats\n"
    with pytest.raises(
        InputError, match=rf"{path}:1: byte 0x(ff|fe|00) at position 1 is not UTF-8, the file begins as UTF"
    ):
        read(path, text.encode(encoding))


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened \\(No such file or directory\\)"):
        list(read_lines(tmp_path / "none"))
    with pytest.raises(InputError, match="cannot be opened \\(Is a directory\\)"):
        list(read_lines(tmp_path))


def test_a_giant_line_is_never_in_memory_whole(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200 << 20)  # 200 MiB of NULs without a line break
    tracemalloc.start()
    try:
        (line,) = read_lines(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "a line of 209,715,200 bytes found" in str(line.fault)
    assert peak < 8 << 20
