"""Edits between what was said and what was wanted."""

import re
from typing import Literal

import jiwer
import torch
from torch import Tensor
from torchmetrics import Metric

from seqmodels.metrics.text_metric import text_of
from seqmodels.text import Field
from seqmodels.text.vocab import SPECIALS
from seqmodels.types import UNK, Padded, check_choice

Unit = Literal["token", "word", "character"]
LACKED = re.compile(re.escape(SPECIALS[UNK]), re.IGNORECASE)  # where capitals are written again, it may have one
SAID, WANTED = "\ue000", "\ue001"  # for <unk>, one character, another on each side: both of Unicode's private ones


class ErrorRate(Metric):
    """Substitutions, insertions and deletions / wanted units, over the whole split (Levenshtein distance, by jiwer).

    Of words it is the word error rate, of characters the character error rate, of tokens that are phones the phone
    error rate. It is above 1 where more is said than was wanted. Less is better.

    Args:
        field: of the targets.
        unit: ``token`` compares ids; ``word`` and ``character`` the text that they stand for: words between blanks, or
            characters, those of blanks at either end left out. A token that training never saw is one unit, which
            nothing that is said equals.

    Raises:
        ValueError: another unit.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import ErrorRate
        >>> from seqmodels.text import Tokens
        >>> metric, lengths = ErrorRate(Tokens(), "token"), torch.tensor([4])
        >>> metric.update(Padded(torch.tensor([[4, 5, 7, 8]]), lengths), Padded(torch.tensor([[4, 5, 6, 7]]), lengths))
        >>> metric.compute()
        tensor(0.5000, dtype=torch.float64)
    """

    higher_is_better = False

    edits: Tensor
    wanted: Tensor

    def __init__(self, field: Field, unit: Unit = "word"):
        check_choice("unit", unit, Unit)
        super().__init__()
        self.field = field
        self.unit = unit
        self.add_state("edits", torch.tensor(0), dist_reduce_fx="sum")
        self.add_state("wanted", torch.tensor(0), dist_reduce_fx="sum")

    def update(self, predictions: Padded, targets: Padded) -> None:
        """Count a batch, predictions (B, U) and targets (B, V)."""
        said = [self._text(row, SAID) for row in predictions.rows()]
        wanted = [self._text(row, WANTED) for row in targets.rows()]
        count = jiwer.process_characters if self.unit == "character" else jiwer.process_words
        found = count(wanted, said)
        self.edits += found.substitutions + found.insertions + found.deletions
        self.wanted += found.hits + found.substitutions + found.deletions

    def compute(self) -> Tensor:
        """The rate; where nothing at all was wanted, the number of edits."""
        return self.edits.double() / self.wanted.clamp(min=1)

    def _text(self, ids: Tensor, unknown: str) -> str:
        if self.unit == "token":
            return " ".join(unknown if i == self.field.unknown else str(i) for i in ids.tolist())
        return LACKED.sub(unknown, text_of(self.field, ids))
