"""The floor of translation between languages that share words."""

from collections.abc import Sequence

from seqmodels.floors.base import Floor, Item


class CopySource(Floor):
    """Says what it reads: names, numbers and punctuation of a text are those of its translation.

    Example:
        >>> from seqmodels.floors import CopySource
        >>> CopySource().predict(["Anna wohnt in Rom."])
        ['Anna wohnt in Rom.']
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        """Nothing to learn."""

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        return list(inputs)
