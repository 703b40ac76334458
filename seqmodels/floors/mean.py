"""The floor of saying a number."""

from collections.abc import Sequence

from seqmodels.floors.base import Floor, Item


class Mean(Floor):
    """Everything gets the mean of the training targets, number by number: the least squared error of who reads nothing.

    Targets that are no numbers are taken by how long they are.

    Example:
        >>> from seqmodels.floors import Mean
        >>> floor = Mean(); floor.fit(["x", "y"], [[1.0, 5.0], [2.0, 7.0]])
        >>> floor.predict(["z"])
        [[1.5, 6.0]]
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        columns = zip(*targets, strict=True)
        self.answer = [sum(map(float, column)) / len(targets) for column in columns]

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        return [list(self.answer) for _ in inputs]
