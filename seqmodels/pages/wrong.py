"""Which test examples a run got wrong, from its errors.txt."""

import itertools
import re
from collections import Counter
from collections.abc import Set
from pathlib import Path
from typing import NamedTuple

Example = tuple[str, int]  # where it stands, and the how many-th of those that stand there

HEAD = re.compile(r"([\d,]+) of ([\d,]+) examples wrong")
TAIL = re.compile(r": [\d,]+ (of [\d,]+ wrong|edits? in [\d,]+)$")


class Wrong(NamedTuple):
    """The test examples that a run got wrong, of how many."""

    examples: Set[Example]
    total: int


def read_wrong(folder: Path) -> Wrong | None:
    """What a run's errors.txt says; None if there is none, or it does not hold as many errors as it says.

    Args:
        folder: of the run.
    """
    try:
        lines = (folder / "errors.txt").read_text("utf-8").split("\n")
    except (OSError, ValueError):
        return None
    head = HEAD.match(lines[0])
    if head is None:
        return None
    wrong, total = (int(number.replace(",", "")) for number in head.groups())
    # An error begins behind an empty line; long ones have empty lines in them, with blanks behind those.
    firsts = [b for a, b in itertools.pairwise(lines) if not a and b and not b.startswith(" ")]
    seen: Counter[str] = Counter()
    examples = set()
    for first in firsts:
        origin = TAIL.sub("", first)
        examples.add((origin, seen[origin]))
        seen[origin] += 1
    return Wrong(examples, total) if len(firsts) == wrong <= total else None
