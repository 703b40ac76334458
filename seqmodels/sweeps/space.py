"""What a sweep may set: words of the command line by their keys, and the values that each may take."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from optuna.distributions import FloatDistribution, IntDistribution
from optuna.trial import Trial

Value: TypeAlias = bool | int | float | str | None  # what Optuna keeps; a list is kept as the command line has it
When: TypeAlias = Mapping[str, Sequence[Any]]
# What needs no quotes as a value on the command line: a word, or a list that is written out.
BARE = re.compile(r"(?!(?:true|false|null|nan|inf)$)[A-Za-z_][\w./-]*|\[.*", re.IGNORECASE | re.DOTALL)


class Dimension(ABC):
    """The values of one key.

    Args:
        when: values of other keys, named before it, without which this key is left alone.
    """

    def __init__(self, when: When | None = None):
        self.when: dict[str, list[Any]] = {}
        for key, values in (when or {}).items():
            self.when[key] = list(values) if isinstance(values, list | tuple) else [values]

    def active(self, drawn: Mapping[str, Value]) -> bool:
        """Whether the key is set at all, beside those values."""
        return all(drawn.get(key) in values for key, values in self.when.items())

    @abstractmethod
    def suggest(self, trial: Trial, key: str) -> Value:
        """The value that a trial has under this key, or is given now."""

    @abstractmethod
    def ends(self) -> list[Value]:
        """Every choice, or the two ends of a range: what is checked before a sweep begins."""

    @abstractmethod
    def grid(self) -> list[Value] | None:
        """Every value; None if there are endlessly many."""


class Choice(Dimension):
    """One of a few values, without an order.

    Args:
        choices: scalars, or lists of them.
        when: see ``Dimension``.

    Raises:
        ValueError: there is none, one of them twice, or one that is a dictionary.
    """

    def __init__(self, choices: Sequence[Any], when: When | None = None):
        super().__init__(when)
        if any(isinstance(value, Mapping) for value in choices):
            raise ValueError(f"choices: {choices} found, wanted no dictionaries; set their keys one by one")
        self.choices: list[Value] = [value if _scalar(value) else json.dumps(value) for value in choices]
        if not self.choices or len(set(map(repr, self.choices))) < len(self.choices):
            raise ValueError(f"choices: {self.choices} found, wanted values that differ, at least one")

    def suggest(self, trial: Trial, key: str) -> Value:
        return trial.suggest_categorical(key, self.choices)

    def ends(self) -> list[Value]:
        return self.choices

    def grid(self) -> list[Value] | None:
        return self.choices


class Range(Dimension):
    """Numbers from ``low`` to ``high``, both included; whole ones if both ends are whole.

    Args:
        low, high: the ends.
        step: between two values; None for any value between them (whole numbers: 1).
        log: whether as many are drawn between 1 and 10 as between 10 and 100.
        when: see ``Dimension``.

    Raises:
        ValueError: no such range, or a logarithm with steps or of what is not above 0.
    """

    def __init__(self, low: float, high: float, step: float | None = None, log: bool = False, when: When | None = None):
        super().__init__(when)
        self.low, self.high, self.step, self.log = low, high, step, log
        self.whole = all(isinstance(value, int) for value in (low, high, step or 1))
        made = IntDistribution if self.whole else FloatDistribution
        made(low, high, log=log, step=step or (1 if self.whole else None))  # type: ignore[arg-type]

    def suggest(self, trial: Trial, key: str) -> Value:
        if self.whole:
            return trial.suggest_int(key, int(self.low), int(self.high), log=self.log, step=int(self.step or 1))
        return trial.suggest_float(key, self.low, self.high, log=self.log, step=self.step)

    def ends(self) -> list[Value]:
        return [self.low, self.high]

    def grid(self) -> list[Value] | None:
        if not self.whole and self.step is None:
            return None
        step = self.step or 1
        return [self.low + i * step for i in range(int((self.high - self.low) / step + 1e-9) + 1)]


Space: TypeAlias = Mapping[str, Dimension]


def draw(space: Space, trial: Trial) -> dict[str, Value]:
    """What a trial sets: what it was given already, else what Optuna's sampler says."""
    drawn: dict[str, Value] = {}
    for key, dimension in space.items():
        if dimension.active(drawn):
            drawn[key] = dimension.suggest(trial, key)
    return drawn


def grid(space: Space) -> Iterator[dict[str, Value]]:
    """Every combination, keys that are left alone not in it.

    Raises:
        ValueError: one of the keys has endlessly many values.
    """
    drawn: list[dict[str, Value]] = [{}]
    for key, dimension in space.items():
        values = dimension.grid()
        if values is None:
            raise ValueError(f"{key}: endlessly many values, wanted a step, or another sampler than grid")
        drawn = [
            {**before, **one}
            for before in drawn
            for one in ([{key: value} for value in values] if dimension.active(before) else [{}])
        ]
    yield from drawn


def samples(space: Space) -> Iterator[dict[str, Value]]:
    """Combinations in which every choice and both ends of every range occur."""
    for key, dimension in space.items():
        for value in dimension.ends():
            yield _around(space, key, value)


def _around(space: Space, key: str, value: Value) -> dict[str, Value]:
    """The first values of all, but for one, and for those without which that one is left alone."""
    wanted = {key: value}
    for name in reversed(list(space)):
        if name in wanted:
            wanted = {**{other: values[0] for other, values in space[name].when.items()}, **wanted}
    drawn: dict[str, Value] = {}
    for name, dimension in space.items():
        if dimension.active(drawn):
            drawn[name] = wanted.get(name, dimension.ends()[0])
    return drawn


def words(drawn: Mapping[str, Value]) -> list[str]:
    """Values as words of the command line.

    Example:
        >>> words({"model/encoder": "lstm", "optim.lr": 0.001, "save_every": "10 min", "vectors": None})
        ['model/encoder=lstm', 'optim.lr=0.001', "save_every='10 min'", 'vectors=null']
    """
    return [f"{key}={_word(value)}" for key, value in drawn.items()]


def _word(value: Value) -> str:
    if isinstance(value, str):
        escaped = value.replace("'", "\\'")
        return value if BARE.fullmatch(value) else f"'{escaped}'"
    return json.dumps(value)


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str)
