"""Location-aware attention."""

import torch
from torch import Tensor, nn

from seqmodels.nn.attention.stepwise import StepwiseAttention
from seqmodels.nn.linear import Linear
from seqmodels.types import Positive


class LocationAttention(StepwiseAttention):
    """score(q, k_s) = w · tanh(W q + V k_s + U f_s + b), f = F * a⁻ (Chorowski et al. 2015, equations 8 and 9).

    a⁻ are the weights of the step before, zeros before the first, and F filters over the steps of the memory: what is
    read next may depend on where it lies from what was read last, as speech and spelling want it.

    Args:
        query_size: width D of the queries.
        memory_size: width H of the memory.
        attention_size: width A in which they are compared.
        filters: how many filters.
        kernel_size: steps that a filter covers, odd so that one of them is its middle.

    Raises:
        ValueError: the kernel has no middle.

    Example:
        >>> from seqmodels.nn.attention import LocationAttention
        >>> attention = LocationAttention(query_size=4, memory_size=6, attention_size=5)
        >>> attention.keys(torch.zeros(2, 3, 6)).shape
        torch.Size([2, 3, 5])
    """

    def __init__(
        self,
        query_size: Positive,
        memory_size: Positive,
        attention_size: Positive = 128,
        filters: Positive = 10,
        kernel_size: Positive = 31,
    ):
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size={kernel_size} found, wanted an odd number of steps")
        self.query = Linear(query_size, attention_size, bias=False)
        self.key = Linear(memory_size, attention_size)
        self.filters = nn.Conv1d(1, filters, kernel_size, padding=kernel_size // 2, bias=False)
        self.location = Linear(filters, attention_size, bias=False)
        self.energy = Linear(attention_size, 1, bias=False)

    def keys(self, values: Tensor) -> Tensor:
        return self.key(values)  # (B, S, A)

    def scores(self, query: Tensor, keys: Tensor, past: Tensor) -> Tensor:
        found = self.filters(past.flatten(0, 1)[:, None])  # (B K, filters, S)
        located = self.location(found.transpose(1, 2)).view(*past.shape, -1)  # (B, K, S, A)
        compared = torch.tanh(self.query(query)[:, :, None] + keys[:, None] + located)  # (B, K, S, A)
        return self.energy(compared).squeeze(-1)  # (B, K, S)

    def after(self, past: Tensor, weights: Tensor) -> Tensor:
        return weights

    def penalty(self, past: Tensor, weights: Tensor) -> Tensor:
        return weights.new_zeros(weights.shape[:2])  # (B, K)
