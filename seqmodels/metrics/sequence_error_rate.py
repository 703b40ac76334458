"""Share of sequences that are none of several right answers."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.metrics.text_metric import TextMetric
from seqmodels.text import Field


class SequenceErrorRate(TextMetric):
    """Texts that are equal to none of the right answers / all texts: for pronunciations, the word error rate.

    How many blanks stand between two units makes no difference. Less is better.

    Args:
        field: of the targets.

    Example:
        >>> from seqmodels.metrics import SequenceErrorRate
        >>> from seqmodels.text import Tokens
        >>> metric = SequenceErrorRate(Tokens())
        >>> metric.update(["EY", "AH T"], [["AH", "EY"], ["AE T"]]); metric.compute()
        tensor(0.5000, dtype=torch.float64)
    """

    higher_is_better = False

    wrong: Tensor

    def __init__(self, field: Field):
        super().__init__(field)
        self.add_state("wrong", torch.tensor(0), dist_reduce_fx="sum")

    def count(self, said: Sequence[str], wanted: Sequence[Sequence[str]]) -> None:
        units = [[other.split() for other in right] for right in wanted]
        self.wrong += sum(text.split() not in right for text, right in zip(said, units, strict=True))

    def score(self) -> Tensor:
        """The share, between 0 and 1."""
        return self.wrong.double() / self.pairs
