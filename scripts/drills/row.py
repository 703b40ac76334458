"""A line of the table."""

from typing import NamedTuple


class Row(NamedTuple):
    """One kind of fault, how often it was tried, and how often nothing was lost.

    Args:
        fault: what was done.
        tried: how often.
        survived: how often the promise was kept.
        failures: what went wrong where it was not, a line each.
    """

    fault: str
    tried: int
    survived: int
    failures: list[str]


def row(fault: str, outcomes: dict[str, str | None]) -> Row:
    """A line from what became of every attempt: None if the promise was kept, else what went wrong."""
    failures = [f"{name}: {wrong}" for name, wrong in outcomes.items() if wrong is not None]
    return Row(fault, len(outcomes), len(outcomes) - len(failures), failures)
