"""A normal distribution."""

import math

import torch
from torch import Tensor

from seqmodels.nn.distributions.base import Distribution


class Normal(Distribution):
    """N(μ, σ²), with its score in closed form, for z = (y - μ)/σ, Φ and φ of N(0, 1):

        CRPS = σ·(z·(2Φ(z) - 1) + 2φ(z) - 1/√π)   (Gneiting & Raftery 2007, equation 21)

    Args:
        mean: μ, of any shape.
        deviation: σ > 0, of the same.

    Example:
        >>> import torch
        >>> from seqmodels.nn.distributions import Normal
        >>> Normal(torch.tensor([1.0]), torch.tensor([2.0])).quantile(0.5)
        tensor([1.])
    """

    def __init__(self, mean: Tensor, deviation: Tensor):
        self.mean = mean
        self.deviation = deviation

    def point(self) -> Tensor:
        return self.mean

    def quantile(self, level: float) -> Tensor:
        return self.mean + self.deviation * float(torch.special.ndtri(torch.tensor(level, dtype=torch.float64)))

    def crps(self, y: Tensor) -> Tensor:
        z = (y - self.mean) / self.deviation
        density = torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)
        return self.deviation * (z * (2 * torch.special.ndtr(z) - 1) + 2 * density - 1 / math.sqrt(math.pi))
