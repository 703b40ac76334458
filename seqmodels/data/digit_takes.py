"""The recordings of single digits that the Free Spoken Digit Dataset has."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from seqmodels.audio import Recording, read_wave
from seqmodels.data.download import Fetchable
from seqmodels.errors import InputError

NAME = re.compile(r"(?P<digit>\d)_(?P<speaker>[^_]+)_(?P<number>\d+)\.wav")
EACH = 5  # recordings of a speaker's digit in each split but training


class Take(NamedTuple):
    """A recording of one digit.

    Args:
        speaker: by name.
        digit: 0 to 9.
        number: which of the speaker's recordings of this digit.
        recording: what is heard.
        name: of the file.
    """

    speaker: str
    digit: int
    number: int
    recording: Recording
    name: str


def read_takes(source: str | Fetchable) -> tuple[Path, list[Take]]:
    """All recordings of a folder, and that folder; in the order of speakers, digits and numbers.

    Args:
        source: where they lie as ``{digit}_{speaker}_{number}.wav``, or in which a folder ``recordings`` does.

    Raises:
        InputError: there is none.
    """
    folder = source.fetch() if isinstance(source, Fetchable) else Path(source).expanduser()
    places = [folder / "recordings", folder]
    files = next((files for place in places if (files := list(place.glob("*.wav")))), [])
    named = [(match, file) for file in files if (match := NAME.fullmatch(file.name))]
    if not named:
        raise InputError(f"{folder}: no file such as 7_jackson_32.wav found in it; correct data.folder")
    found = sorted((match["speaker"], int(match["digit"]), int(match["number"]), file) for match, file in named)
    return folder, [Take(who, digit, number, read_wave(file), file.name) for who, digit, number, file in found]


def part_of(number: int, splits: Sequence[str]) -> str:
    """The one of some splits that a recording is in: the first five are for test, as is usual there, the next for val.

    Example:
        >>> part_of(3, ["train", "val", "test"]), part_of(7, ["train", "val", "test"]), part_of(3, ["train", "val"])
        ('test', 'val', 'val')
    """
    held = [name for name in ("test", "val") if name in splits]
    return held[min(number // EACH, len(held) - 1)] if number < 2 * EACH and held else "train"
