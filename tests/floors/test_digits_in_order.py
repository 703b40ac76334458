"""The floor of reading dates."""

from datetime import date

import pytest
from babel import Locale

from seqmodels.data.dates import write_date
from seqmodels.floors import DigitsInOrder


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2026年3月4日", "2026-03-04"),
        ("2026/12/31", "2026-12-31"),
        ("04.03.2026", "2026-03-04"),
        ("4. 3. 2026", "2026-03-04"),
        ("4. März 2026", "2026-01-04"),
        ("March 4, 2026", "2026-01-04"),
        ("2026 March 4", "2026-01-04"),
        ("03/14/2026", "2026-14-03"),
        ("3. 4.", "2000-04-03"),
        ("4 mars", "2000-01-04"),
        ("2026", "2026-01-01"),
        ("no date", "2000-01-01"),
        ("", "2000-01-01"),
    ],
)
def test_a_text_is_read_by_its_numbers_alone(text: str, answer: str) -> None:
    assert DigitsInOrder().predict([text]) == [answer]


@pytest.mark.parametrize(("locale", "style"), [("zh", "medium"), ("ja", "medium"), ("ko", "full"), ("de", "medium")])
def test_dates_all_in_digits_are_read_right(locale: str, style: str) -> None:
    days = [date(2026, 3, 4), date(1900, 12, 31), date(2099, 1, 1), date(2024, 2, 29)]
    texts = [write_date(day, Locale.parse(locale), style) for day in days]
    assert DigitsInOrder().predict(texts) == [day.isoformat() for day in days]


def test_fitting_changes_no_answer() -> None:
    floor = DigitsInOrder()
    floor.fit(["4 mars 2026"], ["2026-03-04"])
    assert floor.predict(["4 mars 2026"]) == ["2026-01-04"]
