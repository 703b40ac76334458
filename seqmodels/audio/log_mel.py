"""Recordings as log-mel frames."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seqmodels.audio.mel import mel_bank
from seqmodels.audio.recording import Recording, read_wave
from seqmodels.audio.resample import resample
from seqmodels.errors import InputError
from seqmodels.nn.linear import linear
from seqmodels.text.scale import Scale, ScaledField, loaded_scale
from seqmodels.types import Positive, PositiveFloat, Size

POWER = 0.01  # mean of the squared samples, where recordings are brought to the same
LARGEST = 2**24  # numbers that the filters have
QUIET = 1e-7  # added to a filter's power: less than 16-bit numbers can tell from nothing


class LogMel(ScaledField):
    """A recording as frames of log(mel power + 1e-7), each filter to mean 0 and deviation 1 in the training split.

    A frame is Hann's window around every ``hop``-th second, of ``window`` seconds, with zeros around the recording:
    1 + ⌊seconds / hop⌋ frames. Filters are HTK's (``mel_bank``).

    Args:
        rate: samples in a second that recordings are brought to.
        mels: how many filters M.
        window, hop: seconds.
        low, high: hertz; the upper end is half the rate if not given.
        center: bring each recording to the same mean power, and take from each filter its mean over the recording: a
            microphone's colour goes with it (cepstral mean subtraction, Atal 1974).

    Raises:
        ValueError: the band or the filters cannot be, or nobody has the memory for them.

    Example:
        >>> from seqmodels.audio import LogMel, Recording
        >>> field, sound = LogMel(mels=20), Recording(torch.randn(4000), 8000)
        >>> field.fit([sound]); field.encode(sound).shape
        torch.Size([51, 20])
    """

    def __init__(
        self,
        rate: Positive = 8000,
        mels: Positive = 40,
        window: PositiveFloat = 0.025,
        hop: PositiveFloat = 0.010,
        low: float = 20.0,
        high: float | None = None,
        center: bool = False,
    ):
        self.rate = rate
        self.mels = mels
        self.samples, self.hop = max(2, round(window * rate)), max(1, round(hop * rate))
        self.fourier = 2 ** math.ceil(math.log2(self.samples))
        self.center = center
        if mels * self.fourier > LARGEST:
            raise ValueError(f"window={window}, mels={mels} found, wanted a shorter window or fewer filters")
        self.bank = mel_bank(mels, self.fourier, rate, low, rate / 2 if high is None else high).float()  # (M, F)

    @property
    def size(self) -> Size:
        return Size(self.mels)

    def expected_size(self) -> Size:
        return self.size

    def fit(self, items: Iterable[str | Recording]) -> None:
        count, total, squares = 0, torch.zeros(self.mels, dtype=torch.float64), torch.zeros(()).double()
        for item in items:
            try:
                frames = self.frames(item).double()
            except InputError:
                continue  # told where it is encoded, with its place
            count, total, squares = count + len(frames), total + frames.sum(dim=0), squares + (frames**2).sum(dim=0)
        if not count:
            raise InputError("no recording found to take mean and deviation of, wanted at least one")
        mean = total / count  # (M,)
        self._scale = Scale(mean, (squares / count - mean**2).clamp(min=0).sqrt().clamp(min=1e-3))

    def load_learnt(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        self._scale = loaded_scale(learnt, "numbers, one a filter", self.mels)

    def split(self, item: str | Recording) -> list[str]:
        return []  # nobody reads frames

    def encode(self, item: str | Recording) -> Tensor:
        """(T, M) float32 frames of a recording, or of the wav file of that name.

        Raises:
            InputError: the file cannot be read, or the recording is empty or of an impossible rate.
        """
        return self.scale.scaled(self.frames(item))  # (T, M)

    def decode(self, ids: Sequence[Any]) -> str:
        """How much sound it was: frames cannot be turned back."""
        return f"{max(0, len(ids) - 1) * self.hop / self.rate:.2f} s of sound"

    def frames(self, item: str | Recording) -> Tensor:
        """(T, M) frames as they are before mean and deviation are taken off."""
        if not isinstance(item, str | Path | Recording):
            raise InputError(f"{type(item).__name__} found, wanted a recording or its file; choose another field")
        recording = item if isinstance(item, Recording) else read_wave(Path(item).expanduser())
        if not len(recording.samples):
            raise InputError("a recording without a sample found, wanted at least one")
        try:
            sound = resample(recording.waveform, recording.rate, self.rate)  # (N,)
        except ValueError as error:
            raise InputError(f"{item}: {error}") from error
        if not bool(torch.isfinite(sound).all()):
            raise InputError("a recording holds a sample that is no finite number")
        if self.center:
            sound = sound * (POWER / sound.double().square().mean().clamp(min=1e-12)).sqrt().float()
        window = torch.hann_window(self.samples)
        spectrum = torch.stft(
            sound, self.fourier, self.hop, self.samples, window, pad_mode="constant", return_complex=True
        )  # (F, T)
        power = spectrum.abs().square().T  # (T, F)
        logs = torch.log(linear(power, self.bank) / self.samples + QUIET)  # (T, M)
        return logs - logs.mean(dim=0) if self.center else logs
