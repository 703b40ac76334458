"""Recordings of single digits: who is in which split, and what is played faster."""

import pytest
import torch

from seqmodels.audio import Recording, write_wave
from seqmodels.data import SpokenDigit, data_root
from seqmodels.data.reader import fingerprint
from seqmodels.errors import InputError

SAMPLES = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("fsdd")
    for speaker in ("ada", "bob"):
        for digit in range(2):
            for number in range(12):
                tone = torch.sin(torch.arange(SAMPLES) * (0.1 + 0.01 * digit + 0.003 * number)) / 2
                write_wave(path / f"{digit}_{speaker}_{number}.wav", Recording(tone, 8000))
    return path


def names(examples):
    return {example.origin for example in examples}


def test_the_first_five_are_for_test_and_the_next_five_for_validation(folder):
    splits = SpokenDigit(str(folder)).read()
    for split, numbers in zip(splits, (range(10, 12), range(5, 10), range(5)), strict=True):
        assert names(split) == {f"{d}_{s}_{i}.wav" for d in range(2) for s in ("ada", "bob") for i in numbers}
    assert all(example.targets == example.origin[0] for split in splits for example in split)


def test_who_is_left_out_is_heard_in_the_test_split_alone(folder):
    splits = SpokenDigit(str(folder), left_out="bob").read()
    assert names(splits.test) == {f"{d}_bob_{i}.wav" for d in range(2) for i in range(12)}
    assert names(splits.val) == {f"{d}_ada_{i}.wav" for d in range(2) for i in range(10)}
    assert names(splits.train) == {f"{d}_ada_{i}.wav" for d in range(2) for i in range(10, 12)}


def test_training_recordings_alone_are_heard_at_every_speed(folder):
    plain, splits = SpokenDigit(str(folder)).read(), SpokenDigit(str(folder), speeds=[100, 200]).read()
    assert [fingerprint(split) for split in splits[1:]] == [fingerprint(split) for split in plain[1:]]
    assert len(splits.train) == 2 * len(plain.train)
    assert [e.origin for e in splits.train[:2]] == ["0_ada_10.wav", "0_ada_10.wav at 200 %"]
    assert [len(e.inputs.waveform) for e in splits.train[:2]] == [SAMPLES, SAMPLES // 2]


def test_an_unknown_speaker_is_told_who_is_there(folder):
    with pytest.raises(InputError, match=r"data\.left_out: no recording of 'eve' in .*; speakers there: ada, bob"):
        SpokenDigit(str(folder), left_out="eve").read()


def test_no_speed_is_refused(folder):
    with pytest.raises(InputError, match=r"data\.speeds is empty"):
        SpokenDigit(str(folder), speeds=[])


def test_the_real_recordings_are_those_of_the_usual_split():
    folder = data_root() / "fsdd"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: set SEQMODELS_DATA to a folder that holds it")
    splits = SpokenDigit(str(folder)).read()
    assert [len(split) for split in splits] == [2400, 300, 300]
