"""The floor of saying something about numbers: a straight line between the labels."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqmodels.floors.base import Item
from seqmodels.floors.label_floor import LabelFloor
from seqmodels.floors.logistic import Logistic
from seqmodels.text import Numbers
from seqmodels.types import PositiveFloat


class LinearNumbers(LabelFloor):
    """Logistic regression over a row of numbers, or over rows of them side by side, each to mean 0 and deviation 1.

    Args:
        strength: C, as ``Logistic`` has it.
        balanced: whether all labels count the same, however often they occur.

    Example:
        >>> from seqmodels.floors import LinearNumbers
        >>> floor = LinearNumbers(); floor.fit([[1.0], [2.0], [8.0], [9.0]], ["low", "low", "high", "high"])
        >>> floor.predict([[0.0], [7.0]])
        ['low', 'high']
    """

    def __init__(self, strength: PositiveFloat = 1.0, balanced: bool = False):
        self.model = Logistic(strength, balanced)

    def learn(self, inputs: Sequence[Item], wanted: np.ndarray) -> None:
        rows = _rows(inputs)
        self.center, deviation = rows.mean(axis=0), rows.std(axis=0)
        self.scale = np.where(deviation > 0, deviation, 1.0)
        self.model.fit((rows - self.center) / self.scale, wanted)

    def judge(self, inputs: Sequence[Item]) -> np.ndarray:
        return self.model.probabilities((_rows(inputs) - self.center) / self.scale)


def _rows(inputs: Sequence[Any]) -> np.ndarray:
    """(N, K), all numbers of an input in a row."""
    split = Numbers().split
    return np.array(
        [np.asarray(split(item) if isinstance(item, str) else item, dtype=float).ravel() for item in inputs]
    )
