"""Numbers as they stand on the page."""

import math
import statistics
from collections.abc import Sequence


def figure(value: float | None) -> str:
    """A score or a duration with as many digits as one reads: 0.8133, 12.40, 1,234.

    Example:
        >>> from seqmodels.pages.figures import figure
        >>> figure(0.81333), figure(12.4), figure(1234.4), figure(0.00002), figure(None)
        ('0.8133', '12.40', '1,234', '2.00e-05', '')
    """
    if value is None:
        return ""
    size = abs(value)
    if not math.isfinite(value) or size >= 1e7 or 0 < size < 1e-3:
        return f"{value:.2e}" if math.isfinite(value) else str(value)
    return f"{value:,.0f}" if size >= 1000 else f"{value:.2f}" if size >= 10 else f"{value:.4f}"


def signed(value: float | None) -> str:
    """A difference with its sign."""
    return "" if value is None else ("+" if value > 0 else "") + figure(value).replace("-", "−", 1)


def count(value: float | None) -> str:
    """A whole number with commas."""
    return "" if value is None else f"{value:,.0f}"


def duration(seconds: float) -> str:
    """A time in the unit that one would say.

    Example:
        >>> from seqmodels.pages.figures import duration
        >>> duration(8.25), duration(300), duration(9000)
        ('8.2 s', '5.0 min', '2.5 h')
    """
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def spread(values: Sequence[float]) -> float | None:
    """The standard deviation (n - 1); None of fewer than two values, or where one is no finite number."""
    return statistics.stdev(values) if len(values) > 1 and all(map(math.isfinite, values)) else None
