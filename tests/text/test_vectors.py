"""Pretrained word vectors from a text file."""

import gzip
import ssl
from pathlib import Path

import pytest
import torch

from seqmodels.errors import InputError
from seqmodels.text import Vocab, read_vectors

GOOD = "the 1 2 3\ncat -4 .5 6e1\nThe 7 8 9\n"
THE, CAT, CAPITAL_THE, NONE = [1, 2, 3], [-4, 0.5, 60], [7, 8, 9], [0, 0, 0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors.txt"


def read(path: Path, content: str | bytes, *tokens: str) -> tuple[list[list[float]], list[bool]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    vectors = read_vectors(path, Vocab(tokens), path.parent / "cache")
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


def test_a_word_that_is_not_utf_8_is_passed_over(path: Path) -> None:
    assert read(path, b"\xff 9 9 9\n" + GOOD.encode(), "the", "cat") == ([THE, CAT], [True, True])


def test_words_of_every_script_are_found(path: Path) -> None:
    assert read(path, "Käse 1 2 3\nмарт 4 5 6\n三月 7 8 9\n", "三月", "käse", "март") == (
        [[7, 8, 9], NONE, [4, 5, 6]],
        [True, False, True],
    )


def test_a_gz_file_is_read_like_its_text(path: Path) -> None:
    packed = path.with_suffix(".txt.gz")
    assert read(packed, gzip.compress(GOOD.encode()), "cat", "the") == ([CAT, THE], [True, True])


def test_a_second_reading_from_the_cache_gives_the_same(path: Path) -> None:
    first = read(path, GOOD, "the", "dog")
    assert len(list(path.parent.glob("cache/*/*.pt"))) == 1
    assert read(path, GOOD, "the", "dog") == first
    assert len(list(path.parent.glob("cache/*/*.pt"))) == 1


def test_a_changed_file_is_read_anew(path: Path) -> None:
    read(path, GOOD, "the")
    assert read(path, GOOD.replace("1 2 3", "3 2 1"), "the") == ([[3, 2, 1]], [True])
    assert read(path, GOOD, "the") == ([THE], [True])


@pytest.mark.parametrize(
    "content",
    [
        "the 1 2 3\ncat 4 5\n",
        "the 1 2 3\ncat 4 5 6 7\n",
        "the 1 2 3\ncat 4 five 6\n",
        "the 1 2 3\n\ncat 4 5 6\n",
        "the\t1\t2\t3\n",
        "3 3\n",
        "",
    ],
    ids=["too short", "too long", "no number", "blank line", "tabs", "header only", "empty"],
)
def test_a_file_that_is_no_word_and_numbers_of_one_width_is_refused(content: str, path: Path) -> None:
    with pytest.raises(InputError, match="wanted a word and its numbers a line, all of one width") as caught:
        read(path, content, "the")
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(GOOD.encode() * 99)[:40]], ids=["no gzip", "cut short"])
def test_a_broken_gz_file_is_refused(content: bytes, path: Path) -> None:
    with pytest.raises(InputError, match="wanted a word and its numbers"):
        read(path.with_suffix(".gz"), content, "the")


def test_a_refused_file_leaves_no_parsed_copy_behind(path: Path) -> None:
    for _ in range(2):
        with pytest.raises(InputError):
            read(path, "the 1 2 3\ncat 4 5\n", "the")
    assert list(path.parent.glob("cache/*/*")) == []


@pytest.mark.parametrize("name", ["none.txt", "."])
def test_a_missing_file_is_told_with_its_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file") as caught:
        read_vectors(tmp_path / name, Vocab(["the"]), tmp_path)
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
    vectors = read_vectors("~/vectors.txt", Vocab(["the"]), "~/kept")
    assert vectors.table.tolist() == [THE]
    assert (path.parent / "kept").is_dir()
