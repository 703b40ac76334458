"""The tones of a telephone's keys, made in-process."""

import math
from random import Random

import torch
from torch import Tensor

from seqmodels.audio import Recording
from seqmodels.audio.recording import as_int16
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.types import Positive

# ITU-T Q.23: a key sounds the tone of its row and that of its column, in hertz.
ROWS, COLUMNS, KEYS = (697, 770, 852, 941), (1209, 1336, 1477), ("123", "456", "789", "*0#")
SPLIT_SEED = 0  # which strings there are is part of the data set, not of a run
DURATION = (0.04, 0.20)  # seconds that a key is held
PAUSE = (0.03, 0.30)  # seconds between two keys
LEVEL = (-30.0, -6.0)  # decibels below full scale, of a tone
TWIST = 6.0  # decibels that the tone of a column may be louder or softer than that of its row
DRIFT = 0.015  # the share that a frequency may be off
NOISE = (3.0, 30.0)  # decibels that white noise lies below the tones


class TouchTones(Reader):
    """Keys of a telephone held for random times, and which they were: two tones each, with noise below.

    Level, twist, frequency, noise and pauses are drawn anew for each string; strings are drawn independently, so the
    same keys may occur in two splits, the same sound in none.

    Args:
        train, val, test: examples in each split.
        shortest, longest: keys in a string.
        rate: samples in a second.

    Raises:
        InputError: the lengths are none.

    Example:
        >>> from seqmodels.data import TouchTones
        >>> TouchTones(train=1, val=1, test=1).read().test[0].targets
        '3 # 2 7 1'
    """

    def __init__(
        self,
        train: Positive = 2000,
        val: Positive = 300,
        test: Positive = 500,
        shortest: Positive = 1,
        longest: Positive = 8,
        rate: Positive = 8000,
    ):
        self.sizes = {"train": train, "val": val, "test": test}
        self.lengths = (shortest, longest)
        self.rate = rate

    def read(self, faults: Faults | None = None) -> Splits:  # what is made here has none
        if self.lengths[0] > self.lengths[1]:
            raise InputError(
                f"data.shortest={self.lengths[0]} found with data.longest={self.lengths[1]}, wanted no more"
            )
        if self.rate <= 2 * max(COLUMNS) * (1 + DRIFT):
            raise InputError(
                f"data.rate={self.rate} found, wanted more than {2 * max(COLUMNS)}, twice the highest tone"
            )
        return Splits(*([self._example(name, i) for i in range(self.sizes[name])] for name in Splits._fields))

    def _example(self, split: str, number: int) -> Example:
        draw = Random(f"{SPLIT_SEED} {split} {number}")
        keys = [draw.choice("".join(KEYS)) for _ in range(draw.randint(*self.lengths))]
        level, twist = draw.uniform(*LEVEL), draw.uniform(-TWIST, TWIST)
        pieces = []
        for key in keys:
            pieces += [torch.zeros(self._samples(draw, PAUSE)), self._tones(key, twist, draw)]
        clean = torch.cat([*pieces, torch.zeros(self._samples(draw, PAUSE))])  # (N,)
        noise = torch.randn(len(clean), generator=torch.Generator().manual_seed(draw.getrandbits(60)))
        mixed = (clean + noise * 10 ** (-draw.uniform(*NOISE) / 20)) * 10 ** (level / 20)
        return Example(Recording(as_int16(mixed), self.rate), " ".join(keys), f"{split} string {number}")

    def _samples(self, draw: Random, seconds: tuple[float, float]) -> int:
        return round(draw.uniform(*seconds) * self.rate)

    def _tones(self, key: str, twist: float, draw: Random) -> Tensor:
        """(N,) of mean power 1, if there is no twist."""
        (row,) = (i for i, keys in enumerate(KEYS) if key in keys)
        times = torch.arange(self._samples(draw, DURATION), dtype=torch.float64) / self.rate  # (N,)
        sound = torch.zeros_like(times)
        for hertz, decibels in ((ROWS[row], 0.0), (COLUMNS[KEYS[row].index(key)], twist)):
            turns = hertz * (1 + draw.uniform(-DRIFT, DRIFT)) * times + draw.random()
            sound += 10 ** (decibels / 20) * torch.sin(2 * math.pi * turns)
        return sound.float()
