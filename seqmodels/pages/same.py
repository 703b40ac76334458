"""What runs that are compared do not have in common besides their settings, and how much their seeds explain."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from seqmodels.pages.configurations import Group
from seqmodels.pages.rows import Row

FACTS = ("versions", "device", "cpu", "threads", "git_commit", "data_sha256")
LETTERS = 40  # of a value


def not_the_same(rows: Sequence[Row]) -> list[str]:
    """A line for every fact that is not the same in all runs that tell it: versions, device, threads, commit, data.

    Example:
        >>> from pathlib import Path
        >>> from seqmodels.pages.rows import Row
        >>> from seqmodels.pages.same import not_the_same
        >>> not_the_same([Row(str(i), Path(), "finished", facts={"threads": 1 + i}) for i in range(2)])
        ['threads: 1 (1 run), 2 (1 run)']
    """
    told: dict[str, list[str]] = {}
    for row in rows:
        for name, value in _facts(row.facts):
            told.setdefault(name, []).append(value)
    lines = []
    for name, values in told.items():
        counted = Counter(values)
        if len(counted) > 1:
            said = (f"{value[:LETTERS]} ({n} run{'s' * (n > 1)})" for value, n in counted.items())
            lines.append(f"{name}: {', '.join(said)}")
    return lines


def seeds_share(group: Group) -> str:
    """How much of the variance between runs lies between the seeds of a configuration; empty with one seed each."""
    several = [c for c in group.searched if len(c.scores) > 1]
    if len(several) < 2:
        return ""
    scores = [score for c in several for score in c.scores]
    mean = fmean(scores)
    whole = sum((score - mean) ** 2 for score in scores)
    within = sum((score - fmean(c.scores)) ** 2 for c in several for score in c.scores)
    repeated = sum(row.score is not None for c in group.configurations for row in c.rows)
    repeated -= sum(len(c.by_seed) for c in group.configurations)
    said = f"Seeds make {100 * within / whole:.0f} % of the variance between these runs. " if whole else ""
    return said + (
        f"{repeated} runs repeat a seed of their configuration and are not counted again." if repeated else ""
    )


def _facts(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in FACTS:
        value = facts.get(name)
        if isinstance(value, Mapping):
            yield from ((f"{name.removesuffix('s')} {part}", str(known)) for part, known in value.items())
        elif value is not None:
            yield name, str(value)
