"""What all floors promise that forecast a series."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.floors.base import Floor
from seqmodels.series import Series, Window

MANY = 512  # windows at once


class SeriesFloor(Floor, ABC):
    """Forecasts from the rows that are read, of those columns that are forecast, in their own units."""

    def fit(self, inputs: Sequence[Window], targets: Sequence[Window]) -> None:
        self.columns = targets[0].columns
        self.horizon = len(targets[0].rows)
        self.learn(inputs, targets)

    @abstractmethod
    def learn(self, inputs: Sequence[Window], targets: Sequence[Window]) -> None:
        """Look at the training windows, of which there is one at least."""

    @abstractmethod
    def forecast(self, rows: Tensor) -> Tensor:
        """(N, U, K) behind rows (N, T, K)."""

    def predict(self, inputs: Sequence[Window]) -> list[Window]:
        """A window of its own for every input.

        Raises:
            InputError: a column is forecast that is not read, or there are too few rows.
        """
        parts = [self.forecast(self.history(inputs[i : i + MANY])) for i in range(0, len(inputs), MANY)]
        if not parts:
            return []
        series, horizon = Series(self.columns, torch.cat(parts).flatten(0, 1)), self.horizon  # (N U, K)
        return [Window(series, i * horizon, (i + 1) * horizon, self.columns) for i in range(len(inputs))]

    def history(self, windows: Sequence[Window]) -> Tensor:
        """(N, T, K) float64, what windows have of the columns that are forecast."""
        if missing := [name for name in self.columns if name not in windows[0].columns]:
            kind = type(self).__name__
            raise InputError(f"floor: {kind} reads what it forecasts, and {', '.join(missing)} is not in data.inputs")
        return torch.stack([window._replace(columns=self.columns).rows for window in windows])
