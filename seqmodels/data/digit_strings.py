"""Strings of spoken digits, joined from recordings of single ones."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Literal

import torch
from torch import Tensor

from seqmodels.audio import Recording, read_wave, resample
from seqmodels.audio.recording import as_int16
from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.types import Positive

NAME = re.compile(r"(?P<digit>\d)_(?P<speaker>[^_]+)_(?P<index>\d+)\.wav")
SPLIT_SEED = 0  # which strings there are is part of the data set, not of a run
PAUSE = (0.05, 0.35)  # seconds before, between and behind the digits
NOISE = (20.0, 50.0)  # decibels below the digits' mean power
LOUDNESS = (-32.0, -14.0)  # decibels below full scale, of the digits' mean power

SplitName = Literal["train", "val", "test"]
Spoken = dict[str, list[list[Recording]]]  # of each speaker and digit


class DigitStrings(Reader):
    """Digits of one speaker one after the other, with pauses between them and noise below, and what they say.

    The recordings are those of the Free Spoken Digit Dataset, ``{digit}_{speaker}_{index}.wav``. No speaker, and so no
    recording, is in two splits.

    Args:
        folder: where the recordings lie, or in which ``recordings`` does.
        speakers: of each split.
        strings: how many examples each split has.
        shortest, longest: digits in a string.
        speeds: in percent, of which each training string gets one: it is played so much faster, and so higher.

    Raises:
        InputError: a speaker is in two splits or has no recording of a digit, or the lengths are none.

    Example:
        >>> from seqmodels.data import DigitStrings
        >>> speakers = {"train": ["theo", "lucas"], "val": ["george"], "test": ["jackson"]}
        >>> DigitStrings("fsdd", speakers).read().train[0].targets  # doctest: +SKIP
        '3 1 4 1'
    """

    def __init__(
        self,
        folder: str | Fetchable,
        speakers: Mapping[SplitName, Sequence[str]],
        strings: Mapping[SplitName, Positive] | None = None,
        shortest: Positive = 3,
        longest: Positive = 7,
        speeds: Sequence[Positive] = (100,),
    ):
        self.folder = folder
        self.speakers: Mapping[str, Sequence[str]] = {str(name): found for name, found in speakers.items()}
        self.strings = {"train": 4000, "val": 300, "test": 500} | {
            str(n): count for n, count in (strings or {}).items()
        }
        self.lengths = (shortest, longest)
        self.speeds = list(speeds)

    def read(self, faults: Faults | None = None) -> Splits:  # a recording that is faulty is an error: nobody made it so
        self._refuse()
        folder = self.folder.fetch() if isinstance(self.folder, Fetchable) else Path(self.folder).expanduser()
        spoken = _recordings(folder)
        missing = [
            f"data.speakers: {speaker!r} has no recording of {digit} in {folder}; speakers there: {', '.join(spoken)}"
            for names in self.speakers.values()
            for speaker in names
            for digit, found in enumerate(spoken.get(speaker, [[]]))
            if not found
        ]
        if missing:
            raise InputError(missing)
        return Splits(*([self._example(name, i, spoken) for i in range(self.strings[name])] for name in Splits._fields))

    def _refuse(self) -> None:
        found = [f"data.speakers: no {name} found" for name in Splits._fields if not self.speakers.get(name)]
        names = [speaker for name in self.speakers.values() for speaker in name]
        twice = sorted({name for name in names if names.count(name) > 1})
        found += [f"data.speakers: {name!r} stands twice, wanted every speaker in one split" for name in twice]
        if self.lengths[0] > self.lengths[1]:
            found.append(f"data.shortest={self.lengths[0]} found with data.longest={self.lengths[1]}, wanted no more")
        if not self.speeds:
            found.append("data.speeds is empty, wanted at least one, such as 100")
        if found:
            raise InputError(found)

    def _example(self, split: str, number: int, spoken: Spoken) -> Example:
        draw = Random(f"{SPLIT_SEED} {split} {number}")
        speaker = draw.choice(list(self.speakers[split]))
        digits = [draw.randrange(10) for _ in range(draw.randint(*self.lengths))]
        chosen = [draw.choice(spoken[speaker][digit]) for digit in digits]
        speed = draw.choice(self.speeds) if split == "train" else 100
        rate = chosen[0].rate
        sounds = [resample(recording.waveform, speed * recording.rate, 100 * rate) for recording in chosen]
        samples = as_int16(joined(sounds, rate, draw))
        return Example(Recording(samples, rate), " ".join(map(str, digits)), f"{split} string {number} of {speaker}")


def joined(sounds: Sequence[Tensor], rate: int, draw: Random) -> Tensor:
    """Sounds one after the other, with pauses around them and white noise below all.

    Args:
        sounds: each (N,) float.
        rate: samples in a second.
        draw: decides lengths, loudness and noise.

    Example:
        >>> len(joined([torch.ones(80)], 8000, Random(0))) > 80
        True
    """
    pieces = []
    for sound in sounds:
        pieces += [torch.zeros(round(draw.uniform(*PAUSE) * rate)), sound]
    pieces.append(torch.zeros(round(draw.uniform(*PAUSE) * rate)))
    whole = torch.cat(pieces)  # (N,)
    power = torch.cat(list(sounds)).double().square().mean().clamp(min=1e-12)
    noise = torch.randn(len(whole), generator=torch.Generator().manual_seed(draw.getrandbits(60)))
    mixed = whole + noise * float(power.sqrt()) * _ratio(-draw.uniform(*NOISE))
    return mixed * _ratio(draw.uniform(*LOUDNESS)) / float(power.sqrt())


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _recordings(folder: Path) -> Spoken:
    """All recordings of a folder, by speaker and digit, in the order of their numbers."""
    found: dict[str, list[list[Recording]]] = {}
    places = [folder / "recordings", folder]
    files = next((files for place in places if (files := sorted(place.glob("*.wav")))), [])
    named = [(match, file) for file in files if (match := NAME.fullmatch(file.name))]
    if not named:
        raise InputError(f"{folder}: no file such as 7_jackson_32.wav found in it; correct data.folder")
    for match, file in sorted(named, key=lambda item: (item[0]["speaker"], item[0]["digit"], int(item[0]["index"]))):
        of_digit = found.setdefault(match["speaker"], [[] for _ in range(10)])
        of_digit[int(match["digit"])].append(read_wave(file))
    return found
