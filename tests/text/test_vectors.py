"""Pretrained word vectors from a text file."""

import gzip
import ssl
from pathlib import Path

import pytest
import torch
from faulty.vector_files import CASES, GOOD, attempt

from seqmodels.errors import InputError
from seqmodels.text import Vocab, read_vectors

THE, CAT, CAPITAL_THE, NONE = [1, 2, 3], [-4, 0.5, 60], [7, 8, 9], [0, 0, 0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors.txt"


def read(path: Path, content: str | bytes, *tokens: str) -> tuple[list[list[float]], list[bool]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    vectors = read_vectors(path, Vocab(tokens))
    assert vectors.table.dtype == torch.float32
    return vectors.table.tolist(), vectors.found.tolist()


def test_every_token_gets_its_row_and_zeros_where_there_is_none(path: Path) -> None:
    assert read(path, GOOD, "cat", "dog", "the") == ([CAT, NONE, THE], [True, False, True])


def test_a_word_that_is_missing_falls_back_to_lower_case_and_one_that_is_there_does_not(path: Path) -> None:
    assert read(path, GOOD, "The", "THE", "Cat", "DOG") == (
        [CAPITAL_THE, THE, CAT, NONE],
        [True, True, True, False],
    )


def test_a_header_line_is_no_word(path: Path) -> None:
    assert read(path, "3 3\n" + GOOD, "3", "the", "cat") == ([NONE, THE, CAT], [False, True, True])


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", " \n").encode(),
        b"3 3 \n" + GOOD.replace("\n", " \n").encode(),
        GOOD.rstrip("\n").encode(),
    ],
    ids=["byte order mark", "CRLF", "blank at the end, as fastText", "header of fastText", "no final newline"],
)
def test_how_lines_begin_and_end_changes_nothing(content: bytes, path: Path) -> None:
    assert read(path, content, "the", "cat", "The") == ([THE, CAT, CAPITAL_THE], [True, True, True])


def test_words_that_are_not_utf_8_are_passed_over_and_counted(path: Path) -> None:
    content = GOOD.encode() + b"\xff 9 9 9\ncaf\xe9 9 9 9\n"
    assert read(path, content, "the", "cat") == ([THE, CAT], [True, True])
    assert read_vectors(path, Vocab(["the"])).notes == ["2 words are not UTF-8, the first in line 4"]


def test_of_a_word_that_stands_twice_the_first_row_counts_and_is_counted(path: Path) -> None:
    assert read(path, GOOD + "the 0 0 0\ndog 1 1 1\ndog 2 2 2\n", "the") == ([THE], [True])
    assert read_vectors(path, Vocab(["the"])).notes == [
        "1 word stands there twice, of which the first row counts, such as 'the'"
    ]


def test_nothing_is_noted_of_a_good_file(path: Path) -> None:
    path.write_text(GOOD, encoding="utf-8")
    assert read_vectors(path, Vocab(["the", "dog"])).notes == []


def test_words_may_hold_blanks_as_in_gloves_largest_file(path: Path) -> None:
    content = GOOD + "at name@domain.com 1 1 1\n. . . 2 2 2\n"
    assert read(path, content, "at name@domain.com", ". . .", "at") == ([[1] * 3, [2] * 3, NONE], [True, True, False])


def test_words_of_every_script_are_found(path: Path) -> None:
    assert read(path, "Käse 1 2 3\nмарт 4 5 6\n三月 7 8 9\n", "三月", "käse", "март") == (
        [[7, 8, 9], NONE, [4, 5, 6]],
        [True, False, True],
    )


def test_a_gz_file_is_read_like_its_text(path: Path) -> None:
    packed = path.with_suffix(".txt.gz")
    assert read(packed, gzip.compress(GOOD.encode()), "cat", "the") == ([CAT, THE], [True, True])


def test_a_changed_file_is_read_anew(path: Path) -> None:
    read(path, GOOD, "the")
    assert read(path, GOOD.replace("1 2 3", "3 2 1"), "the") == ([[3, 2, 1]], [True])
    assert [file.name for file in path.parent.iterdir()] == ["vectors.txt"], "a copy was kept that can go stale"


@pytest.mark.parametrize("name", CASES)
def test_a_file_that_is_no_word_and_numbers_of_one_width_is_refused_with_the_line(name: str, path: Path) -> None:
    assert attempt(*CASES[name], path) is None


def test_reading_stops_after_ten_faults_and_says_so(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(path, GOOD + "cat 1\n" * 12, "the")
    assert [fault.split(":")[1] for fault in caught.value.faults[:10]] == [str(line) for line in range(4, 14)]
    assert caught.value.faults[10:] == [f"{path}: reading stopped at these 10 faults"]


@pytest.mark.parametrize("cut", [40, -4])
def test_a_gz_file_that_is_cut_short_is_refused(cut: int, path: Path) -> None:
    with pytest.raises(InputError, match=r"the file cannot be read on; if it is a \.gz, it may be cut short"):
        read(path.with_suffix(".gz"), gzip.compress(GOOD.encode() * 99)[:cut], "the")


@pytest.mark.parametrize("name", ["none.txt", "."])
def test_a_missing_file_is_told_with_its_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file") as caught:
        read_vectors(tmp_path / name, Vocab(["the"]))
    assert str(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize("content", [GOOD, "the 1 2\ncat 1\nthe 3\n3 4 5\n"], ids=["good", "bad"])
def test_certificates_are_verified_afterwards_as_before(content: str, path: Path) -> None:
    before = ssl._create_default_https_context
    try:
        read(path, content, "the")
    except InputError:
        assert content != GOOD
    assert ssl._create_default_https_context is before
    assert before is not ssl._create_unverified_context


def test_nothing_is_written_on_the_users_terminal(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    read(path, "3 3\n" + GOOD, "the")
    assert capfd.readouterr() == ("", "")


def test_paths_may_begin_with_the_home_folder(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(path.parent))
    path.write_text(GOOD, encoding="utf-8")
    assert read_vectors("~/vectors.txt", Vocab(["the"])).table.tolist() == [THE]
