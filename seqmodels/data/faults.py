"""What is wrong with the data: told all at once, or left out and counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from seqmodels.errors import InputError

OnBad = Literal["raise", "skip"]
SHOWN = 10  # faults of a file that are told one by one


@dataclass
class _Count:
    """What one source lost."""

    unit: str
    lost: int = 0
    faults: int = 0
    first: list[str] = field(default_factory=list)


class Faults:
    """Collects what readers and fields cannot take, and decides what becomes of it.

    Args:
        on_bad: ``raise`` tells all faults at once and ends there, ``skip`` leaves what is faulty out and counts it.

    Raises:
        InputError: ``on_bad`` is neither.

    Example:
        >>> from seqmodels.data import Faults
        >>> faults = Faults("skip")
        >>> faults.skip("/data/a.conllu", "sentence", ["/data/a.conllu:3: 9 columns found, 10 wanted"])
        >>> faults.lines()
        ['skipped 1 sentence of /data/a.conllu: a.conllu:3: 9 columns found, 10 wanted']
    """

    def __init__(self, on_bad: OnBad = "raise"):
        if on_bad not in get_args(OnBad):
            raise InputError(f"on_bad={on_bad!r} found, wanted raise or skip")
        self.on_bad = on_bad
        self._counts: dict[str, _Count] = {}
        self._unreadable: dict[str, None] = {}  # lines, each once, in their order
        self._passed: Counter[tuple[str, str]] = Counter()  # what is no example and no fault
        self._changed: Counter[tuple[str, str, str]] = Counter()  # what is not read as it stands

    def skip(self, source: str | Path, unit: str, found: Sequence[str]) -> None:
        """One sentence, row or example is left out.

        Args:
            source: what lost it: a file's path, or a name such as "the test split".
            unit: what it is, in the singular.
            found: its faults, a line each, that begin with where they stand.
        """
        count = self._counts.setdefault(str(source), _Count(unit))
        count.lost += 1
        count.faults += len(found)
        count.first += found[: SHOWN - len(count.first)]

    def pass_over(self, source: str | Path, unit: str) -> None:
        """Something is no example and no fault, such as a blank line between two: counted, and told at the end."""
        self._passed[unit, str(source)] += 1

    def change(self, source: str | Path, unit: str, how: str) -> None:
        """Something is not read as it stands, such as a picture made smaller: counted, and told at the end."""
        self._changed[unit, str(source), how] += 1

    def refuse(self, error: InputError) -> None:
        """A whole file cannot be read, so that nothing can be left out instead: an error, whatever ``on_bad`` is."""
        self._unreadable |= dict.fromkeys(error.faults)

    @property
    def lost(self) -> int:
        """How many sentences, rows and examples were left out."""
        return sum(count.lost for count in self._counts.values())

    def check(self) -> None:
        """Tell what has to be told, and begin anew.

        Raises:
            InputError: a file that cannot be read, or anything at all if ``on_bad`` is ``raise``.
        """
        faults = list(self._unreadable)
        if self.on_bad == "raise" or faults:
            faults = [line for source, count in self._counts.items() for line in _told(source, count)] + faults
        if faults:
            self._counts, self._unreadable, self._passed, self._changed = {}, {}, Counter(), Counter()
            raise InputError(faults)

    def lines(self) -> list[str]:
        """For the end of a run: how much every source lost, and the first fault of it; what was passed over; what was
        changed."""
        passed = self._passed.items()
        lost = [_summary(source, count) for source, count in self._counts.items()]
        told = [f"passed over {count:,} {unit}{'s' * (count > 1)} of {source}" for (unit, source), count in passed]
        changed = self._changed.items()
        return lost + told + [f"{n:,} {unit}{'s' * (n > 1)} of {source} {how}" for (unit, source, how), n in changed]


def _told(source: str, count: _Count) -> list[str]:
    more = count.faults - len(count.first)
    return count.first + ([f"{source}: and {more} more fault{'s' if more > 1 else ''}"] if more else [])


def _summary(source: str, count: _Count) -> str:
    first = count.first[0]
    if first.startswith(f"{source}:"):  # the path was said already
        first = Path(source).name + first.removeprefix(source)
    several = count.lost > 1
    what = f"{count.lost:,} {count.unit}s" if several else f"1 {count.unit}"
    return f"skipped {what} of {source}{', the first' if several else ''}: {first}"
