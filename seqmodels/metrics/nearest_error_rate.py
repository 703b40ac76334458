"""Edits between what was said and the nearest of several right answers."""

from collections.abc import Sequence
from typing import Literal

import jiwer
import torch
from torch import Tensor

from seqmodels.metrics.text_metric import TextMetric
from seqmodels.text import Field
from seqmodels.types import check_choice

Unit = Literal["word", "character"]


class NearestErrorRate(TextMetric):
    """Substitutions, insertions and deletions / wanted units, over the whole split, each text against the right answer
    that is nearest (Levenshtein distance, by jiwer): the phone error rate of words with several pronunciations.

    Of equally near ones the longest counts, so that the rate is the least there can be. Less is better.

    Args:
        field: of the targets.
        unit: ``word``, what stands between blanks, or ``character``.

    Raises:
        ValueError: another unit.

    Example:
        >>> from seqmodels.metrics import NearestErrorRate
        >>> from seqmodels.text import Tokens
        >>> metric = NearestErrorRate(Tokens())
        >>> metric.update(["EY T"], [["AH", "EY K T"]]); metric.compute()
        tensor(0.3333, dtype=torch.float64)
    """

    higher_is_better = False

    edits: Tensor
    wanted: Tensor

    def __init__(self, field: Field, unit: Unit = "word"):
        check_choice("unit", unit, Unit)
        super().__init__(field)
        self.unit = unit
        self.add_state("edits", torch.tensor(0), dist_reduce_fx="sum")
        self.add_state("wanted", torch.tensor(0), dist_reduce_fx="sum")

    def count(self, said: Sequence[str], wanted: Sequence[Sequence[str]]) -> None:
        for text, right in zip(said, wanted, strict=True):
            edits, units = min((self._edits(text, other) for other in right), key=lambda found: (found[0], -found[1]))
            self.edits += edits
            self.wanted += units

    def score(self) -> Tensor:
        """The rate; where nothing at all was wanted, the number of edits."""
        return self.edits.double() / self.wanted.clamp(min=1)

    def _edits(self, said: str, wanted: str) -> tuple[int, int]:
        """How many, and how many units were wanted."""
        count = jiwer.process_characters if self.unit == "character" else jiwer.process_words
        found = count(wanted, said)
        errors = found.substitutions + found.insertions + found.deletions
        return errors, found.hits + found.substitutions + found.deletions
