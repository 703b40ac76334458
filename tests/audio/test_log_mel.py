"""Log-mel frames against the textbook's sums, written in numpy: the discrete Fourier transform by its definition."""

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from seqmodels.audio import LogMel, Recording, mel_bank, write_wave
from seqmodels.audio.log_mel import QUIET
from seqmodels.errors import InputError


def reference_bank(mels, size, rate, low, high):
    """HTK's triangles, filter by filter and frequency by frequency."""

    def mel(hertz):
        return 2595 * np.log10(1 + hertz / 700)

    edges = np.linspace(mel(low), mel(high), mels + 2)
    bank = np.zeros((mels, size // 2 + 1))
    for m in range(mels):
        left, middle, right = edges[m : m + 3]
        for k in range(size // 2 + 1):
            at = mel(k * rate / size)
            if left < at <= middle:
                bank[m, k] = (at - left) / (middle - left)
            elif middle < at < right:
                bank[m, k] = (right - at) / (right - middle)
    return bank


def reference_frames(sound, rate, mels, window, hop, low):
    """Frame by frame."""
    length, step = round(window * rate), round(hop * rate)
    size = 1
    while size < length:
        size *= 2
    bank = reference_bank(mels, size, rate, low, rate / 2)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    before = (size - length) // 2
    weights = np.concatenate([np.zeros(before), hann, np.zeros(size - length - before)])
    padded = np.concatenate([np.zeros(size // 2), sound, np.zeros(size // 2)])
    waves = np.exp(-2j * np.pi * np.outer(np.arange(size // 2 + 1), np.arange(size)) / size)
    frames = []
    for start in range(0, len(sound) + 1, step):
        power = np.abs(waves @ (padded[start : start + size] * weights)) ** 2
        frames.append(np.log(bank @ power / length + QUIET))
    return np.stack(frames)


@pytest.fixture
def sound():
    return Recording(torch.randn(2345).clamp(-4, 4) / 8, 8000)


@pytest.mark.parametrize(("mels", "size", "rate", "low"), [(40, 256, 8000, 20.0), (26, 512, 16000, 0.0)])
def test_filters_are_those_of_the_definition(mels, size, rate, low):
    bank = mel_bank(mels, size, rate, low, rate / 2)
    assert_close(bank.numpy(), reference_bank(mels, size, rate, low, rate / 2), rtol=1e-9, atol=1e-9)


def test_filters_sum_to_one_between_the_outer_middles():
    bank = mel_bank(10, 1024, 8000, 100.0, 3900.0)
    inside = bank[1:-1].sum(dim=0) > 0
    first, last = bank[0].argmax(), bank[-1].argmax()
    assert_close(bank.sum(dim=0)[first + 1 : last], torch.ones(int(last - first) - 1, dtype=torch.float64))
    assert inside.any()


@pytest.mark.parametrize(("mels", "window", "hop"), [(40, 0.025, 0.010), (20, 0.032, 0.016), (13, 0.02, 0.0075)])
def test_frames_are_those_of_the_definition(mels, window, hop, sound):
    found = LogMel(mels=mels, window=window, hop=hop).frames(sound)
    wanted = reference_frames(sound.samples.double().numpy(), 8000, mels, window, hop, 20.0)
    assert_close(found.double().numpy(), wanted, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("samples", [1, 79, 80, 81, 8000])
def test_a_frame_for_every_hop_and_one_at_the_end(samples):
    assert len(LogMel().frames(Recording(torch.ones(samples), 8000))) == 1 + samples // 80


def test_training_frames_have_mean_0_and_deviation_1_in_every_filter(sound):
    field, other = LogMel(), Recording(sound.samples[:800] * 3, 8000)
    field.fit([sound, other])
    frames = torch.cat([field.encode(sound), field.encode(other)])
    assert frames.dtype == torch.float32
    assert_close(frames.mean(dim=0), torch.zeros(40), rtol=0, atol=1e-4)
    assert_close(frames.std(dim=0, correction=0), torch.ones(40), rtol=0, atol=1e-4)


def test_what_it_learnt_is_plain_and_taken_by_another(sound):
    field, other = LogMel(), LogMel()
    field.fit([sound])
    other.load_learnt(field.learnt())
    assert other.fitted
    assert torch.equal(other.encode(sound), field.encode(sound))
    assert all(type(value) is float for values in field.learnt().values() for value in values)


ONES = [1.0] * 40


@pytest.mark.parametrize(
    "learnt",
    [
        {},
        {"mean": ONES},
        {"mean": ONES, "deviation": ONES[1:]},
        {"mean": ONES, "deviation": [float("nan"), *ONES[1:]]},
        {"mean": ONES, "deviation": [0.0, *ONES[1:]]},
        {"mean": ONES, "deviation": ["1", *ONES[1:]]},
        {"mean": ONES, "deviation": ONES, "tokens": []},
        {"mean": "x" * 40, "deviation": ONES},
    ],
)
def test_what_another_kind_of_field_learnt_is_refused(learnt):
    with pytest.raises(InputError, match="found, wanted"):
        LogMel().load_learnt(learnt)


def test_loudness_goes_with_the_mean_if_it_is_to(sound):
    louder = sound._replace(samples=sound.samples * 2)
    assert_close(LogMel(center=True).frames(sound), LogMel(center=True).frames(louder), rtol=1e-3, atol=1e-3)
    assert (LogMel().frames(louder) - LogMel().frames(sound)).mean() > 1


def test_a_path_stands_for_its_recording_and_rates_are_brought_together(sound, tmp_path):
    whole = Recording((sound.samples * 2**15).round().to(torch.int16), 8000)
    write_wave(tmp_path / "a.wav", whole)
    field = LogMel()
    field.fit([whole])
    assert torch.equal(field.encode(str(tmp_path / "a.wav")), field.encode(whole))
    at_another_rate = Recording(sound.samples.repeat_interleave(2), 16000)
    assert len(field.encode(at_another_rate)) == len(field.encode(whole))


def test_one_thread_and_two_give_the_same_frames(sound):
    field, threads, found = LogMel(), torch.get_num_threads(), []
    long = Recording(sound.samples.repeat(20), 8000)
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            found.append([field.frames(recording) for recording in (sound, long, Recording(sound.samples[:500], 9000))])
    finally:
        torch.set_num_threads(threads)
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_faults_are_told():
    field = LogMel()
    with pytest.raises(ValueError, match="was not fitted"):
        field.encode(Recording(torch.ones(10), 8000))
    with pytest.raises(InputError, match="no recording found"):
        field.fit([])
    field.fit([Recording(torch.ones(10), 8000)])
    with pytest.raises(InputError, match="without a sample"):
        field.encode(Recording(torch.ones(0), 8000))
    with pytest.raises(InputError, match="no finite number"):
        field.encode(Recording(torch.tensor([1.0, float("nan")]), 8000))
    with pytest.raises(ValueError, match="wanted a band between 0 and half the rate, 4000"):
        LogMel(high=5000.0)
    with pytest.raises(ValueError, match="mels=200 found, but filter 3 holds no frequency"):
        LogMel(mels=200)
    assert field.split(Recording(torch.ones(10), 8000)) == []
    assert field.decode(range(51)) == "0.50 s of sound"


def test_a_recording_of_an_impossible_rate_is_told_where_it_is_encoded():
    good, bad = Recording(torch.randn(800), 8000), Recording(torch.randn(800), 2**31 - 1)
    field, other = LogMel(), LogMel()
    field.fit([good, bad])
    other.fit([good])
    assert field.learnt() == other.learnt()
    with pytest.raises(InputError, match="rates 2147483647 and 8000 found, wanted"):
        field.encode(bad)
    with pytest.raises(InputError, match="no recording found"):
        LogMel().fit([bad])


def test_filters_that_nobody_has_the_memory_for_are_refused():
    with pytest.raises(ValueError, match=r"window=1000000000\.0, mels=40 found"):
        LogMel(window=1e9)


def test_numbers_beyond_floating_point_are_no_mean():
    field = LogMel(mels=1)
    with pytest.raises(InputError, match="wanted 1 finite numbers"):
        field.load_learnt({"mean": [10**400], "deviation": [1.0]})
