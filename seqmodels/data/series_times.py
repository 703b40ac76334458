"""Where rows stand in a series, by their times."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from seqmodels.data.faults import Faults
from seqmodels.errors import InputError
from seqmodels.series import Step, step_of

MOST = 100_000  # rows that may be missing in one place; a year of four wrong digits is no gap


class Timed(NamedTuple):
    """A row of a file: its line, and its time where that could be read."""

    line: int
    time: datetime | None


class Placed(NamedTuple):
    """Rows as those of a series that has one at every step.

    Args:
        places: of every row.
        times: of every place.
        step: from one place to the next.
    """

    places: list[int]
    times: tuple[datetime, ...]
    step: Step


def time_of(cell: str) -> datetime:
    """A time as a cell has it.

    Raises:
        InputError: it has none.

    Example:
        >>> time_of("2026-03-01 23:00:00")
        datetime.datetime(2026, 3, 1, 23, 0)
    """
    try:
        return datetime.fromisoformat(cell.strip()).replace(tzinfo=None)  # the time that clocks show there
    except ValueError as error:
        raise InputError(f"{cell[:40]!r} found, wanted a time such as 2026-03-01 or 2026-03-01 23:00:00") from error


def placed(path: Path, rows: Sequence[Timed], faults: Faults) -> Placed:
    """Put rows where their times say; places without a row are told.

    Args:
        path: their file.
        rows: in their order; one without a time is taken to stand one step behind the row before.
        faults: told of places without a row.

    Raises:
        InputError: fewer than two rows with a time, or times that do not rise in whole steps.
    """
    known = [row for row in rows if row.time is not None]
    if len(known) < 2:
        raise InputError(f"{path}: {len(known)} rows with a time found, wanted two at least")
    first = known[0].time
    assert first is not None
    if (second := known[1].time) is not None and second <= first:
        raise InputError(_disorder(path, known[1], known[0]))
    step = step_of([row.time for row in known[:3] if row.time is not None])
    places: list[int] = []
    before, at = known[0], rows.index(known[0])
    for row in rows:
        place = places[-1] + 1 if places else 0
        if row.time is not None and row is not known[0]:
            place = _place(path, row, before, at, place, step, faults)
        if row.time is not None:
            before, at = row, place
        places.append(place)
    start = -rows.index(known[0])
    return Placed(places, tuple(step.after(first, start + i) for i in range(places[-1] + 1)), step)


def _place(path: Path, row: Timed, before: Timed, at: int, wanted: int, step: Step, faults: Faults) -> int:
    """The place of a row with a time, from that of the last one before it that had one."""
    assert row.time is not None
    assert before.time is not None
    steps = step.between(before.time, row.time)
    if row.time <= before.time:
        raise InputError(_disorder(path, row, before))
    if steps is None or at + steps < wanted or at + steps - wanted > MOST:
        told = f"{row.time} found behind {before.time} of line {before.line}"
        raise InputError(f"{path}:{row.line}: {told}, wanted whole steps of {step}, as between the first rows")
    missing = at + steps - wanted
    if missing:
        told = f"{row.time} found, wanted {step.after(before.time, wanted - at)}: {missing:,} missing before it"
        faults.skip(path, "row", [f"{path}:{row.line}: {told}"])
    return at + steps


def _disorder(path: Path, row: Timed, before: Timed) -> str:
    again = "the same time again" if row.time == before.time else "an earlier time"
    return f"{path}:{row.line}: {row.time} found behind line {before.line}, {again}; sort the rows, each time once"
