"""The steps of a series, and what a calendar says of its rows."""

from datetime import datetime, timedelta

import pytest

from seqmodels.errors import InputError
from seqmodels.series import Step, calendar, step_of

NOON = datetime(2026, 3, 1, 12)


def spaced(first, *days):
    return [first + timedelta(days=day) for day in days]


def test_features_go_evenly_from_the_first_to_the_last_of_each():
    hours = calendar([datetime(2026, 3, 1, hour) for hour in range(24)], ["hour"])[:, 0]
    assert (hours[0], hours[-1]) == (-0.5, 0.5)
    assert hours.diff().allclose(hours[1] - hours[0])
    first, last = datetime(2024, 1, 1), datetime(2023, 12, 31)  # a Monday, and a Sunday
    assert calendar([first, last], ["weekday", "day", "month"]).tolist() == [[-0.5] * 3, [0.5] * 3]
    assert calendar([first], []).shape == (1, 0)


def test_what_no_calendar_has_is_refused():
    with pytest.raises(InputError, match="'minute' found, wanted some of hour, weekday, day, month"):
        calendar([NOON], ["minute"])


@pytest.mark.parametrize("hours", [1, 24, 24 * 7])
def test_a_step_of_equal_spans(hours):
    times = [NOON + timedelta(hours=hours * i) for i in range(4)]
    step = step_of(times)
    assert step == Step(timedelta(hours=hours))
    assert [step.after(NOON, i) for i in range(4)] == times
    assert [step.between(NOON, time) for time in times] == [0, 1, 2, 3]
    assert step.between(NOON, NOON + timedelta(minutes=30)) is None


@pytest.mark.parametrize(
    ("first", "second", "tenth"),
    [
        (datetime(2026, 1, 15), datetime(2026, 2, 15), datetime(2026, 10, 15)),
        (datetime(2026, 1, 31), datetime(2026, 2, 28), datetime(2026, 10, 31)),
        (datetime(2024, 2, 29), datetime(2024, 3, 31), datetime(2024, 11, 30)),
        (datetime(2000, 1, 1), datetime(2001, 1, 1), datetime(2009, 1, 1)),
        (datetime(2000, 1, 1), datetime(2000, 4, 1), datetime(2002, 4, 1)),
    ],
    ids=str,
)
def test_a_step_of_months_stays_on_its_day_or_at_the_end(first, second, tenth):
    step = step_of([first, second])
    assert step.after(first, 9) == tenth
    assert step.between(first, tenth) == 9
    assert step.between(first, tenth + timedelta(days=1)) is None


def test_four_weeks_that_look_like_a_month_are_four_weeks_if_the_third_row_says_so():
    assert step_of(spaced(datetime(2026, 2, 1), 0, 28, 56)) == Step(timedelta(days=28))
    assert step_of([datetime(2026, 2, 1), datetime(2026, 3, 1), datetime(2026, 4, 1)]).months == 1
