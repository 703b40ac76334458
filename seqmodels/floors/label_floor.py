"""What all floors promise that say one of some labels, and how sure they are."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from seqmodels.floors.base import Floor, Item


class LabelFloor(Floor, ABC):
    """Says the most probable of the training labels; of equally probable ones, the one that was met first."""

    labels: list[str]  # in the order in which training has them

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        said = [str(target) for target in targets]
        self.labels = list(dict.fromkeys(said))
        places = {label: place for place, label in enumerate(self.labels)}
        self.learn(inputs, np.array([places[label] for label in said]))

    @abstractmethod
    def learn(self, inputs: Sequence[Item], wanted: np.ndarray) -> None:
        """Look at the training inputs, and which of the labels each has: places (N,) in ``labels``."""

    @abstractmethod
    def judge(self, inputs: Sequence[Item]) -> np.ndarray:
        """p of every label (N, C), of one input at least."""

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        return [self.labels[place] for place in self.judge(inputs).argmax(axis=1)] if inputs else []

    def log_probabilities(self, inputs: Sequence[Item], names: Sequence[str]) -> Tensor:
        """log p (N, C) of labels in the order of their names, -inf of those that training lacks."""
        found = torch.zeros(len(inputs), len(names), dtype=torch.float64)
        if inputs:
            said = torch.from_numpy(self.judge(inputs))
            for place, label in enumerate(self.labels):
                if label in names:
                    found[:, list(names).index(label)] = said[:, place]
        return found.log()


def text_of(item: Item) -> str:
    """An input as one text: itself, or its tokens with blanks between them."""
    return item if isinstance(item, str) else " ".join(map(str, item))
