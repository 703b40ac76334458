"""How often the truth lies in a band."""

import torch
from torch import Tensor

from seqmodels.metrics.forecast_metric import ForecastMetric
from seqmodels.nn.distributions import Distribution
from seqmodels.text import Field
from seqmodels.types import Probability


class Coverage(ForecastMetric):
    """The share of numbers in the band that is to hold a share of them: as near to that as can be, not as low.

    The band goes from quantile (1 - share)/2 to (1 + share)/2. That of a value alone has no width.

    Args:
        field: of the targets.
        share: that the band is to hold.

    Example:
        >>> from seqmodels.metrics import Coverage
        >>> from seqmodels.series import Values
        >>> metric = Coverage(Values(), share=0.8)
    """

    def __init__(self, field: Field, share: Probability = 0.8):
        super().__init__(field)
        self.share = share

    def score(self, said: Distribution, y: Tensor) -> Tensor:
        low, high = (said.quantile((1 + side * self.share) / 2) for side in (-1, 1))
        return torch.logical_and(low <= y, y <= high)
