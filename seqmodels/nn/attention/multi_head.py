"""Multi-head attention."""

import math

from torch import Tensor

from seqmodels.nn.attention.base import Attended, Attention, Memory
from seqmodels.nn.linear import Linear
from seqmodels.nn.softmax import softmax
from seqmodels.types import Positive


class MultiHeadAttention(Attention):
    """Several attentions side by side (Vaswani et al. 2017, section 3.2.2), each with projections of its own:

        aᵢ = softmax(W_qᵢ q · W_kᵢ K / √d),   context = W_o [a₁ · W_v₁ V; ...; a_h · W_v_h V],   d = A / h

    The weights that are told are the mean of the heads'.

    Args:
        query_size: width D of the queries.
        memory_size: width H of the memory and of the context.
        heads: how many, h.
        attention_size: width A of all heads together.

    Raises:
        ValueError: the heads do not share the width evenly.

    Example:
        >>> from seqmodels.nn.attention import MultiHeadAttention
        >>> MultiHeadAttention(query_size=4, memory_size=6, heads=2, attention_size=8).key.out_features
        16
    """

    def __init__(
        self, query_size: Positive, memory_size: Positive, heads: Positive = 4, attention_size: Positive = 128
    ):
        super().__init__()
        if attention_size % heads:
            raise ValueError(f"heads={heads} found, wanted a number that divides attention_size={attention_size}")
        self.heads = heads
        self.query = Linear(query_size, attention_size, bias=False)
        self.key = Linear(memory_size, 2 * attention_size, bias=False)  # and value: W_k above W_v
        self.context = Linear(attention_size, memory_size, bias=False)

    def keys(self, values: Tensor) -> Tensor:
        return self.key(values)  # (B, S, 2A)

    def forward(self, query: Tensor, memory: Memory) -> Attended:
        queries = self._parted(self.query(query))  # (B, h, U, d)
        keys, values = (self._parted(part) for part in memory.keys.chunk(2, dim=-1))  # (B, h, S, d)
        scores = queries @ keys.transpose(2, 3) / math.sqrt(queries.shape[-1])  # (B, h, U, S)
        weights = softmax(scores.masked_fill(~memory.mask[:, None, None], float("-inf")))  # (B, h, U, S)
        joined = (weights @ values).transpose(1, 2).flatten(2)  # (B, U, A)
        return Attended(self.context(joined), weights.mean(dim=1))

    def _parted(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (B, h, U, d)
