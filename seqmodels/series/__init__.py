"""Numbers over time: series, windows of them, their calendar, and the field that scales them."""

from seqmodels.series.calendar import Feature, Step, calendar, step_of
from seqmodels.series.series import Series, Window
from seqmodels.series.values import Values

__all__ = ["Feature", "Series", "Step", "Values", "Window", "calendar", "step_of"]
