"""Running text."""

import gzip
from pathlib import Path

import pytest

from seqmodels.data import Faults, PlainText, Remote, data_root
from seqmodels.data.reader import Example
from seqmodels.errors import InputError

TEXT = "To be,\nor not\n\nto be.\n"


def written(folder: Path, content: str | bytes, name: str = "a.txt") -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def alone(file: str, documents: str = "file") -> list[Example]:
    return PlainText(file, file, file, documents=documents).read().train  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [TEXT, TEXT.rstrip("\n"), "\n\n", "no break", "ünïcode — 日本\n", " \t x \n"])
def test_a_file_is_kept_to_the_letter(text: str, tmp_path: Path) -> None:
    assert alone(written(tmp_path, text)) == [Example(text, text, "a.txt:1", whole=False)]
    assert alone(written(tmp_path, gzip.compress(text.encode()), "a.txt.gz"))[0].inputs == text


def test_line_breaks_of_windows_become_those_of_unix(tmp_path: Path) -> None:
    assert alone(written(tmp_path, TEXT.replace("\n", "\r\n")))[0].inputs == TEXT


def test_a_line_may_be_as_long_as_a_corpus(tmp_path: Path) -> None:
    text = "a b" * 2**19
    assert alone(written(tmp_path, text))[0].inputs == text


def test_paragraphs_are_documents(tmp_path: Path) -> None:
    found = alone(written(tmp_path, "\n" + TEXT), "paragraph")
    assert found == [
        Example("To be,\nor not", "To be,\nor not", "a.txt:2"),
        Example("to be.", "to be.", "a.txt:5"),
    ]


def test_lines_are_documents(tmp_path: Path) -> None:
    assert [example[0] for example in alone(written(tmp_path, "b\na\nb"), "line")] == ["b", "a", "b"]


def test_blank_lines_between_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    file, faults = written(tmp_path, "b\n\na\n  \n\nb\n"), Faults()
    splits = PlainText(file, file, file, documents="line").read(faults)
    assert [example[0] for example in splits.train] == ["b", "a", "b"]
    assert [example.origin for example in splits.train] == ["a.txt:1", "a.txt:3", "a.txt:6"]
    assert (faults.lines(), faults.lost) == ([f"passed over 3 blank lines of {file}"], 0)


@pytest.mark.parametrize("shares", [[0.9, 0.1], [0.5, 0.5], [0.8, 0.1, 0.1]])
def test_shares_are_parts_of_the_text(shares: list[float], tmp_path: Path) -> None:
    text = "".join(f"line {i}\n" for i in range(100))
    splits = PlainText(written(tmp_path, text), shares=shares).read()
    parts = [str(split[0].inputs) for split in splits[: len(shares)]]
    assert "".join(parts) == text
    assert [len(part) / len(text) for part in parts] == pytest.approx(shares, abs=2 / len(text))
    assert splits.test[0].inputs == parts[-1]
    assert not any(split[0].whole for split in splits)
    line = int(splits.val[0].origin.rpartition(":")[2])
    assert text.split("\n")[line - 1].endswith(parts[1].split("\n")[0])


def test_a_share_of_documents_has_whole_ones(tmp_path: Path) -> None:
    text = "".join(f"name{i}\n" for i in range(50))
    splits = PlainText(written(tmp_path, text), shares=[0.5, 0.3, 0.2], documents="line").read()
    assert [example.inputs for split in splits for example in split] == text.split("\n")[:-1]
    assert [len(split) for split in splits] == pytest.approx([25, 15, 10], abs=1)
    assert all(example.whole for split in splits for example in split)


def test_tiny_shakespeare_is_cut_where_everybody_cuts_it() -> None:
    if not (data_root() / "tinyshakespeare" / "input.txt").is_file():
        pytest.skip("SEQMODELS_DATA does not hold tinyshakespeare")
    sha = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
    splits = PlainText(Remote("https://x.org/input.txt", sha, "tinyshakespeare"), shares=[0.9, 0.1]).read()
    assert [len(str(split[0].inputs)) for split in splits] == [1_003_854, 111_540, 111_540]


def test_what_is_wrong_with_the_text_is_told_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, b"good\nb\xffd\n\nlast\0\n")
    with pytest.raises(InputError) as error:
        alone(file)
    assert [fault.split(" ")[0] for fault in error.value.faults] == [f"{file}:2:", f"{file}:4:"]


def test_what_is_wrong_can_be_left_out_and_is_counted(tmp_path: Path) -> None:
    faults = Faults("skip")
    file = written(tmp_path, b"good\nb\xffd\nlast\n")
    assert PlainText(file, shares=[0.5, 0.5]).read(faults).train[0].inputs == "good\n"
    assert faults.lost == 1


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "one file and shares"),
        ({"val": "b"}, "one file and shares"),
        ({"val": "b", "test": "c", "shares": [0.9, 0.1]}, "one file and shares"),
        ({"shares": [1.0]}, r"shares=\[1.0\] found"),
        ({"shares": [0.9, 0.2]}, "that are 1 together"),
        ({"shares": [0.9, 0.1], "documents": "word"}, "documents='word' found"),
    ],
)
def test_settings_that_make_no_sense_are_refused(files: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        PlainText("a", **files)  # type: ignore[arg-type]


def test_an_empty_file_has_no_parts(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    with pytest.raises(InputError, match=r"empty\.txt: no text found in it"):
        PlainText(str(tmp_path / "empty.txt"), shares=[0.9, 0.1]).read()
