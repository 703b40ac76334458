"""How often something is done within an epoch."""

import math
import re
from typing import NamedTuple

from seqmodels.errors import InputError

WORDS = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(steps?|min(?:utes?)?|s(?:econds?)?)?")


class Every(NamedTuple):
    """After so many steps, or so much time."""

    steps: float = math.inf
    seconds: float = math.inf

    def due(self, steps: int, seconds: float) -> bool:
        """Whether it is time, that long after the last time."""
        return steps >= self.steps or seconds >= self.seconds


def parse_every(words: int | str | None) -> Every:
    """What ``save_every`` says: ``500`` or ``500 steps``, ``10 min``, ``30 s``; None for never.

    Raises:
        InputError: none of these.

    Example:
        >>> parse_every("500 steps")
        Every(steps=500.0, seconds=inf)
    """
    if words is None:
        return Every()
    match = WORDS.fullmatch(str(words))
    if match is None or not float(match[1]):
        raise InputError(f"save_every={words!r} found, wanted steps or a time, as in 500, '500 steps' or '10 min'")
    count, unit = float(match[1]), match[2] or "steps"
    if unit.startswith("step"):
        return Every(steps=count)
    return Every(seconds=count * 60 if unit.startswith("m") else count)
