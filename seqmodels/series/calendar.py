"""When rows of a series are: the step from one to the next, and what a calendar says of them."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor

from seqmodels.errors import InputError

Feature = Literal["hour", "weekday", "day", "month"]
# What each counts, from 0, and the last of it.
COUNTS: dict[str, tuple[Callable[[datetime], int], int]] = {
    "hour": (lambda time: time.hour, 23),
    "weekday": (lambda time: time.weekday(), 6),
    "day": (lambda time: time.day - 1, 30),
    "month": (lambda time: time.month - 1, 11),
}


def calendar(times: Sequence[datetime], features: Sequence[Feature]) -> Tensor:
    """Features of times, each evenly from -0.5 for the first (midnight, Monday, the 1st, January) to 0.5 for the last.

    Returns:
        (N, F) float64.

    Raises:
        InputError: there is no such feature.

    Example:
        >>> from datetime import datetime
        >>> from seqmodels.series import calendar
        >>> calendar([datetime(2026, 1, 4, 23)], ["hour", "weekday", "month"]).tolist()
        [[0.5, 0.5, -0.5]]
    """
    if unknown := [name for name in features if name not in COUNTS]:
        raise InputError(f"{', '.join(map(repr, unknown))} found, wanted some of {', '.join(get_args(Feature))}")
    rows = [[count(time) / last - 0.5 for count, last in map(COUNTS.__getitem__, features)] for time in times]
    return torch.tensor(rows, dtype=torch.float64).view(len(times), len(features))


class Step(NamedTuple):
    """From one row to the next: so much time, or so many months, which are not equally long.

    Args:
        span: the time; nothing where it is months.
        months: how many.
        ends: whether rows stand at the ends of months.

    Example:
        >>> from datetime import datetime
        >>> from seqmodels.series import Step
        >>> str(Step(months=1, ends=True).after(datetime(2026, 1, 31)))
        '2026-02-28 00:00:00'
    """

    span: timedelta = timedelta()
    months: int = 0
    ends: bool = False

    def after(self, time: datetime, count: int = 1) -> datetime:
        """The time so many steps later."""
        if not self.months:
            return time + count * self.span
        year, month = divmod(time.year * 12 + time.month - 1 + count * self.months, 12)
        last = monthrange(year, month + 1)[1]
        return time.replace(year=year, month=month + 1, day=last if self.ends else min(time.day, last))

    def between(self, first: datetime, second: datetime) -> int | None:
        """How many steps it is from one time to another one; None where it is no whole number of them."""
        if self.months:
            count = ((second.year - first.year) * 12 + second.month - first.month) // self.months
        else:
            count = (second - first) // self.span
        return count if self.after(first, count) == second else None

    def __str__(self) -> str:
        return f"{self.months} month{'s' * (self.months > 1)}" if self.months else str(self.span)


def step_of(times: Sequence[datetime]) -> Step:
    """The step between the first rows of a series: of the kinds that it may be, the one that the third row has too.

    Args:
        times: rising, two at least.

    Example:
        >>> from datetime import datetime
        >>> from seqmodels.series import step_of
        >>> str(step_of([datetime(2026, 1, 1), datetime(2026, 2, 1)]))
        '1 month'
    """
    first, second = times[:2]
    months = (second.year - first.year) * 12 + second.month - first.month
    kinds = [Step(months=months, ends=True), Step(months=months)] if months else []
    fitting = [step for step in [*kinds, Step(second - first)] if step.after(first) == second and _starts(step, first)]
    third = times[2:3]
    return next((step for step in fitting if [step.after(first, 2)] == third), fitting[0])


def _starts(step: Step, first: datetime) -> bool:
    return not step.ends or first.day == monthrange(first.year, first.month)[1]
