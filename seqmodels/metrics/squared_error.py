"""The mean squared error."""

from torch import Tensor

from seqmodels.metrics.forecast_metric import ForecastMetric
from seqmodels.nn.distributions import Distribution


class SquaredError(ForecastMetric):
    """MSE: the mean of (y - ŷ)².

    Args:
        field: of the targets.
        unit: ``scaled``, or ``original``: that of each column, squared.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import SquaredError
        >>> from seqmodels.text import Numbers
        >>> metric, one = SquaredError(Numbers()), torch.tensor([1])
        >>> metric.update(Padded(torch.tensor([[[1.0, 2.0]]]), one), Padded(torch.tensor([[[1.0, 4.0]]]), one))
        >>> metric.compute()
        tensor(2., dtype=torch.float64)
    """

    higher_is_better = False

    power = 2

    def score(self, said: Distribution, y: Tensor) -> Tensor:
        return (y - said.point()).square()
