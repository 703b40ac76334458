"""Bilinear attention."""

from torch import Tensor

from seqmodels.nn.attention.base import ScoredAttention
from seqmodels.nn.linear import Linear
from seqmodels.types import Positive


class GeneralAttention(ScoredAttention):
    """score(q, k) = q · W k (Luong, Pham & Manning 2015, equation 8, "general").

    Args:
        query_size: width D of the queries.
        memory_size: width H of the memory.

    Example:
        >>> import torch
        >>> from seqmodels.nn.attention import GeneralAttention
        >>> GeneralAttention(query_size=4, memory_size=6).keys(torch.zeros(2, 3, 6)).shape
        torch.Size([2, 3, 4])
    """

    def __init__(self, query_size: Positive, memory_size: Positive):
        super().__init__()
        self.key = Linear(memory_size, query_size, bias=False)

    def keys(self, values: Tensor) -> Tensor:
        return self.key(values)  # (B, S, D)

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        return query @ keys.transpose(1, 2)  # (B, U, S)
