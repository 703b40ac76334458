"""A distribution that is known by some of its quantiles."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.nn.distributions.base import Distribution


class Quantiles(Distribution):
    """Quantiles at some levels; between two of them it goes straight, below the first and above the last it stays.

        CRPS = 2 ∫ pinball_τ dτ ≈ 2 Σ wᵢ·pinball_τᵢ

    with wᵢ the width of what is nearer to level τᵢ than to any other one: each level counts once where they are 0.05,
    0.15, ..., 0.95 (the identity is Gneiting & Ranjan 2011's, equation 10).

    Args:
        levels: τ, rising, between 0 and 1.
        values: (..., Q), in the order of the levels; those that cross are put in order (Chernozhukov et al. 2010).

    Example:
        >>> import torch
        >>> from seqmodels.nn.distributions import Quantiles
        >>> Quantiles([0.1, 0.5, 0.9], torch.tensor([[1.0, 2.0, 4.0]])).quantile(0.7)
        tensor([3.])
    """

    def __init__(self, levels: Sequence[float], values: Tensor):
        self.levels = list(levels)
        self.values = values.sort(dim=-1).values

    def point(self) -> Tensor:
        return self.quantile(0.5)

    def quantile(self, level: float) -> Tensor:
        above = next((i for i, other in enumerate(self.levels) if other >= level), len(self.levels) - 1)
        below = max(0, above - 1)
        low, high = self.levels[below], self.levels[above]
        share = 1.0 if high == low else min(1.0, max(0.0, (level - low) / (high - low)))
        return self.values[..., below].lerp(self.values[..., above], share)

    def crps(self, y: Tensor) -> Tensor:
        edges = [0.0, *((a + b) / 2 for a, b in zip(self.levels, self.levels[1:], strict=False)), 1.0]
        widths = y.new_tensor(edges).diff()  # (Q,)
        return 2 * (pinball(y[..., None], self.values, y.new_tensor(self.levels)) * widths).sum(dim=-1)


def pinball(y: Tensor, values: Tensor, levels: Tensor) -> Tensor:
    """max(τ·(y - q), (τ - 1)·(y - q)): least on average where q is the τ-quantile of y (Koenker & Bassett 1978).

    Example:
        >>> import torch
        >>> from seqmodels.nn.distributions import pinball
        >>> pinball(torch.tensor([3.0]), torch.tensor([1.0]), torch.tensor([0.9]))
        tensor([1.8000])
    """
    error = y - values
    return torch.maximum(levels * error, (levels - 1) * error)
