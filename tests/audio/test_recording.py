"""Wav files of every kind that there is, and what is no wav file."""

import random
import struct
import wave

import pytest
import torch

from seqmodels.audio import Recording, read_wave, write_wave
from seqmodels.audio.recording import as_int16
from seqmodels.errors import InputError


def written(path, frames, channels=1, width=2, rate=8000):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(frames)
    return path


def header(code, rate=8000, content=b"\0" * 8):
    """A wav file of that format code, by hand."""
    form = struct.pack("<HHIIHH", code, 1, rate, rate * 2, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100, 48000])
def test_what_was_written_is_read(rate, tmp_path):
    samples = torch.randint(-(2**15), 2**15, (777,), dtype=torch.int16)
    write_wave(tmp_path / "a.wav", Recording(samples, rate))
    found = read_wave(tmp_path / "a.wav")
    assert found.rate == rate
    assert torch.equal(found.samples, samples)
    assert found.sha256() == Recording(samples, rate).sha256()
    assert found.seconds == 777 / rate


def test_channels_become_their_mean(tmp_path):
    samples = torch.tensor([[100, 200, -32768], [-100, 203, -32768]], dtype=torch.int16)
    path = written(tmp_path / "a.wav", samples.T.contiguous().numpy().tobytes(), channels=2)
    assert read_wave(path).samples.tolist() == [0, 202, -32768]  # halves to the even number


def test_the_waveform_is_from_minus_one_to_one():
    assert Recording(torch.tensor([-(2**15), 0, 2**14], dtype=torch.int16), 8000).waveform.tolist() == [-1, 0, 0.5]
    assert as_int16(torch.tensor([-1.5, 0.5, 1.0])).tolist() == [-(2**15), 2**14, 2**15 - 1]


def test_another_sample_or_rate_is_another_recording():
    one = Recording(torch.tensor([1, 2], dtype=torch.int16), 8000)
    others = [one._replace(rate=16000), one._replace(samples=one.samples + 1), one._replace(samples=one.samples.int())]
    assert len({recording.sha256() for recording in [one, *others]}) == 4


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "cannot be read"),
        (b"hello, I am no wav file at all", "cannot be read"),
        (header(1)[:20], "cannot be read"),
        (header(3), "compressed, or not of whole numbers (unknown format: 3)"),
        (header(7), "compressed, or not of whole numbers (unknown format: 7)"),
        (header(1)[:-4], "2 samples found, but the header says 4"),
        (header(1, content=b""), "no sound in it"),
    ],
    ids=["empty", "text", "cut in its header", "float", "mu-law", "truncated", "no samples"],
)
def test_what_is_no_such_file_is_told_with_its_name(content, told, tmp_path):
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_wave(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert told in str(caught.value)


@pytest.mark.parametrize("width", [1, 3, 4])
def test_other_widths_are_refused_with_a_command(width, tmp_path):
    path = written(tmp_path / "a.wav", b"\0" * 12, width=width)
    with pytest.raises(InputError, match=f"{8 * width} bits a sample found, wanted 16; convert it .*ffmpeg"):
        read_wave(path)


def test_a_file_that_is_not_there_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_wave(tmp_path / "none.wav")
    with pytest.raises(InputError, match="cannot be read"):
        read_wave(tmp_path)


def test_a_file_with_bytes_changed_at_random_is_read_or_told(tmp_path):
    path, draw = tmp_path / "changed.wav", random.Random(0)
    write_wave(path, Recording(torch.arange(200, dtype=torch.int16), 8000))
    content, told = path.read_bytes(), 0
    for _ in range(300):
        changed = bytearray(content)
        for _ in range(draw.randint(1, 6)):
            changed[draw.randrange(60)] = draw.randrange(256)
        path.write_bytes(changed[: draw.randrange(len(changed))] if draw.random() < 0.1 else changed)
        try:
            read_wave(path)
        except InputError:
            told += 1
    assert 0 < told < 300


def extensible(code, bits=16, content=b"\1\0\2\0\3\0"):
    """A wav file whose format stands in a further part of its header, behind a chunk that nobody reads."""
    form = struct.pack("<HHIIHH", 0xFFFE, 1, 8000, 8000 * bits // 8, bits // 8, bits) + struct.pack("<HHI", 22, bits, 4)
    form += struct.pack("<H", code) + bytes.fromhex("000000001000800000aa00389b71")
    body = b"WAVEJUNK" + struct.pack("<I", 3) + b"abc\0fmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_the_extensible_format_is_read_as_what_it_holds(tmp_path):
    (tmp_path / "a.wav").write_bytes(extensible(1))
    found = read_wave(tmp_path / "a.wav")
    assert (found.samples.tolist(), found.rate) == ([1, 2, 3], 8000)
    (tmp_path / "b.wav").write_bytes(extensible(1, bits=24))
    with pytest.raises(InputError, match="24 bits a sample found, wanted 16"):
        read_wave(tmp_path / "b.wav")
    (tmp_path / "c.wav").write_bytes(extensible(3, bits=32))
    with pytest.raises(InputError, match=r"not of whole numbers \(unknown format: 3\)"):
        read_wave(tmp_path / "c.wav")


@pytest.mark.parametrize("told", [0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFF000])
def test_a_file_that_was_written_to_a_pipe_is_as_long_as_it_is(told, tmp_path):
    samples = torch.arange(-400, 400, dtype=torch.int16)
    write_wave(tmp_path / "a.wav", Recording(samples, 8000))
    raw = (tmp_path / "a.wav").read_bytes()
    place = raw.index(b"data") + 4
    length = struct.pack("<I", told)
    for riff in (raw[4:8], length):
        (tmp_path / "b.wav").write_bytes(raw[:4] + riff + raw[8:place] + length + raw[place + 4 :])
        found = read_wave(tmp_path / "b.wav")
        assert found.rate == 8000
        assert torch.equal(found.samples, samples)
