"""The mean of a recording's frames, in which no order is left."""

from collections.abc import Sequence

import numpy as np
import torch

from seqmodels.audio import LogMel
from seqmodels.floors.base import Item
from seqmodels.floors.label_floor import LabelFloor
from seqmodels.floors.logistic import Logistic
from seqmodels.types import Positive, PositiveFloat


class AveragedFrames(LabelFloor):
    """Logistic regression over the mean and the deviation of each log-mel filter over a recording.

    Args:
        mels: filters.
        strength: C, as ``Logistic`` has it.
        balanced: whether all labels count the same, however often they occur.

    Example:
        >>> from seqmodels.audio import Recording
        >>> from seqmodels.floors import AveragedFrames
        >>> high, low = (Recording(torch.sin(torch.arange(800) * pitch), 8000) for pitch in (2.0, 0.2))
        >>> floor = AveragedFrames(); floor.fit([high, low], ["high", "low"])
        >>> floor.predict([low])
        ['low']
    """

    def __init__(self, mels: Positive = 40, strength: PositiveFloat = 1.0, balanced: bool = False):
        self.mels = mels
        self.model = Logistic(strength, balanced)

    def learn(self, inputs: Sequence[Item], wanted: np.ndarray) -> None:
        self.field = LogMel(mels=self.mels)
        self.field.fit(inputs)
        self.model.fit(self._moments(inputs), wanted)

    def judge(self, inputs: Sequence[Item]) -> np.ndarray:
        return self.model.probabilities(self._moments(inputs))

    def _moments(self, inputs: Sequence[Item]) -> np.ndarray:
        """(N, 2M)."""
        frames = [self.field.encode(item) for item in inputs]  # each (T, M)
        moments = [torch.cat([one.mean(dim=0), one.std(dim=0, correction=0)]) for one in frames]
        return torch.stack(moments).double().numpy()
