"""Touch tones: what was pressed can be heard in them."""

import itertools
import math

import pytest
import torch

from seqmodels.data import TouchTones
from seqmodels.data.reader import fingerprint
from seqmodels.data.touch_tones import COLUMNS, DRIFT, DURATION, KEYS, PAUSE, ROWS
from seqmodels.errors import InputError


def small(**settings):
    return TouchTones(**{"train": 40, "val": 10, "test": 10} | settings).read()


def power(sound, hertz, rate):
    """The most of the frequencies nearby (Goertzel 1958, written as the sum that it is)."""
    times = torch.arange(len(sound), dtype=torch.float64) / rate
    turns = 2 * math.pi * hertz * torch.linspace(1 - DRIFT, 1 + DRIFT, 9)[:, None] * times
    return float(((torch.cos(turns) @ sound) ** 2 + (torch.sin(turns) @ sound) ** 2).max())


def test_reading_twice_gives_the_same_sound_and_each_string_another():
    first, again = small(), small()
    for one, other in zip(first, again, strict=True):
        assert fingerprint(one) == fingerprint(other)
    assert len({example.inputs.sha256() for split in first for example in split}) == 60


def test_a_split_stays_as_it_is_when_others_grow():
    assert fingerprint(small().test) == fingerprint(small(train=5, val=3).test)


def test_strings_are_of_every_length_and_key():
    texts = [example.targets.split() for example in small(train=400, shortest=2, longest=5).train]
    assert {len(text) for text in texts} == {2, 3, 4, 5}
    assert set(itertools.chain(*texts)) == set("".join(KEYS))


def test_the_sound_lasts_as_long_as_its_keys_and_pauses_may():
    for example in small().train:
        keys = len(example.targets.split())
        longest = keys * DURATION[1] + (keys + 1) * PAUSE[1]
        assert keys * DURATION[0] + (keys + 1) * PAUSE[0] - 0.01 <= example.inputs.seconds <= longest + 0.01


def test_a_single_key_sounds_the_loudest_tones_of_its_row_and_column():
    right = 0
    examples = small(train=100, shortest=1, longest=1).train
    for example in examples:
        sound, rate = example.inputs.waveform.double(), example.inputs.rate
        row = max(range(4), key=lambda i: power(sound, ROWS[i], rate))
        column = max(range(3), key=lambda i: power(sound, COLUMNS[i], rate))
        right += KEYS[row][column] == example.targets
    assert right >= 97  # noise lies 3 dB below the tones at worst


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match=r"data\.shortest=4 found with data\.longest=2"):
        small(shortest=4, longest=2)
    with pytest.raises(InputError, match=r"data\.rate=2000 found, wanted more than 2954"):
        small(rate=2000)
