"""Wav files by tables."""

import pytest
import torch

from seqmodels.audio import Recording, write_wave
from seqmodels.data import Faults, Recordings
from seqmodels.errors import InputError


@pytest.fixture
def table(tmp_path):
    (tmp_path / "a").mkdir()
    for i, name in enumerate(["a/one.wav", "two.wav", "three.wav"]):
        write_wave(tmp_path / name, Recording(torch.full((80 * (i + 1),), i, dtype=torch.int16), 8000 * (i + 1)))
    path = tmp_path / "train.tsv"
    path.write_text("a/one.wav\tone two\ntwo.wav\ttwo\n", encoding="utf-8")
    return path


def read(path, faults=None):
    return Recordings(str(path), str(path), str(path)).read(faults).train


def test_each_line_is_a_recording_with_its_text(table):
    examples = read(table)
    assert [example.targets for example in examples] == ["one two", "two"]
    assert [example.origin for example in examples] == ["train.tsv:1", "train.tsv:2"]
    assert [(len(e.inputs.samples), e.inputs.rate) for e in examples] == [(80, 8000), (160, 16000)]


BAD = "a/one.wav\tone\nnone.wav\tx\ntwo.wav two\ntwo.wav\t \n../two.wav\ttwo\na/one.wav\tagain\nbad.wav\tx\n"
BAD += "three.wav\t3\n"


def test_every_fault_is_told_with_its_line_or_left_out(table):
    table.write_text(BAD, encoding="utf-8")
    (table.parent / "bad.wav").write_bytes(b"RIFF")
    with pytest.raises(InputError) as caught:
        read(table)
    for (number, told), fault in zip(
        [
            (2, "no such file"),
            (3, "1 cells found, wanted a wav file, a tab and its text; are there blanks instead of a tab?"),
            (4, "an empty text found"),
            (5, "../two.wav leads out of the table's folder"),
            (6, "a/one.wav stands in line 1 with another text"),
            (7, "cannot be read"),
        ],
        caught.value.faults,
        strict=True,
    ):
        assert fault.startswith(f"{table}:{number}: ")
        assert told in fault
    faults = Faults("skip")
    assert [example.targets for example in read(table, faults)] == ["one", "3"]
    assert faults.lost == 6


def test_an_empty_table_is_an_error(table):
    table.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="no line found"):
        read(table)


@pytest.fixture
def folder(tmp_path):
    """Two speakers' recordings, with a text beside each."""
    for i, name in enumerate(["b/2", "a/1.5", "b/1"]):
        path = tmp_path / "sounds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_wave(path.with_name(path.name + ".wav"), Recording(torch.full((80,), i, dtype=torch.int16), 8000))
        path.with_name(path.name + ".txt").write_text(f"this is\n{name}\n", encoding="utf-8")
    (tmp_path / "sounds" / "README.md").write_text("no recording")
    return tmp_path / "sounds"


def test_of_a_folder_each_wav_file_has_its_text_beside_it(folder):
    examples = read(folder)
    assert [(e.targets, e.origin) for e in examples] == [
        ("this is a/1.5", "a/1.5.wav"),
        ("this is b/1", "b/1.wav"),
        ("this is b/2", "b/2.wav"),
    ]
    assert [int(e.inputs.samples[0]) for e in examples] == [1, 2, 0]


def test_the_faults_of_a_folder_are_told_by_file_or_left_out(folder):
    (folder / "b" / "1.txt").unlink()
    (folder / "a" / "1.5.txt").write_text(" \n")
    (folder / "lonely.txt").write_text("nothing to hear")
    (folder / "c.wav").write_bytes(b"RIFF")
    (folder / "c.txt").write_text("c")
    with pytest.raises(InputError) as caught:
        read(folder)
    wanted = [
        f"{folder}/a/1.5.txt: an empty text found",
        f"{folder}/b/1.wav: no 1.txt found beside it",
        f"{folder}/c.wav: it cannot be read",
        f"{folder}/lonely.txt: no lonely.wav found beside it",
    ]
    assert all(fault.startswith(told) for fault, told in zip(caught.value.faults, wanted, strict=True))
    faults = Faults("skip")
    assert [example.targets for example in read(folder, faults)] == ["this is b/2"]
    assert faults.lost == 4


def test_a_folder_without_wav_files_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no wav file found, wanted NAME"):
        read(tmp_path)


def test_files_with_capital_endings_are_recordings_too(folder):
    for end in (".wav", ".txt"):
        (folder / "b" / f"1{end}").rename(folder / "b" / f"1{end.upper()}")
    assert [e.origin for e in read(folder)] == ["a/1.5.wav", "b/1.WAV", "b/2.wav"]
