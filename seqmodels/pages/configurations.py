"""Runs put together: those of one task by configuration, and what tells the configurations apart."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from seqmodels.pages.rows import Row

DEFAULT = "(default)"  # a setting that some command lines leave out
ABSENT = "(none)"
DECADE = 9.99  # how many times the least of some numbers the greatest is, if equal ratios are to be equally far apart


class Configuration(NamedTuple):
    """Runs that differ in nothing but their seed.

    Args:
        label: what tells it from the others, in words.
        params: the same, by key.
        stage: of a sweep, ``trial`` or ``finalist``.
        rows: its runs.
    """

    label: str
    params: Mapping[str, str]
    stage: str
    rows: Sequence[Row]

    @property
    def by_seed(self) -> dict[str, Row]:
        """Its finished runs, one a seed: a seed that was run twice is no further evidence."""
        found: dict[str, Row] = {}
        for row in self.rows:
            if row.score is not None:
                found.setdefault(row.seed, row)
        return found

    @property
    def scores(self) -> list[float]:
        """The objective of each seed."""
        return [row.score for row in self.by_seed.values() if row.score is not None]

    @property
    def mean(self) -> float | None:
        """Over the seeds; None where no run has finished."""
        return statistics.fmean(self.scores) if self.scores else None


class Group(NamedTuple):
    """The runs of one task that are judged by one metric, and can so be compared.

    Args:
        task: by name.
        objective: that metric.
        mode: whether less of it is better (``min``), or more (``max``).
        rows: all of them.
        configurations: a sweep's finalists first; the best first, by validation alone; those without a score last.
        keys: the parameters in which configurations differ.
        logarithmic: those of them that are shown on a logarithmic scale.
    """

    task: str
    objective: str
    mode: str
    rows: Sequence[Row]
    configurations: Sequence[Configuration]
    keys: Sequence[str]
    logarithmic: frozenset[str]

    @property
    def ranked(self) -> list[Configuration]:
        """Those with a score, the best first; of a sweep's finalists or, where there are none, of its trials."""
        scored = [c for c in self.configurations if c.scores]
        finalists = [c for c in scored if c.stage == "finalist"]
        return finalists or scored

    @property
    def searched(self) -> list[Configuration]:
        """Those with a score that were tried, finalists left out: they were tried before."""
        return [c for c in self.configurations if c.scores and c.stage != "finalist"]


def groups_of(rows: Sequence[Row], logarithmic: frozenset[str] = frozenset()) -> list[Group]:
    """Runs by task and objective, in the order in which these come."""
    kinds = dict.fromkeys((row.task, row.objective, row.mode) for row in rows if row.objective)
    if len(kinds) == 1:  # what left no config belongs to the only task that there is
        return [_group(rows, next(iter(kinds)), logarithmic)]
    found = [_group([r for r in rows if (r.task, r.objective, r.mode) == kind], kind, logarithmic) for kind in kinds]
    bare = [row for row in rows if not row.objective]
    return found + ([_group(bare, ("", "", "max"), logarithmic)] if bare else [])


def short_names(keys: Sequence[str]) -> dict[str, str]:
    """The last part of every key, or as many parts as tell it from the others.

    Example:
        >>> from seqmodels.pages.configurations import short_names
        >>> list(short_names(["optim.lr", "model/encoder", "a.size", "b.size"]).values())
        ['lr', 'encoder', 'a.size', 'b.size']
    """
    parts = {key: key.replace("/", ".").split(".") for key in keys}
    names = {}
    for key, own in parts.items():
        others = [other for name, other in parts.items() if name != key]
        lengths = range(1, len(own) + 1)
        alone = (n for n in lengths if not any(other[-n:] == own[-n:] for other in others))
        names[key] = ".".join(own[-next(alone, len(own)) :])
    return names


def numbers_of(values: Sequence[str]) -> list[float] | None:
    """Values as numbers; None if one is none, or not finite."""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _group(rows: Sequence[Row], kind: tuple[str, str, str], logarithmic: frozenset[str]) -> Group:
    task, objective, mode = kind
    together: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        together.setdefault(_identity(row), []).append(row)
    params = _distinct_params([runs[0] for runs in together.values()])
    keys = [key for key in dict.fromkeys(k for p in params for k in p) if len({p.get(key) for p in params}) > 1]
    short = short_names(keys)
    configurations = [
        Configuration(
            _label(runs[0], found, short), {key: found[key] for key in keys if key in found}, runs[0].stage, runs
        )
        for found, runs in zip(params, together.values(), strict=True)
    ]
    sign = 1 if mode == "min" else -1
    worst = float("inf")
    configurations.sort(key=lambda c: (c.stage != "finalist", worst if c.mean is None else sign * c.mean))
    logs = frozenset(key for key in keys if key in logarithmic or _far_apart([p.get(key, "") for p in params]))
    return Group(task, objective, mode, rows, configurations, keys, logs)


def _identity(row: Row) -> tuple[object, ...]:
    """What two runs of one configuration have in common; a run without settings is one by itself."""
    if row.trial is not None:
        return row.stage, row.trial
    return tuple(sorted(row.settings.items())) or (row.name,)


def _distinct_params(rows: Sequence[Row]) -> list[dict[str, str]]:
    """The parameters of each; where those of two are the same, the settings in which they differ besides."""
    keys = dict.fromkeys(key for row in rows for key in row.params)
    found = [{key: row.params.get(key) or row.settings.get(key) or DEFAULT for key in keys} for row in rows]
    alike: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for place, params in enumerate(found):
        alike.setdefault(tuple(sorted(params.items())), []).append(place)
    for places in alike.values():
        settings = [rows[place].settings for place in places if rows[place].trial is None]
        names = [n for n in dict.fromkeys(n for s in settings for n in s) if len({s.get(n) for s in settings}) > 1]
        for place in places:
            found[place] |= {name: rows[place].settings.get(name, ABSENT) for name in names}
    return found


def _label(row: Row, params: Mapping[str, str], short: Mapping[str, str]) -> str:
    """A choice by itself, a number behind its name."""
    parts = [params[key] if "/" in key else f"{short[key]} {_brief(params[key])}" for key in short if key in params]
    said = ", ".join(parts)
    return f"#{row.trial} {said}" if row.trial is not None else said or row.task or row.name


def _brief(value: str) -> str:
    """A number by three digits; anything else as it is."""
    numbers = numbers_of([value])
    return f"{numbers[0]:.3g}" if numbers and "." in value else value


def _far_apart(values: Sequence[str]) -> bool:
    numbers = numbers_of([value for value in values if value not in (DEFAULT, ABSENT, "")])
    return numbers is not None and bool(numbers) and min(numbers) > 0 and max(numbers) >= DECADE * min(numbers)
