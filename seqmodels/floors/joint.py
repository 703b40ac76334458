"""Floors for labels of several kinds."""

from collections.abc import Mapping, Sequence
from typing import Any

from seqmodels.floors.base import Floor, Item


class JointFloor(Floor):
    """A floor for each kind of label, each by itself.

    Args:
        floors: by the kind's name.

    Example:
        >>> from seqmodels.floors import JointFloor, Majority, MostFrequentLabel
        >>> floor = JointFloor({"slots": MostFrequentLabel(), "intent": Majority()})
        >>> floor.fit([["play", "it"]], [{"slots": ["O", "O"], "intent": "PlayMusic"}]); floor.predict([["it"]])
        [{'slots': ['O'], 'intent': 'PlayMusic'}]
    """

    def __init__(self, floors: Mapping[str, Floor]):
        self.floors = dict(floors)

    def fit(self, inputs: Sequence[Item], targets: Sequence[Any]) -> None:
        for name, floor in self.floors.items():
            floor.fit(inputs, [target[name] for target in targets])

    def predict(self, inputs: Sequence[Item]) -> list[Any]:
        answers = {name: floor.predict(inputs) for name, floor in self.floors.items()}
        return [{name: said[i] for name, said in answers.items()} for i in range(len(inputs))]
