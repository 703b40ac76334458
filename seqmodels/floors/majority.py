"""The floor of classification."""

from collections.abc import Sequence

import numpy as np

from seqmodels.floors.base import Item
from seqmodels.floors.label_floor import LabelFloor


class Majority(LabelFloor):
    """Everything gets the most frequent training target; how sure that is, is its share there.

    Example:
        >>> from seqmodels.floors import Majority
        >>> floor = Majority(); floor.fit(["x", "y", "z"], ["de", "fr", "de"])
        >>> floor.predict(["w"])
        ['de']
    """

    def learn(self, inputs: Sequence[Item], wanted: np.ndarray) -> None:
        self.shares = np.bincount(wanted, minlength=len(self.labels)) / len(wanted)  # (C,)

    def judge(self, inputs: Sequence[Item]) -> np.ndarray:
        return np.tile(self.shares, (len(inputs), 1))
