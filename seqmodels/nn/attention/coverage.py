"""Coverage attention."""

import torch
from torch import Tensor, nn

from seqmodels.nn.attention.stepwise import StepwiseAttention
from seqmodels.nn.linear import Linear
from seqmodels.types import NonNegativeFloat, Positive


class CoverageAttention(StepwiseAttention):
    """score(q, k_s) = v · tanh(W q + U k_s + w c_s + b), with c the sum of all weights so far (See et al. 2017, 2.3).

    Each step adds λ Σ_s min(a_s, c_s) to the training loss: what has been read is not to be read again.

    Args:
        query_size: width D of the queries.
        memory_size: width H of the memory.
        attention_size: width A in which they are compared.
        coverage_loss: λ.

    Example:
        >>> from seqmodels.nn.attention import CoverageAttention
        >>> attention = CoverageAttention(query_size=4, memory_size=6, attention_size=5)
        >>> attention.keys(torch.zeros(2, 3, 6)).shape
        torch.Size([2, 3, 5])
    """

    def __init__(
        self,
        query_size: Positive,
        memory_size: Positive,
        attention_size: Positive = 128,
        coverage_loss: NonNegativeFloat = 1.0,
    ):
        super().__init__()
        if coverage_loss < 0:
            raise ValueError(f"coverage_loss={coverage_loss} found, wanted 0 or more")
        self.query = Linear(query_size, attention_size, bias=False)
        self.key = Linear(memory_size, attention_size)
        self.covered = nn.Parameter(torch.empty(attention_size).uniform_(-0.1, 0.1))
        self.energy = Linear(attention_size, 1, bias=False)
        self.coverage_loss = coverage_loss

    def keys(self, values: Tensor) -> Tensor:
        return self.key(values)  # (B, S, A)

    def scores(self, query: Tensor, keys: Tensor, past: Tensor) -> Tensor:
        located = past[..., None] * self.covered  # (B, K, S, A)
        compared = torch.tanh(self.query(query)[:, :, None] + keys[:, None] + located)  # (B, K, S, A)
        return self.energy(compared).squeeze(-1)  # (B, K, S)

    def after(self, past: Tensor, weights: Tensor) -> Tensor:
        return past + weights  # (B, K, S)

    def penalty(self, past: Tensor, weights: Tensor) -> Tensor:
        return self.coverage_loss * torch.minimum(past, weights).sum(dim=-1)  # (B, K)
