"""What all metrics promise that compare texts."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor
from torchmetrics import Metric

from seqmodels.text import Field
from seqmodels.types import Padded


class TextMetric(Metric, ABC):
    """Compares what is said with the texts that count as right, as the data has them: a character that the vocabulary
    lacks is missing in what is said, and not in what was wanted.

    Args:
        field: of the targets; makes text of ids.
    """

    pairs: Tensor  # texts that were compared

    def __init__(self, field: Field):
        super().__init__()
        self.field = field
        self.signature = ""  # all that the score depends on, once it was computed, where there is a standard for that
        self.scored = 0  # pairs, when it was computed
        self.add_state("pairs", torch.tensor(0), dist_reduce_fx="sum")

    @abstractmethod
    def count(self, said: Sequence[str], wanted: Sequence[Sequence[str]]) -> None:
        """Count texts, each beside those that would have been right."""

    @abstractmethod
    def score(self) -> Tensor:
        """What was counted comes to, a scalar."""

    def compute(self) -> Tensor:
        """The score of all that was counted."""
        self.scored = int(self.pairs)
        return self.score()

    def update(self, said: Sequence[str], wanted: Sequence[Sequence[str]] | None) -> None:
        """Count a batch.

        Args:
            said: a text a row.
            wanted: for each, one text or more that would have been right.

        Raises:
            ValueError: as many of both were not given, or nothing that would have been right.
        """
        if wanted is None or len(said) != len(wanted) or not all(wanted):
            found = "none" if wanted is None else f"{len(wanted):,}, {sum(map(bool, wanted)):,} of them with any"
            raise ValueError(f"{len(said):,} texts said and {found} to compare with, wanted one for each at least")
        self.pairs += len(said)
        self.count(said, wanted)

    def texts(self, predictions: Padded) -> list[str]:
        """What ids (B, U) say."""
        return [text_of(self.field, row) for row in predictions.rows()]


def text_of(field: Field, ids: Tensor) -> str:
    """The text of a row of ids (U,)."""
    said = field.decode(ids.tolist())
    return said if isinstance(said, str) else " ".join(said)
