"""Dot-product attention."""

from torch import Tensor

from seqmodels.nn.attention.base import ScoredAttention
from seqmodels.types import Positive


class DotAttention(ScoredAttention):
    """score(q, k) = q · k (Luong, Pham & Manning 2015, equation 8, "dot"). It has no weights of its own.

    Args:
        query_size: width D of the queries.
        memory_size: width H of the memory, which must be the same.

    Raises:
        ValueError: the widths differ.

    Example:
        >>> from seqmodels.nn.attention import DotAttention
        >>> sum(p.numel() for p in DotAttention(query_size=4, memory_size=4).parameters())
        0
    """

    def __init__(self, query_size: Positive, memory_size: Positive):
        super().__init__()
        if query_size != memory_size:
            raise ValueError(
                f"dot attention compares the decoder's width {query_size} with the encoder's width {memory_size}: "
                "make them equal (a bidirectional encoder is twice its hidden_size wide), or choose general attention"
            )

    def keys(self, values: Tensor) -> Tensor:
        return values  # (B, S, H)

    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        return query @ keys.transpose(1, 2)  # (B, U, S)
