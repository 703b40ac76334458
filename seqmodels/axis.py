"""Round numbers along an axis, and where values stand on it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

ROUND = (1, 2, 5, 10)
FEW = 4  # numbers that an axis should have at least
MANY_TIMES = 12.0  # how many times the least the greatest has to be for a logarithmic axis


class Axis(NamedTuple):
    """One axis of a diagram.

    Args:
        low, high: its ends.
        ticks: round values on it.
        logarithmic: whether equal ratios are equally far apart.
    """

    low: float
    high: float
    ticks: list[float]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """0 at the lower end and 1 at the upper one."""
        low, high, x = (math.log(v) if self.logarithmic else v for v in (self.low, self.high, value))
        return (x - low) / (high - low)


def axis_of(values: Sequence[float], logarithmic: bool = False, many_times: float = MANY_TIMES) -> Axis:
    """An axis for values, with round numbers on it.

    Args:
        values: finite, at least one.
        logarithmic: allow a logarithmic one, where all values are above 0 and far apart.
        many_times: the least that the greatest has to be for that.

    Example:
        >>> from seqmodels.axis import axis_of
        >>> axis_of([0, 3.7]).ticks, axis_of([0.02, 2.0], logarithmic=True).ticks
        ([0.0, 1.0, 2.0, 3.0], [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2])
    """
    low, high = min(values), max(values)
    if logarithmic and low > 0 and high > many_times * low:
        exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        rounds = ROUND[:-1] if len(exponents) < 5 else (1,)
        ticks = [_exact(m, e) for e in exponents for m in rounds]
        margin = (high / low) ** 0.04
        low, high = low / margin, high * margin
        return Axis(low, high, [tick for tick in ticks if low <= tick <= high], True)
    if low == high:
        gap = abs(low) * 0.1 or 1.0
        low, high = low - gap, high + gap
    step = _step(high - low)
    margin = 0.04 * (high - low)
    first, last = math.ceil((low - margin / 2) / step), math.floor((high + margin / 2) / step)
    return Axis(low - margin, high + margin, [_rounded(i * step) for i in range(first, last + 1)])


def written(value: float) -> str:
    """A number on an axis, as short as it is exact: 0.05, 1,500.

    Example:
        >>> written(0.05), written(1500.0), written(2e-5)
        ('0.05', '1,500', '2e-05')
    """
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e7 else f"{value:.6g}"


def _step(length: float) -> float:
    exponent = math.floor(math.log10(length / FEW))
    steps = (_exact(m, exponent) for m in reversed(ROUND))
    return next(step for step in steps if length / step >= FEW - 0.5)


def _exact(mantissa: int, exponent: int) -> float:
    return mantissa * 10**exponent if exponent >= 0 else mantissa / 10**-exponent


def _rounded(value: float) -> float:
    return float(f"{value:.12g}")
