"""The mean absolute scaled error."""

from torch import Tensor

from seqmodels.metrics.forecast_metric import ForecastMetric
from seqmodels.nn.distributions import Distribution
from seqmodels.series import Values
from seqmodels.text import Field


class Mase(ForecastMetric):
    """MASE: the mean of |y - ŷ| / the seasonal-naive method's mean absolute error in the training rows.

    That method says what there was one period before; below 1, the errors are smaller than its own were one season
    ahead (Hyndman & Koehler 2006, section 3). It is the same in every unit.

    Args:
        field: of the targets, whose ``period`` counts.

    Raises:
        ValueError: the field knows no such error.

    Example:
        >>> from seqmodels.metrics import Mase
        >>> from seqmodels.series import Values
        >>> metric = Mase(Values(period=24))
    """

    higher_is_better = False

    def __init__(self, field: Field):
        if not isinstance(field, Values):
            raise ValueError(
                f"{type(field).__name__} found for targets, wanted rows of a series: seqmodels.series.Values"
            )
        super().__init__(field)
        self.values = field

    def score(self, said: Distribution, y: Tensor) -> Tensor:
        weights = self.values.scale.deviation / self.values.naive_error  # (K,)
        return (y - said.point()).abs() * weights.to(y.device)
