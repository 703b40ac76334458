"""The floor of forecasting what has seasons."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.floors.series_floor import SeriesFloor
from seqmodels.series import Window
from seqmodels.types import Positive


class SeasonalNaive(SeriesFloor):
    """Every row is that of one period before, the last period again and again.

    Args:
        period: rows of a season: 24 where the rows are hours of days.

    Example:
        >>> from seqmodels.floors import SeasonalNaive
        >>> from seqmodels.series import Series
        >>> series = Series(("x",), torch.tensor([[1.0], [2.0], [4.0], [8.0], [16.0]]))
        >>> read, wanted = Window(series, 0, 2, ("x",)), Window(series, 2, 5, ("x",))
        >>> floor = SeasonalNaive(period=2); floor.fit([read], [wanted])
        >>> floor.predict([read])[0].rows.tolist()
        [[1.0], [2.0], [1.0]]
    """

    def __init__(self, period: Positive = 1):
        self.period = period

    def learn(self, inputs: Sequence[Window], targets: Sequence[Window]) -> None:
        pass

    def forecast(self, rows: Tensor) -> Tensor:
        if rows.shape[1] < self.period:
            raise InputError(f"floor.period={self.period} found, and {rows.shape[1]} rows are read: wanted no more")
        places = torch.arange(self.horizon, device=rows.device) % self.period
        return rows[:, -self.period :][:, places]
