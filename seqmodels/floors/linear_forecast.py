"""The linear floor of forecasting."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.floors.series_floor import MANY, SeriesFloor
from seqmodels.series import Window
from seqmodels.types import NonNegativeFloat


class LinearForecast(SeriesFloor):
    """y - x_T = W (x - x_T) + b, the same for all columns: ridge regression over all training windows, in closed form.

    The model of NLinear (Zeng et al. 2023, arXiv 2205.13504, section 4), at the least squares that its training looks
    for. Each column counts in units of its deviation over the rows that training windows have.

    Args:
        ridge: what is added to the mean squares of the differences that are read.

    Example:
        >>> from seqmodels.floors import LinearForecast
        >>> from seqmodels.series import Series
        >>> series = Series(("x",), torch.arange(20.0)[:, None])  # which rises by 1
        >>> reads = [Window(series, at, at + 4, ("x",)) for at in range(9)]
        >>> wants = [Window(series, at + 4, at + 6, ("x",)) for at in range(9)]
        >>> floor = LinearForecast(); floor.fit(reads, wants)
        >>> [round(float(row), 3) for row in floor.predict([Window(series, 14, 18, ("x",))])[0].rows]
        [18.0, 19.0]
    """

    def __init__(self, ridge: NonNegativeFloat = 1e-3):
        self.ridge = ridge

    def learn(self, inputs: Sequence[Window], targets: Sequence[Window]) -> None:
        self.deviation = _deviation(inputs, targets, self.columns)  # (K,)
        read = len(inputs[0].rows)
        products = torch.zeros(read, read, dtype=torch.float64)  # of what is read, with the constant last
        answers = torch.zeros(read, self.horizon, dtype=torch.float64)
        count = 0
        for i in range(0, len(inputs), MANY):
            rows = self.history(inputs[i : i + MANY])  # (N, T, K)
            wanted = torch.stack([window.rows for window in targets[i : i + MANY]])  # (N, U, K)
            x, y = self._read(rows), (wanted - rows[:, -1:]) / self.deviation
            y = y.transpose(1, 2).flatten(0, 1).float()  # (N K, U)
            products += (x.T @ x).double()
            answers += (x.T @ y).double()
            count += len(x)
        penalty = torch.full((read,), self.ridge * count, dtype=torch.float64)
        penalty[-1] = 1e-9  # the constant goes free
        self.weight = torch.linalg.solve(products + penalty.diag(), answers).float()  # (T, U)

    def forecast(self, rows: Tensor) -> Tensor:
        said = (self._read(rows) @ self.weight).unflatten(0, (len(rows), -1)).transpose(1, 2)  # (N, U, K)
        return said.double() * self.deviation + rows[:, -1:]

    def _read(self, rows: Tensor) -> Tensor:
        """(N K, T) float32: differences from the last row for all rows before it, and a constant."""
        apart = ((rows - rows[:, -1:]) / self.deviation).transpose(1, 2).flatten(0, 1)  # (N K, T)
        apart[:, -1] = 1
        return apart.float()


def _deviation(inputs: Sequence[Window], targets: Sequence[Window], columns: tuple[str, ...]) -> Tensor:
    """(K,) float64, over every row that is in a window, each once."""
    series, used = inputs[0].series, {id(window.series) for window in inputs}
    if len(used) > 1:
        rows = torch.cat([window._replace(columns=columns).rows for window in inputs])
    else:
        start, stop = min(window.start for window in inputs), max(window.stop for window in targets)
        rows = Window(series, start, stop, columns).rows
        rows = rows[rows.isfinite().all(dim=1)]
    deviation = rows.std(dim=0, correction=0)
    return torch.where(deviation > 0, deviation, 1.0)
