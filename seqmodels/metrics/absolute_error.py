"""The mean absolute error."""

from torch import Tensor

from seqmodels.metrics.forecast_metric import ForecastMetric
from seqmodels.nn.distributions import Distribution


class AbsoluteError(ForecastMetric):
    """MAE: the mean of |y - ŷ|.

    Args:
        field: of the targets.
        unit: ``scaled``, or ``original``: that of each column.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import AbsoluteError
        >>> from seqmodels.text import Numbers
        >>> metric, one = AbsoluteError(Numbers()), torch.tensor([1])
        >>> metric.update(Padded(torch.tensor([[[1.0, 2.0]]]), one), Padded(torch.tensor([[[1.0, 4.0]]]), one))
        >>> metric.compute()
        tensor(1., dtype=torch.float64)
    """

    higher_is_better = False

    def score(self, said: Distribution, y: Tensor) -> Tensor:
        return (y - said.point()).abs()
