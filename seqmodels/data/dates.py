"""Dates as people write them, made from the locale data (CLDR) that Babel carries."""

import random
import re
from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import DateTimeFormat, match_skeleton

from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.types import Positive, check_choice

Target = Literal["iso", "locale", "fields"]

# CLDR's full, long and medium styles, and two of its skeletons. Those that write the month in digits before a
# two-digit year, or the month before the day in one language and behind it in another, are left out: nobody can
# tell 03/04/05. A test reads every date back to prove that what is left can be told.
FORMATS = ("full", "long", "medium", "yMMMd", "yMMMEd")
PLACE = re.compile(r"%\((\w+)\)s")
FIELDS = {"d": "day", "M": "month", "L": "month", "y": "year", "E": "weekday", "c": "weekday"}  # CLDR's letters
SPLIT_SEED = 0  # which dates are in which split is part of the data set, not of a run


class Dates(Reader):
    """Dates in many languages and formats, and what they say in ISO 8601.

    Every example is another date, so no date of one split occurs in another; its language and format are drawn at
    random.

    Args:
        locales: CLDR names of languages, such as ``de`` or ``en_GB``.
        target: ``iso`` for the date in ISO 8601, ``locale`` for the name of the language it is written in, ``fields``
            for what each letter belongs to: day, month, year, weekday, or O for nothing of these.
        train, val, test: examples in each split.
        first_year, last_year: years to draw dates from, both included.

    Raises:
        InputError: a locale is not known, the years are none, or there are more examples than dates.

    Example:
        >>> from seqmodels.data import Dates
        >>> Dates(["de"], train=1, val=1, test=1).read().train[0].targets
        '1977-03-18'
    """

    def __init__(
        self,
        locales: Sequence[str],
        target: Target = "iso",
        train: Positive = 40_000,
        val: Positive = 2_000,
        test: Positive = 2_000,
        first_year: Positive = 1900,
        last_year: Positive = 2099,
    ):
        check_choice("target", target, Target)
        self.locales = list(locales)
        self.target = target
        self.sizes = (train, val, test)
        self.years = (first_year, last_year)

    def read(self, faults: Faults | None = None) -> Splits:  # what is made here has none
        names = [_locale(name) for name in self.locales]
        if not names:
            raise InputError("data.locales is empty, wanted at least one locale")
        if not MINYEAR <= self.years[0] <= self.years[1] <= MAXYEAR:
            raise InputError(
                f"data.first_year = {self.years[0]}, data.last_year = {self.years[1]}: "
                f"wanted years from {MINYEAR} to {MAXYEAR}, the first not after the last"
            )
        first = date(self.years[0], 1, 1)
        days = (date(self.years[1], 12, 31) - first).days + 1
        if sum(self.sizes) > days:
            raise InputError(
                f"data.train + data.val + data.test = {sum(self.sizes)}, but there are {days} dates from "
                f"{self.years[0]} to {self.years[1]}: ask for fewer, or for more years"
            )
        # The test split is dealt out first, so that it stays the same when the others grow or shrink.
        order = list(range(days))
        random.Random(SPLIT_SEED).shuffle(order)
        train, val, test = self.sizes
        dealt = [first + timedelta(days=day) for day in order[: test + val + train]]
        examples = [self._example(day, names) for day in dealt]
        return Splits(train=examples[test + val :], val=examples[test : test + val], test=examples[:test])

    def _example(self, day: date, locales: list[Locale]) -> Example:
        draw = random.Random(f"{SPLIT_SEED} {day.isoformat()}")
        locale = draw.choice(locales)
        style = draw.choice(FORMATS)
        pieces = date_pieces(day, locale, style)
        text = "".join(piece for piece, _ in pieces)
        targets: dict[str, str | list[str]] = {
            "iso": day.isoformat(),
            "locale": str(locale),
            "fields": [field for piece, field in pieces for _ in piece],
        }
        return Example(text, targets[self.target], f"{day.isoformat()} as {style} in {locale}")


def write_date(day: date, locale: Locale, style: str) -> str:
    """A date as CLDR writes it in a locale: a style (full, long, medium) or a skeleton (yMMMd)."""
    return "".join(piece for piece, _ in date_pieces(day, locale, style))


def date_pieces(day: date, locale: Locale, style: str) -> list[tuple[str, str]]:
    """The same, piece by piece: what is written, and which field of the date it is (O for none).

    Example:
        >>> date_pieces(date(2026, 3, 4), Locale("de"), "long")
        [('4', 'day'), ('. ', 'O'), ('März', 'month'), (' ', 'O'), ('2026', 'year')]
    """
    if style in ("full", "long", "medium"):
        pattern = locale.date_formats[style]
    else:
        skeletons = locale.datetime_skeletons
        pattern = skeletons[style if style in skeletons else match_skeleton(style, skeletons)]
    values = DateTimeFormat(day, locale)
    # Odd places hold the names that stand between "%(" and ")s" in a pattern such as "%(d)s. %(MMMM)s %(y)s".
    parts = PLACE.split(str(pattern.format))
    pieces = [(values[x], FIELDS.get(x[0], "O")) if i % 2 else (x.replace("%%", "%"), "O") for i, x in enumerate(parts)]
    return [(piece, field) for piece, field in pieces if piece]


def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError) as error:
        raise InputError(
            f"data.locales: {name!r} is not a locale that Babel knows; wanted names such as de or en_GB"
        ) from error
