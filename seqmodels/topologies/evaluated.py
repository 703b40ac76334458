"""What a topology makes of a batch that it is judged by."""

from typing import NamedTuple

from torch import Tensor

from seqmodels.nn.distributions import Distribution
from seqmodels.types import Padded


class Evaluated(NamedTuple):
    """What a model makes of a batch whose targets are known.

    Args:
        loss: scalar, the mean over ``steps``.
        steps: scalar, how many target steps the loss is a mean over.
        predictions: (B, U), or numbers (B, U, K).
        distribution: what is said of each number besides; of labels log p (B, U, C), where a metric reads it.
        ended: (B,) bool, of what was written: false where it was cut at the greatest length.
    """

    loss: Tensor
    steps: Tensor
    predictions: Padded
    distribution: Distribution | Padded | None = None
    ended: Tensor | None = None
