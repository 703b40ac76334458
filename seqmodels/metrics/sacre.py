"""What the metrics share that sacreBLEU computes."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import torch
from torch import Tensor

from seqmodels.metrics.text_metric import TextMetric
from seqmodels.text import Field


class SacreMetric(TextMetric, ABC):
    """A score of a whole corpus, from what sacreBLEU (Post 2018) counts in each sentence.

    The counts are added up, over batches and over processes, so that the score is that of ``corpus_score``.

    Args:
        field: of the targets.
        scorer: sacreBLEU's.
        width: how many numbers it counts in a sentence.
    """

    higher_is_better = True

    counts: Tensor
    fewest: Tensor
    most: Tensor

    def __init__(self, field: Field, scorer: Any, width: int):
        super().__init__(field)
        self.scorer = scorer
        self.add_state("counts", torch.zeros(width, dtype=torch.int64), dist_reduce_fx="sum")  # (K,)
        self.add_state("fewest", torch.tensor(2**31), dist_reduce_fx="min")  # texts that would have been right
        self.add_state("most", torch.tensor(0), dist_reduce_fx="max")

    @abstractmethod
    def prepared(self, text: str) -> str:
        """A text as the scorer is to see it."""

    def count(self, said: Sequence[str], wanted: Sequence[Sequence[str]]) -> None:
        sides = [[self.prepared(text) for text in texts] for texts in wanted]
        # A stream for each reference, with None where a sentence has no more of them.
        streams = list(zip_longest(*sides))
        found = self.scorer._extract_corpus_statistics([self.prepared(text) for text in said], streams)
        self.counts += torch.tensor(found, dtype=torch.int64).sum(dim=0).to(self.counts.device)
        numbers = [len(texts) for texts in wanted]
        self.fewest.clamp_(max=min(numbers))
        self.most.clamp_(min=max(numbers))

    def score(self) -> Tensor:
        """The score, between 0 and 100."""
        self.scorer.num_refs = int(self.most) if self.fewest == self.most else -1
        self.signature = str(self.scorer.get_signature())
        score: float = self.scorer._compute_score_from_stats(self.counts.tolist()).score
        return torch.tensor(score, dtype=torch.float64)
