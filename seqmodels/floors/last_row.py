"""The floor of reading a picture row by row."""

from collections.abc import Sequence

import numpy as np

from seqmodels.floors.base import Item
from seqmodels.floors.label_floor import LabelFloor
from seqmodels.floors.logistic import Logistic
from seqmodels.images import Picture, read_picture
from seqmodels.types import PositiveFloat

WHITE = 255


class LastRow(LabelFloor):
    """Logistic regression over the last row of a picture: what is left of it to whoever remembers no other row.

    Args:
        strength: C of scikit-learn.

    Example:
        >>> import torch
        >>> dark, light = (Picture(torch.full((2, 2, 1), grey, dtype=torch.uint8)) for grey in (10, 240))
        >>> floor = LastRow(); floor.fit([dark, light], ["night", "day"])
        >>> floor.predict([Picture(torch.full((2, 2, 1), 200, dtype=torch.uint8))])
        ['day']
    """

    def __init__(self, strength: PositiveFloat = 1.0):
        self.model = Logistic(strength)

    def learn(self, inputs: Sequence[Item], wanted: np.ndarray) -> None:
        self.model.fit(self._rows(inputs), wanted)

    def judge(self, inputs: Sequence[Item]) -> np.ndarray:
        return self.model.probabilities(self._rows(inputs))

    def _rows(self, inputs: Sequence[Item]) -> np.ndarray:
        """(N, W · C) from 0 to 1."""
        pictures = [item if isinstance(item, Picture) else read_picture(item) for item in inputs]
        return np.stack([picture.pixels[-1].flatten().numpy() for picture in pictures]) / WHITE
