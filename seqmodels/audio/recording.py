"""Recordings, and the wav files that they come from."""

import hashlib
import wave
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.errors import InputError

FULL_SCALE = 2**15  # of 16-bit numbers
EXTENSIBLE = b"\xfe\xff"  # a format that is told further on
UNTOLD = 0x7FFFF000  # what writers to a pipe give for a length that they do not know yet, or more
UNREADABLE = (
    wave.Error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)  # what the wave module raises at what is no wav file
HINT = "convert it to 16-bit PCM, such as by `ffmpeg -i IN -c:a pcm_s16le OUT.wav` or `sox IN -b 16 OUT.wav`"


class Recording(NamedTuple):
    """Sound of one channel.

    Args:
        samples: (N,) int16, or float from -1 to 1.
        rate: samples in a second.

    Example:
        >>> from seqmodels.audio import Recording
        >>> str(Recording(torch.zeros(4000, dtype=torch.int16), 8000))
        '0.50 s of sound'
    """

    samples: Tensor
    rate: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate

    @property
    def waveform(self) -> Tensor:
        """(N,) float32 from -1 to 1."""
        return self.samples.float() if self.samples.is_floating_point() else self.samples.float() / FULL_SCALE

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s of sound"

    def sha256(self) -> str:
        """A hash of all that it holds."""
        kind = f"{self.rate} {self.samples.dtype} ".encode()
        return hashlib.sha256(kind + self.samples.contiguous().numpy().tobytes()).hexdigest()


def read_wave(path: str | Path) -> Recording:
    """A wav file of 16-bit PCM, of any rate; several channels become their mean.

    Raises:
        InputError: there is no such file, it is no wav file or another kind of one, it ends too early, or it is empty.

    Example:
        >>> read_wave("7_jackson_32.wav").rate  # doctest: +SKIP
        8000
    """
    try:
        with wave.open(_opened(Path(path)), "rb") as file:
            form = file.getparams()
            raw = file.readframes(form.nframes) if form.sampwidth == 2 else b""
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file (looked from {Path.cwd()}); correct the path") from error
    except UNREADABLE as error:
        kind = str(error) or "it ends in its header"
        told = f"not compressed ({kind})" if kind.startswith("unknown format") else f"it cannot be read ({kind})"
        told = told.replace("not compressed", "compressed, or not of whole numbers")
        raise InputError(f"{path}: {told}, wanted a wav file of 16-bit PCM; {HINT}") from error
    if form.sampwidth != 2:
        raise InputError(f"{path}: {8 * form.sampwidth} bits a sample found, wanted 16; {HINT}")
    width = 2 * form.nchannels
    if len(raw) < form.nframes * width:
        raise InputError(
            f"{path}: {len(raw) // width:,} samples found, but the header says {form.nframes:,}; "
            "the file was cut off, fetch or record it again"
        )
    if not raw or not form.framerate:
        raise InputError(f"{path}: no sound in it, wanted at least one sample; leave it out")
    samples = torch.frombuffer(bytearray(raw), dtype=torch.int16).view(-1, form.nchannels)  # (N, channels)
    if form.nchannels > 1:
        samples = samples.double().mean(dim=1, keepdim=True).round().to(torch.int16)
    return Recording(samples[:, 0], form.framerate)  # (N,)


def _opened(path: Path) -> BytesIO:
    """A file as Python's wave reads it: WAVE_FORMAT_EXTENSIBLE as the format that it names inside (which wave knows
    from 3.12 on alone), and of a file that was written to a pipe, where nobody goes back to say how long it became,
    the length that it has."""
    raw, at = path.read_bytes(), 12  # behind RIFF, a size and WAVE
    while 0 < at <= len(raw) - 8:
        name, size = raw[at : at + 4], int.from_bytes(raw[at + 4 : at + 8], "little")
        if name == b"fmt " and size >= 40 and raw[at + 8 : at + 10] == EXTENSIBLE:
            raw = raw[: at + 8] + raw[at + 32 : at + 34] + raw[at + 10 :]
        if name == b"data":
            left = len(raw) - at - 8
            if size >= UNTOLD and left < size:
                raw = raw[: at + 4] + left.to_bytes(4, "little") + raw[at + 8 :]
            break
        at += 8 + size + size % 2
    return BytesIO(raw)


def write_wave(path: str | Path, recording: Recording) -> None:
    """Write a recording as 16-bit PCM; what is louder than full scale is cut off there.

    Example:
        >>> write_wave("silence.wav", Recording(torch.zeros(800, dtype=torch.int16), 8000))  # doctest: +SKIP
    """
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(recording.rate)
        file.writeframes(as_int16(recording.samples).numpy().tobytes())


def as_int16(samples: Tensor) -> Tensor:
    """(N,) int16 of samples from -1 to 1; what lies outside becomes the nearest number.

    Example:
        >>> as_int16(torch.tensor([0.5, -2.0])).tolist()
        [16384, -32768]
    """
    if not samples.is_floating_point():
        return samples.to(torch.int16)
    return (samples * FULL_SCALE).round().clamp(-FULL_SCALE, FULL_SCALE - 1).to(torch.int16)
