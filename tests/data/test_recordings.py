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
