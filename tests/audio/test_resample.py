"""Resampling against sines, which are the same function at every rate."""

import math

import pytest
import torch
from torch.testing import assert_close

from seqmodels.audio import resample


def sine(hertz, rate, seconds=0.5):
    return torch.sin(2 * math.pi * hertz * torch.arange(round(rate * seconds), dtype=torch.float64) / rate)


@pytest.mark.parametrize(
    ("rate", "wanted"), [(8000, 16000), (44100, 8000), (48000, 8000), (11025, 8000), (8000, 11025), (22050, 16000)]
)
@pytest.mark.parametrize("hertz", [50, 440, 3000])
def test_a_sine_within_both_bands_stays_that_sine(rate, wanted, hertz):
    found = resample(sine(hertz, rate), rate, wanted)
    exact = sine(hertz, wanted, 0.6)[: len(found)]
    inner = slice(len(found) // 10, -(len(found) // 10))  # the ends know nothing of what was before or would follow
    assert_close(found[inner], exact[inner], rtol=0, atol=2e-3)


@pytest.mark.parametrize(("rate", "wanted"), [(22254, 8000), (2**32 - 5, 8000), (8000, 15999), (1, 8000), (0, 8000)])
def test_rates_that_nothing_is_recorded_at_are_refused_before_they_take_memory(rate, wanted):
    with pytest.raises(ValueError, match=f"rates {rate} and {wanted} found"):
        resample(torch.zeros(100), rate, wanted)


def test_what_lies_above_the_new_band_is_taken_out_and_not_mirrored():
    found = resample(sine(5000, 16000), 16000, 8000)
    assert found[200:-200].abs().max() < 1e-3


@pytest.mark.parametrize(("rate", "wanted"), [(9, 10), (11, 10), (44100, 8000), (3, 7)])
@pytest.mark.parametrize("samples", [1, 2, 100, 997])
def test_as_many_samples_come_out_as_the_time_wants(rate, wanted, samples):
    assert len(resample(torch.ones(samples), rate, wanted)) == -(-samples * wanted // rate)


def test_only_the_ratio_of_the_rates_matters_and_the_same_rate_changes_nothing():
    sound = torch.randn(500, dtype=torch.float64)
    assert torch.equal(resample(sound, 9, 10), resample(sound, 7200, 8000))
    assert torch.equal(resample(sound, 8000, 8000), sound)
    assert len(resample(sound[:0], 9, 10)) == 0


def test_a_constant_stays_one():
    found = resample(torch.ones(2000, dtype=torch.float64), 10, 9)
    assert_close(found[100:-100], torch.ones_like(found[100:-100]), rtol=0, atol=1e-3)


def test_it_is_linear_and_in_time():
    one, other = torch.randn(2, 300, dtype=torch.float64)
    assert_close(resample(one + 2 * other, 5, 4), resample(one, 5, 4) + 2 * resample(other, 5, 4))
    shifted = torch.cat([torch.zeros(50, dtype=torch.float64), one])  # ten blocks of five later
    assert_close(resample(shifted, 5, 4)[40:], resample(one, 5, 4))


def test_rates_are_positive():
    with pytest.raises(ValueError, match="rates 0 and 8000 found"):
        resample(torch.ones(3), 0, 8000)
