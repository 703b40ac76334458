"""Spoken digits, each a recording by itself."""

from collections.abc import Sequence

from seqmodels.audio import Recording, resample
from seqmodels.audio.recording import as_int16
from seqmodels.data.digit_takes import Take, part_of, read_takes
from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.types import Positive

PLAIN = 100  # percent


class SpokenDigit(Reader):
    """The recordings of the Free Spoken Digit Dataset one by one, and which digit each is.

    Of every speaker's 50 recordings of a digit the first five are for test, as is usual there, the next five for val,
    the others for train: all speakers are in all splits. Of a speaker who is left out all are for test, and of the
    others the first ten for val.

    Args:
        folder: where the recordings lie, or in which ``recordings`` does.
        left_out: a speaker that training never hears.
        speeds: in percent; each training recording is heard once at each of them, played so much faster and so higher.

    Raises:
        InputError: nobody of that name, or there is no speed.

    Example:
        >>> from seqmodels.data import SpokenDigit
        >>> SpokenDigit("fsdd").read().test[0].targets  # doctest: +SKIP
        '0'
    """

    def __init__(self, folder: str | Fetchable, left_out: str | None = None, speeds: Sequence[Positive] = (PLAIN,)):
        if not speeds:
            raise InputError("data.speeds is empty, wanted at least one, such as 100")
        self.folder = folder
        self.left_out = left_out
        self.speeds = list(speeds)

    def read(self, faults: Faults | None = None) -> Splits:  # a recording that is faulty is an error: nobody made it so
        folder, takes = read_takes(self.folder)
        there = sorted({take.speaker for take in takes})
        if self.left_out is not None and self.left_out not in there:
            names = ", ".join(there)
            raise InputError(f"data.left_out: no recording of {self.left_out!r} in {folder}; speakers there: {names}")
        splits = Splits([], [], [])
        for take in takes:
            part = self._part(take)
            for speed in self.speeds if part == "train" else [PLAIN]:
                getattr(splits, part).append(_example(take, speed))
        return splits

    def _part(self, take: Take) -> str:
        if self.left_out is None:
            return part_of(take.number, Splits._fields)
        return "test" if take.speaker == self.left_out else part_of(take.number, ["train", "val"])


def _example(take: Take, speed: int) -> Example:
    recording, origin = take.recording, take.name
    if speed != PLAIN:
        samples = resample(recording.waveform, speed, PLAIN)
        recording, origin = Recording(as_int16(samples), recording.rate), f"{take.name} at {speed} %"
    return Example(recording, str(take.digit), origin)
