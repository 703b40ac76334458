"""A chaotic series, made in-process."""

from collections import deque
from random import Random

import torch

from seqmodels.data.faults import Faults
from seqmodels.data.reader import Reader, Splits
from seqmodels.data.windows import Windows
from seqmodels.series import Series
from seqmodels.types import NonNegative, Positive

BETA, GAMMA, POWER = 0.2, 0.1, 10
TRANSIENT = 1000  # units of time before the first row: the start is forgotten by then
COLUMN = "x"


class MackeyGlass(Reader):
    """The delay differential equation of Mackey & Glass 1977, a row a unit of time, and the windows of it.

        dx/dt = 0.2·x(t - τ) / (1 + x(t - τ)¹⁰) - 0.1·x(t)

    It is chaotic from τ = 17 on: it never repeats, and a small error doubles again and again. Integrated by the
    classical Runge-Kutta method of fourth order; in the midst of a step, the delayed x is that of the cubic through the
    values and slopes at both ends of it.

    Args:
        rows: how many.
        tau: the delay τ.
        steps: of the integration, in a unit of time.
        start: seed of the x that there was until time 0, between 1.1 and 1.3.
        windows: how they are cut, and which of them train.

    Example:
        >>> from seqmodels.data import MackeyGlass, Windows
        >>> MackeyGlass(rows=400, windows=Windows(20, 5)).read().test[0].inputs.rows.shape
        torch.Size([20, 1])
    """

    def __init__(
        self,
        rows: Positive = 5000,
        tau: Positive = 17,
        steps: Positive = 10,
        start: NonNegative = 0,
        windows: Windows | None = None,
    ):
        self.rows = rows
        self.tau = tau
        self.steps = steps
        self.start = start
        self.windows = windows or Windows()

    def read(self, faults: Faults | None = None) -> Splits:  # what is made here has none
        first = 1.2 + Random(f"{self.start}").uniform(-0.1, 0.1)
        values = mackey_glass(TRANSIENT + self.rows, self.tau, self.steps, first)[TRANSIENT:]
        series = Series((COLUMN,), torch.tensor(values, dtype=torch.float64)[:, None])
        origins = [f"row {i + 1}" for i in range(self.rows)]
        return self.windows.cut(series, (COLUMN,), (COLUMN,), origins, faults or Faults())


def mackey_glass(rows: int, tau: int, steps: int, start: float) -> list[float]:
    """x at times 0, 1, ..., having been ``start`` until time 0.

    Args:
        rows: how many.
        tau: the delay.
        steps: of the integration, in a unit of time.
        start: x(t) for t ≤ 0.

    Example:
        >>> [round(x, 4) for x in mackey_glass(3, 17, 10, 1.2)]
        [1.2, 1.1176, 1.043]
    """
    h, x, found = 1 / steps, start, [start]
    past, middles = deque([start] * (tau * steps + 1)), deque([start] * (tau * steps))  # from t - tau on; between them
    for _ in range((rows - 1) * steps):
        delayed, middle, later = past.popleft(), middles.popleft(), past[0]
        k1 = _slope(x, delayed)
        k2 = _slope(x + h / 2 * k1, middle)
        k3 = _slope(x + h / 2 * k2, middle)
        k4 = _slope(x + h * k3, later)
        new = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        middles.append((x + new) / 2 + h / 8 * (k1 - _slope(new, later)))
        x = new
        past.append(x)
        found.append(x)
    return found[::steps]


def _slope(x: float, delayed: float) -> float:
    return BETA * delayed / (1 + delayed**POWER) - GAMMA * x
