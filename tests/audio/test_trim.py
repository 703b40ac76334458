"""Ends cut off, against sounds whose loudness is known at every moment."""

import pytest
import torch

from seqmodels.audio import trimmed

STEPS = torch.tensor([-50.0, -25.0, -15.0, 0.0, -60.0, -5.0, -35.0, -55.0])  # decibels, of a hundredth of a second each


def sound(rate):
    return (10 ** (STEPS / 20)).repeat_interleave(rate // 100)


@pytest.mark.parametrize(
    ("first", "last", "kept"), [(60, 60, (0, 8)), (30, 30, (1, 6)), (20, 40, (2, 7)), (1, 1, (3, 4))]
)
def test_what_is_quieter_is_cut_off_at_the_ends_alone(first, last, kept):
    for rate in (8000, 16000):
        begin, end = (step * rate // 100 for step in kept)
        assert torch.equal(trimmed(sound(rate), rate, first, last), sound(rate)[begin:end])


def test_it_does_not_depend_on_how_loud_the_whole_is():
    assert torch.equal(trimmed(sound(8000) * 1e-3, 8000, 20, 20), trimmed(sound(8000), 8000, 20, 20) * 1e-3)


def test_silence_short_sounds_and_nothing_stay():
    for length in (0, 1, 79, 200):
        assert len(trimmed(torch.zeros(length), 8000, 10, 10)) == length


def test_a_negative_number_is_told():
    with pytest.raises(ValueError, match="last=-3"):
        trimmed(torch.ones(10), 8000, 3, -3)
