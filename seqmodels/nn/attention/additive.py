"""Additive attention."""

import torch
from torch import Tensor

from seqmodels.nn.attention.base import ScoredAttention
from seqmodels.nn.linear import Linear
from seqmodels.types import Positive


class AdditiveAttention(ScoredAttention):
    """score(q, k) = v · tanh(W q + U k + b) (Bahdanau, Cho & Bengio 2015, appendix A.1.2).

    Args:
        query_size: width D of the queries.
        memory_size: width H of the memory.
        attention_size: width A in which they are compared.

    Example:
        >>> from seqmodels.nn.attention import AdditiveAttention
        >>> attention = AdditiveAttention(query_size=4, memory_size=6, attention_size=5)
        >>> attention.keys(torch.zeros(2, 3, 6)).shape
        torch.Size([2, 3, 5])
    """

    def __init__(self, query_size: Positive, memory_size: Positive, attention_size: Positive = 128):
        super().__init__()
        self.query = Linear(query_size, attention_size, bias=False)
        self.key = Linear(memory_size, attention_size)
        self.energy = Linear(attention_size, 1, bias=False)

    def keys(self, values: Tensor) -> Tensor:
        return self.key(values)  # (B, S, A)

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        compared = torch.tanh(self.query(query)[:, :, None] + keys[:, None])  # (B, U, S, A)
        return self.energy(compared).squeeze(-1)  # (B, U, S)
