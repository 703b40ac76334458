"""A normal distribution for each number."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.nn.distributions import Normal
from seqmodels.nn.heads.values import ValueHead
from seqmodels.types import Positive, PositiveFloat, Probability


class GaussianHead(ValueHead):
    """y ~ N(μ, σ²), with μ and softplus⁻¹(σ - ε) linear in x; the loss is -log p(y) (Nix & Weigend 1994).

        -log p(y) = ½·((y - μ)/σ)² + log σ + ½·log 2π

    Args:
        input_size: width H of the features.
        output_size: how many numbers a step has.
        least: ε, below which no deviation goes: else a number that never changes costs minus infinity.
        dropout: share of the features set to zero in training.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.heads import GaussianHead
        >>> GaussianHead(4, 3)(Padded(torch.zeros(2, 5, 4), torch.tensor([5, 2]))).data.shape
        torch.Size([2, 5, 6])
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        least: PositiveFloat = 1e-3,
        dropout: Probability = 0.0,
    ):
        super().__init__(input_size, output_size, 2, dropout)
        self.least = least

    def shaped(self, raw: Tensor) -> Tensor:
        return torch.stack([raw[..., 0], F.softplus(raw[..., 1]) + self.least], dim=-1)

    def moved(self, parameters: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        mean, deviation = parameters.unbind(-1)
        return torch.stack([mean * scale[..., 0] + shift[..., 0], deviation * scale[..., 0].abs()], dim=-1)

    def said(self, parameters: Tensor) -> Normal:
        # Past the ends both are zero, and a deviation must not be.
        return Normal(parameters[..., 0], parameters[..., 1].clamp(min=torch.finfo(parameters.dtype).tiny))

    def losses(self, parameters: Tensor, y: Tensor) -> Tensor:
        mean, deviation = parameters.unbind(-1)
        return ((y - mean) / deviation).square() / 2 + deviation.log() + math.log(2 * math.pi) / 2
