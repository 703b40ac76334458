"""The floor of reading dates."""

import re
from collections.abc import Sequence

from seqmodels.floors.base import Floor, Item


class DigitsInOrder(Floor):
    """Reads a date by its numbers alone: four digits are the year, then month before day in texts that begin with the
    year and day before month in the others; January where no month is written in digits.

    Example:
        >>> from seqmodels.floors import DigitsInOrder
        >>> DigitsInOrder().predict(["2026年3月4日", "4.3.2026", "4. März 2026"])
        ['2026-03-04', '2026-03-04', '2026-01-04']
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        """Nothing to learn."""

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        return [self._read(str(text)) for text in inputs]

    def _read(self, text: str) -> str:
        numbers = re.findall(r"\d+", text)
        year = next((n for n in numbers if len(n) == 4), "2000")
        others = [int(n) for n in numbers if len(n) < 4]
        if len(others) < 2:
            month, day = 1, (others or [1])[0]
        elif numbers[0] == year:
            month, day = others[:2]
        else:
            day, month = others[:2]
        return f"{year}-{month:02d}-{day:02d}"
