"""No attention."""

from torch import Tensor

from seqmodels.nn.attention.base import ScoredAttention
from seqmodels.types import Positive


class UniformAttention(ScoredAttention):
    """score(q, k) = 0: every step reads the same, the mean of the encoder's outputs (Cho et al. 2014's fixed c).

    It is what attention is to be held against; and all that there is to read where the source is a single vector.

    Args:
        query_size: width D of the queries.
        memory_size: width H of the memory.

    Example:
        >>> from seqmodels.nn.attention import UniformAttention
        >>> sum(p.numel() for p in UniformAttention(query_size=4, memory_size=6).parameters())
        0
    """

    def __init__(self, query_size: Positive, memory_size: Positive):
        super().__init__()

    def keys(self, values: Tensor) -> Tensor:
        return values[..., :0]  # (B, S, 0)

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        return query.new_zeros(*query.shape[:2], keys.shape[1])  # (B, U, S)
