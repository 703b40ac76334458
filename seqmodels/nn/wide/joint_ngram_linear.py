"""A linear part over n-grams that learns together with the model beside it."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.wide.base import Wide
from seqmodels.nn.wide.buckets import NONE, ngram_buckets, ngram_lengths
from seqmodels.types import Padded, Positive, PositiveFloat, Probability


class JointNGramLinear(Wide):
    """Adds a score for each label, by which n-grams stand in a sequence in whatever order; trained with the rest.

        s = s_deep + (α / √N) Σ_g W[hash(g)]

    over all N n-grams g of the ids between a mark of the beginning and one of the end (joint training, Cheng et al.
    2016, section 3.3). The rows of W begin as zeros, so that a model begins as if it had no such part; n-grams of one
    hash share a row (Weinberger et al. 2009).

    Args:
        input_size: how many ids there are; of several columns the first is read.
        output_size: C, labels.
        ngrams: the least and the greatest length.
        buckets: rows of W.
        scale: α, how many times the weights count, so that they learn faster than others.
        dropout: share of the n-grams that training does not see.

    Raises:
        ValueError: no such lengths, or too few rows.

    Example:
        >>> from seqmodels.nn.wide import JointNGramLinear
        >>> wide = JointNGramLinear(100, 2, ngrams=[1, 2], buckets=1000)
        >>> wide(Padded(torch.tensor([[5, 6], [7, 0]]), torch.tensor([2, 1]))).tolist()
        [[0.0, 0.0], [0.0, 0.0]]
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        ngrams: Sequence[Positive] = (1, 2),
        buckets: Positive = 2**18,
        scale: PositiveFloat = 10.0,
        dropout: Probability = 0.0,
    ):
        super().__init__()
        self.lengths = ngram_lengths(ngrams, buckets)
        self.buckets = buckets
        self.scale = scale
        self.dropout = dropout
        self.weight = nn.Parameter(torch.zeros(buckets, int(output_size)))

    def forward(self, inputs: Padded) -> Tensor:
        """What it adds (B, C), for ids (B, T), or (B, T, K) in columns.

        Raises:
            ValueError: what is read are numbers.
        """
        found = ngram_buckets(inputs, self.lengths, self.buckets)  # (B, N)
        if self.training and self.dropout:
            found = found.masked_fill(torch.rand(found.shape, device=found.device) < self.dropout, NONE)
        count = (found != NONE).sum(dim=1, keepdim=True).clamp(min=1)  # (B, 1)
        return F.embedding_bag(found, self.weight, mode="sum", padding_idx=NONE) * self.scale / count.sqrt()

    def beside(self, scores: Tensor, inputs: Padded) -> Tensor:
        """Both added (B, C)."""
        return scores + self(inputs)
