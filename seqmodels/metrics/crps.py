"""The continuous ranked probability score."""

from torch import Tensor

from seqmodels.metrics.forecast_metric import ForecastMetric
from seqmodels.nn.distributions import Distribution


class Crps(ForecastMetric):
    """CRPS: the mean of ∫ (F(x) - [x ≥ y])² dx, by which nothing is gained but by saying what one thinks.

    Closed for a normal distribution, approximated for quantiles (``seqmodels.nn.distributions``). Of a value alone it
    is the mean absolute error, with which it can be compared.

    Args:
        field: of the targets.
        unit: ``scaled``, or ``original``: that of each column.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import Crps
        >>> from seqmodels.text import Numbers
        >>> metric, one = Crps(Numbers()), torch.tensor([1])
        >>> metric.update(Padded(torch.tensor([[[1.0, 2.0]]]), one), Padded(torch.tensor([[[1.0, 4.0]]]), one))
        >>> metric.compute()
        tensor(1., dtype=torch.float64)
    """

    higher_is_better = False

    def score(self, said: Distribution, y: Tensor) -> Tensor:
        return said.crps(y)
