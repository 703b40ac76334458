"""The numbers of a series, scaled by what is known of its training rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.series.series import Series, Window
from seqmodels.text.scale import Scale, ScaledField, loaded_scale
from seqmodels.types import Positive, Size


class Values(ScaledField):
    """Windows of a series, every column to mean 0 and deviation 1 in the training rows, a row a step.

    All rows that may be learnt from count once, and no other row. Features, such as those of the calendar, stay as they
    are; columns that are the same in all training rows become 0. Besides means and deviations it learns, for each
    column, the mean of |y_t - y_{t - period}| over the training rows: the error of the seasonal-naive method there, by
    which the mean absolute scaled error divides (Hyndman & Koehler 2006, section 3).

    Args:
        period: rows of a season: 24 where the rows are hours of days.

    Example:
        >>> from seqmodels.series import Series, Values, Window
        >>> series = Series(("load",), torch.tensor([[1.0], [3.0], [4.0]]).double(), training=2)
        >>> field = Values(); field.fit([Window(series, 0, 2, ("load",))])
        >>> field.encode(Window(series, 1, 3, ("load",)))
        tensor([[1.],
                [2.]])
    """

    def __init__(self, period: Positive = 1):
        self.period = period
        self._columns: tuple[str, ...] = ()
        self._naive_error: Tensor | None = None
        self._known: dict[int, tuple[Series, Tensor]] = {}  # every series that was met, scaled

    @property
    def columns(self) -> tuple[str, ...]:
        """Their names."""
        return self._columns

    @property
    def naive_error(self) -> Tensor:
        """(K,) float64, the seasonal-naive method's mean absolute error in the training rows, in their own units.

        Raises:
            ValueError: the field was not fitted.
        """
        if self._naive_error is None:
            raise ValueError("Values was not fitted: call fit(items) first")
        return self._naive_error

    @property
    def size(self) -> Size:
        return Size(len(self.scale.mean), names=self._columns)

    def expected_size(self) -> Size:
        return Size(2, names=("a", "b"))

    def fit(self, items: Iterable[Window]) -> None:
        windows = [_window(item) for item in items]
        if not windows:
            raise InputError("no window of a series found to take mean and deviation of, wanted at least one")
        columns = windows[0].columns
        series = {id(window.series): window.series for window in windows}.values()
        trained = [one.values[: one.training, one.places(columns)] for one in series]  # (N, K) each
        apart = [(rows[self.period :] - rows[: -self.period]).abs() for rows in trained]
        rows, naive = (_known(torch.cat(parts)) for parts in (trained, apart))
        if not len(rows) or not len(naive):
            wanted = f"more than the period of {self.period}"
            raise InputError(f"{len(rows)} training rows found, wanted {wanted} (data.windows.split, fields.targets)")
        mean, deviation, error = rows.mean(dim=0), rows.std(dim=0, correction=0), naive.mean(dim=0)
        feature = torch.tensor([all(name in one.features for one in series) for name in columns])
        mean = torch.where(feature, 0.0, mean)
        deviation = torch.where(feature | (deviation == 0), 1.0, deviation)
        self._take(columns, Scale(mean, deviation), torch.where(feature | (error == 0), 1.0, error))

    def learnt(self) -> dict[str, list[Any]]:
        return {"columns": list(self._columns), **self.scale.learnt(), "naive_error": self.naive_error.tolist()}

    def load_learnt(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        columns, error = (learnt.get(name) for name in ("columns", "naive_error"))
        if not isinstance(columns, list) or not columns or not all(isinstance(name, str) for name in columns):
            raise InputError(f"columns: {str(columns)[:60]} found, wanted the names of columns")
        scale = {name: values for name, values in learnt.items() if name not in ("columns", "naive_error")}
        found = loaded_scale(scale, "numbers, one a column", len(columns))
        naive = loaded_scale(
            {"mean": found.mean.tolist(), "deviation": error or []}, "errors, one a column", len(columns)
        )
        self._take(tuple(columns), found, naive.deviation)

    def split(self, item: Any) -> list[str]:
        return []  # nobody reads them as words

    def encode(self, item: Window | Tensor) -> Tensor:
        """(T, K) float32 of a window, without a copy, or of rows (T, K) in the units of the series.

        Raises:
            InputError: it has other columns than in training.
        """
        if isinstance(item, Tensor):
            return self.scale.scaled(item)
        window = _window(item)
        if window.columns != self._columns:
            raise InputError(f"columns {', '.join(window.columns)} found, wanted {', '.join(self._columns)}")
        return self._scaled(window.series)[window.start : window.stop]

    def decode(self, ids: Sequence[Any]) -> list[list[float]]:
        """The rows again, in the units of the series."""
        rows = torch.tensor(list(ids), dtype=torch.float64).view(-1, len(self._columns))
        return list((rows * self.scale.deviation + self.scale.mean).tolist())

    def _take(self, columns: tuple[str, ...], scale: Scale, naive_error: Tensor) -> None:
        self._columns, self._scale, self._naive_error, self._known = columns, scale, naive_error, {}

    def _scaled(self, series: Series) -> Tensor:
        """(N, K) float32, all rows of a series."""
        if id(series) not in self._known:
            scaled = self.scale.scaled(series.values[:, series.places(self._columns)])
            self._known[id(series)] = series, scaled  # with the series, so that its id stays its own
        return self._known[id(series)][1]


def _known(rows: Tensor) -> Tensor:
    """Those without a gap."""
    return rows[rows.isfinite().all(dim=1)]


def _window(item: Any) -> Window:
    if not isinstance(item, Window):
        raise InputError(
            f"{type(item).__name__} found, wanted a window of a series (data=series); choose another field"
        )
    return item
