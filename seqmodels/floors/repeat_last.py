"""The floor of forecasting."""

from collections.abc import Sequence

from torch import Tensor

from seqmodels.floors.series_floor import SeriesFloor
from seqmodels.series import Window


class RepeatLast(SeriesFloor):
    """Everything stays as it is in the last row.

    Example:
        >>> import torch
        >>> from seqmodels.floors import RepeatLast
        >>> from seqmodels.series import Series
        >>> series = Series(("x",), torch.tensor([[1.0], [2.0], [4.0], [8.0]]))
        >>> read, wanted = Window(series, 0, 2, ("x",)), Window(series, 2, 4, ("x",))
        >>> floor = RepeatLast(); floor.fit([read], [wanted])
        >>> floor.predict([read])[0].rows.tolist()
        [[2.0], [2.0]]
    """

    def learn(self, inputs: Sequence[Window], targets: Sequence[Window]) -> None:
        pass

    def forecast(self, rows: Tensor) -> Tensor:
        return rows[:, -1:].expand(-1, self.horizon, -1)
