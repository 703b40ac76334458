"""A row of numbers."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.text.scale import Scale, ScaledField, loaded_scale
from seqmodels.types import Size

BETWEEN = re.compile(r"\s*,\s*|\s+")


class Numbers(ScaledField):
    """A row of numbers as one step, each of them to mean 0 and deviation 1 in the training split.

    A text is read as numbers between blanks or commas; all rows have as many as the first one of the training split.
    Numbers that are the same in all of its rows become 0.

    Example:
        >>> from seqmodels.text import Numbers
        >>> field = Numbers(); field.fit(["1 10", "3, 10"])
        >>> field.encode("4 10")
        tensor([[2., 0.]])
    """

    @property
    def size(self) -> Size:
        return Size(len(self.scale.mean))

    def expected_size(self) -> Size:
        return Size(3)

    def fit(self, items: Iterable[str | Sequence[float]]) -> None:
        rows: list[list[float]] = []
        for item in items:
            try:
                row = _numbers(item)
            except InputError:
                continue  # told where it is encoded, with its place
            if len(row) == len(rows[0] if rows else row):
                rows.append(row)
        if not rows:
            raise InputError("no row of numbers found to take mean and deviation of, wanted at least one")
        values = torch.tensor(rows, dtype=torch.float64)  # (N, K)
        deviation = values.std(dim=0, correction=0)
        self._scale = Scale(values.mean(dim=0), torch.where(deviation > 0, deviation, 1.0))

    def load_learnt(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        self._scale = loaded_scale(learnt, "numbers, one a column")

    def split(self, item: str | Sequence[float]) -> list[str]:
        return BETWEEN.split(item.strip()) if isinstance(item, str) else [str(number) for number in item]

    def encode(self, item: str | Sequence[float]) -> Tensor:
        """(1, K) float32.

        Raises:
            InputError: something in it is no finite number, or there are more or fewer than in training.
        """
        row = _numbers(item)
        if len(row) != self.size:
            raise InputError(f"{len(row)} numbers found, wanted {int(self.size)} as in the training split")
        return self.scale.scaled(torch.tensor([row], dtype=torch.float64))  # (1, K)

    def decode(self, ids: Sequence[Any]) -> list[float]:
        (row,) = ids
        values = torch.tensor(row, dtype=torch.float64) * self.scale.deviation + self.scale.mean  # (K,)
        return [float(value) for value in values]


def _numbers(item: str | Sequence[float]) -> list[float]:
    parts: Sequence[Any] = BETWEEN.split(item.strip()) if isinstance(item, str) else item
    row, wrong = [], []
    for part in parts:
        try:
            number = float(part)
        except (TypeError, ValueError, RuntimeError):  # the last of a tensor
            number = math.nan
        row.append(number)
        wrong += [] if math.isfinite(number) else [repr(part)[:30]]
    if wrong or not row:
        raise InputError(f"{', '.join(wrong[:5]) or 'nothing'} found, wanted finite numbers between blanks or commas")
    return row
