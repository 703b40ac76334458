"""How varied generated texts are."""

import hashlib
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from seqmodels.metrics.text_metric import TextMetric
from seqmodels.text import Field
from seqmodels.types import Positive, check_choice

Unit = Literal["word", "character"]


class Distinct(TextMetric):
    """Different n-grams / all n-grams in everything that is said (distinct-n, Li et al. 2016, section 5.2).

    Between 0 and 1; a model that says the same again and again is near 0. It depends on how much is said, so that only
    figures of the same split can be compared.

    Args:
        field: of the targets.
        n: units of an n-gram.
        unit: ``word``, what stands between blanks, or ``character``.

    Raises:
        ValueError: another unit.

    Example:
        >>> from seqmodels.metrics import Distinct
        >>> from seqmodels.text import Tokens
        >>> metric = Distinct(Tokens(), n=1)
        >>> metric.update(["a cat", "a dog"], [["x"], ["y"]]); metric.compute()
        tensor(0.7500, dtype=torch.float64)
    """

    grams: list[Tensor]

    def __init__(self, field: Field, n: Positive = 2, unit: Unit = "word"):
        check_choice("unit", unit, Unit)
        super().__init__(field)
        self.n = n
        self.unit = unit
        self.add_state("grams", [], dist_reduce_fx="cat")

    def count(self, said: Sequence[str], wanted: Sequence[Sequence[str]]) -> None:
        units = [text.split() if self.unit == "word" else list(text) for text in said]
        found = [_key(row[i : i + self.n]) for row in units for i in range(len(row) - self.n + 1)]
        self.grams.append(torch.tensor(found, dtype=torch.int64, device=self.device))  # (N,)

    def score(self) -> Tensor:
        """The share; 0 where no n-gram was said."""
        # Put together already where several processes were; in one they are a list still.
        grams = torch.cat(self.grams) if isinstance(self.grams, list) else self.grams
        return torch.tensor(len(grams.unique()) / max(1, len(grams)), dtype=torch.float64)


def _key(gram: Sequence[str]) -> int:
    """64 bits, so that n-grams are few numbers; two of a million are the same by chance once in 37 million times."""
    return int.from_bytes(hashlib.blake2b(" ".join(gram).encode(), digest_size=8).digest(), "big", signed=True)
