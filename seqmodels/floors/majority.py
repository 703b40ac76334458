"""The floor of classification."""

from collections import Counter
from collections.abc import Sequence

from seqmodels.floors.base import Floor, Item


class Majority(Floor):
    """Everything gets the most frequent training target.

    Example:
        >>> from seqmodels.floors import Majority
        >>> floor = Majority(); floor.fit(["x", "y", "z"], ["de", "fr", "de"])
        >>> floor.predict(["w"])
        ['de']
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        self.answer = Counter(str(target) for target in targets).most_common(1)[0][0]

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        return [self.answer] * len(inputs)
