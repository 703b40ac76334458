"""The pinball loss of quantiles."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.metrics.forecast_metric import ForecastMetric, Unit
from seqmodels.nn.distributions import Distribution, pinball
from seqmodels.text import Field
from seqmodels.types import Probability


class Pinball(ForecastMetric):
    """The mean of max(τ·(y - q), (τ - 1)·(y - q)) over levels τ, with the quantile q that is said for each.

    Args:
        field: of the targets.
        unit: ``scaled``, or ``original``: that of each column.
        levels: between 0 and 1.

    Example:
        >>> from seqmodels.metrics import Pinball
        >>> from seqmodels.series import Values
        >>> metric = Pinball(Values(), levels=[0.1, 0.9])
    """

    higher_is_better = False

    def __init__(self, field: Field, unit: Unit = "scaled", levels: Sequence[Probability] = (0.1, 0.5, 0.9)):
        super().__init__(field, unit)
        self.levels = list(levels)

    def score(self, said: Distribution, y: Tensor) -> Tensor:
        values = torch.stack([said.quantile(level) for level in self.levels], dim=-1)  # (B, U, K, Q)
        return pinball(y[..., None], values, y.new_tensor(self.levels)).mean(dim=-1)
