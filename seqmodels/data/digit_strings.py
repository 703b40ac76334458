"""Strings of spoken digits, joined from recordings of single ones."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Literal

import torch
from torch import Tensor

from seqmodels.audio import Recording, resample, trimmed
from seqmodels.audio.recording import as_int16
from seqmodels.data.digit_takes import Take, part_of, read_takes
from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.types import Positive, PositiveFloat

SPLIT_SEED = 0  # which strings there are is part of the data set, not of a run
PAUSE = (0.05, 0.35)  # seconds before, between and behind the digits
NOISE = (35.0, 55.0)  # decibels below the digits' mean power
STRINGS = {"train": 4000, "val": 300, "test": 500}
LOUDNESS = (-32.0, -14.0)  # decibels below full scale, of the digits' mean power

SplitName = Literal["train", "val", "test"]
Spoken = dict[str, list[list[Recording]]]  # of each speaker and digit


class DigitStrings(Reader):
    """Digits of one speaker one after the other, with pauses between them and noise below, and what they say.

    The recordings are those of the Free Spoken Digit Dataset, ``{digit}_{speaker}_{index}.wav``; none is in two splits.

    Args:
        folder: where the recordings lie, or in which ``recordings`` does.
        speakers: of each split, none in two. Splits that are not named have all other speakers, and share out their
            recordings: 0 to 4 for test, as is usual there, 5 to 9 for val (0 to 9, if test has speakers of its own),
            the others for train.
        strings: how many examples each split has.
        shortest, longest: digits in a string.
        speeds: in percent, of which each training string gets one: it is played so much faster, and so higher.
        trims: decibels below a recording's loudest moment, of which each end of a recording in a training string gets
            one: what is quieter there is cut off. Speakers' recordings begin and end in other moments of a sound.

    Raises:
        InputError: a speaker is in two splits or has no recording of a digit, or the lengths are none.

    Example:
        >>> from seqmodels.data import DigitStrings
        >>> DigitStrings("fsdd", {"test": ["lucas"]}).read().train[0].targets  # doctest: +SKIP
        '3 1 4 1'
    """

    def __init__(
        self,
        folder: str | Fetchable,
        speakers: Mapping[SplitName, Sequence[str]] | None = None,
        strings: Mapping[SplitName, Positive] | None = None,
        shortest: Positive = 3,
        longest: Positive = 7,
        speeds: Sequence[Positive] = (100,),
        trims: Sequence[PositiveFloat] = (),
    ):
        self.folder = folder
        self.speakers = {str(name): list(found) for name, found in (speakers or {}).items()}
        self.strings = dict(STRINGS) | {str(name): count for name, count in (strings or {}).items()}
        self.lengths = (shortest, longest)
        self.speeds = list(speeds)
        self.trims = list(trims)

    def read(self, faults: Faults | None = None) -> Splits:  # a recording that is faulty is an error: nobody made it so
        self._refuse()
        folder, takes = read_takes(self.folder)
        dealt = {name: self._dealt(name, takes, folder) for name in Splits._fields}
        return Splits(*([self._example(name, i, dealt[name]) for i in range(self.strings[name])] for name in dealt))

    def _refuse(self) -> None:
        wanted = Splits._fields if "train" in self.speakers else self.speakers  # else some recordings were in none
        found = [f"data.speakers: no {name} found" for name in wanted if not self.speakers.get(name)]
        names = [speaker for name in self.speakers.values() for speaker in name]
        twice = sorted({name for name in names if names.count(name) > 1})
        found += [f"data.speakers: {name!r} stands twice, wanted every speaker in one split" for name in twice]
        if self.lengths[0] > self.lengths[1]:
            found.append(f"data.shortest={self.lengths[0]} found with data.longest={self.lengths[1]}, wanted no more")
        if not self.speeds:
            found.append("data.speeds is empty, wanted at least one, such as 100")
        if found:
            raise InputError(found)

    def _dealt(self, split: str, takes: Sequence[Take], folder: Path) -> Spoken:
        """The recordings of a split, by speaker and digit."""
        there = sorted({take.speaker for take in takes})
        named = {speaker for names in self.speakers.values() for speaker in names}
        others = [name for name in there if name not in named]
        if not others and split not in self.speakers:
            raise InputError(f"data.speakers: no speaker left for {split}; there are {', '.join(there)}")
        shared = [name for name in Splits._fields if name not in self.speakers]
        spoken: Spoken = {name: [[] for _ in range(10)] for name in self.speakers.get(split, others)}
        for take in takes:
            if take.speaker in spoken and (split in self.speakers or part_of(take.number, shared) == split):
                spoken[take.speaker][take.digit].append(take.recording)
        lacking = [(name, digit) for name, digits in spoken.items() for digit in range(10) if not digits[digit]]
        if lacking:
            raise InputError(
                f"{folder}: no {split} recording of {lacking[0][1]} by {lacking[0][0]!r} found; "
                f"speakers there: {', '.join(there)}; correct data.speakers"
            )
        return spoken

    def _example(self, split: str, number: int, spoken: Spoken) -> Example:
        draw = Random(f"{SPLIT_SEED} {split} {number}")
        speaker = draw.choice(list(spoken))
        digits = [draw.randrange(10) for _ in range(draw.randint(*self.lengths))]
        chosen = [draw.choice(spoken[speaker][digit]) for digit in digits]
        speed = draw.choice(self.speeds) if split == "train" else 100
        rate = chosen[0].rate
        sounds = [recording.waveform for recording in chosen]
        if split == "train" and self.trims:
            sounds = [trimmed(sound, rate, draw.choice(self.trims), draw.choice(self.trims)) for sound in sounds]
        sounds = [resample(sound, speed * one.rate, 100 * rate) for sound, one in zip(sounds, chosen, strict=True)]
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
