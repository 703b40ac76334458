"""Dates as people write them."""

import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton

from seqmodels.data import Dates, Splits
from seqmodels.data.dates import FORMATS, write_date
from seqmodels.errors import InputError

# Leap and common years of two centuries; two digits of some are a day and a month (1901, 2012) or another's (1912).
YEARS = (1901, 1912, 2001, 2011, 2012, 2021, 2024, 2099)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=i) for i in range((date(year, 12, 31) - first).days + 1)]


def small(locales: list[str], target: str = "iso", train: int = 400) -> Splits:
    return Dates(locales, target=target, train=train, val=60, test=60).read()


@pytest.fixture(scope="module")
def dates_config(data_config: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return data_config("dates")


@pytest.fixture(scope="module")
def splits(dates_config: dict[str, Any]) -> Splits:
    return Dates(**dates_config).read()


def test_the_config_has_at_least_twelve_locales_in_at_least_four_scripts(dates_config: dict[str, Any]) -> None:
    texts = [write_date(date(2026, 3, 3), Locale.parse(name), "full") for name in dates_config["locales"]]
    letters = {letter for text in texts for letter in text if letter.isalpha()}
    scripts = {unicodedata.name(letter).split()[0].split("-")[0] for letter in letters}
    assert len(set(dates_config["locales"])) >= 12
    assert scripts >= {"LATIN", "CYRILLIC", "GREEK", "CJK", "HANGUL", "HEBREW", "DEVANAGARI"}


@pytest.mark.parametrize(
    ("locale", "style", "text"),
    [
        ("de", "full", "Dienstag, 3. März 2026"),
        ("ru", "long", "3 марта 2026\u202fг."),
        ("zh", "long", "2026年3月3日"),
        ("ja", "long", "2026年3月3日"),
        ("en_US", "yMMMEd", "Tue, Mar 3, 2026"),
    ],
)
def test_a_date_is_written_as_the_language_writes_it(locale: str, style: str, text: str) -> None:
    assert write_date(date(2026, 3, 3), Locale.parse(locale), style) == text


def test_no_text_can_be_read_as_two_dates(dates_config: dict[str, Any]) -> None:
    days = [day for year in YEARS for day in days_of(year)]
    meaning: dict[str, date] = {}
    for name in dates_config["locales"]:
        locale = Locale.parse(name)
        for style in FORMATS:
            for day in days:
                text = write_date(day, locale, style)
                other = meaning.setdefault(text, day)
                assert other == day, f"{text!r} ({style} in {name}) means {day} and {other}"


def test_splits_have_the_sizes_asked_for(dates_config: dict[str, Any], splits: Splits) -> None:
    assert [len(split) for split in splits] == [dates_config[name] for name in Splits._fields]


def test_no_date_and_no_text_stands_twice_in_all_splits(splits: Splits) -> None:
    everything = [example for split in splits for example in split]
    assert len({e.targets for e in everything}) == len(everything)
    assert len({e.inputs for e in everything}) == len(everything)


def test_every_split_has_dates_of_every_decade(splits: Splits) -> None:
    for split in splits:
        assert {str(e.targets)[:3] for e in split} == {str(decade) for decade in range(190, 210)}


def test_every_split_has_every_language_and_format(dates_config: dict[str, Any], splits: Splits) -> None:
    wanted = {f"{style} in {Locale.parse(name)}" for name in dates_config["locales"] for style in FORMATS}
    for split in splits:
        assert {e.origin.split(" as ")[1] for e in split} == wanted


def test_a_text_is_its_target_written_in_the_language_and_format_of_its_origin(splits: Splits) -> None:
    for example in splits.test:
        day, written = example.origin.split(" as ")
        style, locale = written.split(" in ")
        assert example.targets == day
        assert example.inputs == write_date(date.fromisoformat(day), Locale.parse(locale), style)


def test_the_target_locale_names_the_language_of_the_same_texts() -> None:
    names = ["de", "en_GB", "zh"]
    iso, language = small(names), small(names, "locale")
    assert [e.inputs for e in language.train] == [e.inputs for e in iso.train]
    assert {e.targets for e in language.train} == set(names)
    assert all(e.origin.endswith(f" in {e.targets}") for split in language for e in split)


def test_reading_twice_gives_the_same_examples_in_the_same_order() -> None:
    assert small(["de", "zh"]) == small(["de", "zh"])


def test_the_test_split_stays_as_it_is_when_the_others_grow_or_shrink() -> None:
    sizes = [(400, 60), (500, 60), (400, 90), (1, 1)]
    first, *others = [Dates(["de", "zh"], train=train, val=val, test=50).read() for train, val in sizes]
    assert all(splits.test == first.test for splits in others)


def test_as_many_examples_as_there_are_dates_use_every_date_of_both_end_years() -> None:
    splits = Dates(["de"], train=729, val=1, test=1, first_year=2011, last_year=2012).read()
    found = sorted(str(e.targets) for split in splits for e in split)
    assert found == [day.isoformat() for day in days_of(2011) + days_of(2012)]


def test_more_examples_than_dates_are_refused_with_both_numbers() -> None:
    with pytest.raises(InputError, match=r"= 732, but there are 731 dates from 2011 to 2012"):
        Dates(["de"], train=730, val=1, test=1, first_year=2011, last_year=2012).read()


@pytest.mark.parametrize("name", ["xx", "de_XX", "de-DE", "", "../de", "German"])
def test_a_locale_that_babel_does_not_know_is_refused_by_name(name: str) -> None:
    with pytest.raises(InputError, match=r"data\.locales: ") as caught:
        small(["de", name])
    assert repr(name) in str(caught.value)
    assert "wanted names such as de or en_GB" in str(caught.value)


def test_no_locale_at_all_is_refused() -> None:
    with pytest.raises(InputError, match=r"data\.locales is empty"):
        small([])


@pytest.mark.parametrize(("first", "last"), [(2026, 2025), (1900, 10_000)])
def test_years_that_are_none_are_refused(first: int, last: int) -> None:
    with pytest.raises(InputError, match=f"data.first_year = {first}, data.last_year = {last}: wanted years from 1 to"):
        Dates(["de"], train=1, val=1, test=1, first_year=first, last_year=last).read()


def test_pieces_are_the_date_as_babel_writes_it(dates_config: dict[str, Any]) -> None:
    for name in dates_config["locales"]:
        locale = Locale.parse(name)
        for style in FORMATS:
            for day in days_of(2024)[::41]:
                whole = style in ("full", "long", "medium")
                wanted = format_date(day, style, locale) if whole else format_skeleton(style, day, locale=locale)
                assert write_date(day, locale, style) == wanted


def test_every_letter_of_a_date_says_its_field(dates_config: dict[str, Any]) -> None:
    for example in small(dates_config["locales"], target="fields").train:
        assert len(example.inputs) == len(example.targets)
        day = date.fromisoformat(example.origin.split()[0])
        said = {field: "" for field in ("day", "month", "year", "weekday", "O")}
        for letter, field in zip(example.inputs, example.targets, strict=True):
            said[field] += letter
        assert unicodedata.digit(said["day"][-1]) == day.day % 10
        assert int(said["year"]) == day.year
        assert said["month"]
        assert not any(letter.isdigit() for letter in said["O"])
