"""Windows to mean 0 and deviation 1, each by its own."""

import torch
from torch import nn

from seqmodels.nn.channels.normalization import Level, Normalization
from seqmodels.types import Padded, Positive, PositiveFloat


class Reversible(Normalization):
    """RevIN: γ·(x - μ)/√(σ² + ε) + β with a window's own μ and σ², undone on the forecast (Kim et al. 2022, section 2).

    γ and β are learnt, of each column; γ as its logarithm, so that it stays above 0.

    Args:
        input_size: columns K.
        epsilon: ε.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.channels import Reversible
        >>> Reversible(1)(Padded(torch.tensor([[[3.0], [5.0]]]), torch.tensor([2]))).shift.tolist()
        [[[4.0]]]
    """

    def __init__(self, input_size: Positive, epsilon: PositiveFloat = 1e-5):
        super().__init__()
        self.epsilon = epsilon
        self.log_gamma = nn.Parameter(torch.zeros(input_size))
        self.beta = nn.Parameter(torch.zeros(input_size))

    def forward(self, values: Padded) -> Level:
        real, count = values.zeroed().data, values.lengths[:, None, None]  # (B, T, K), (B, 1, 1)
        mean = real.sum(dim=1, keepdim=True) / count  # (B, 1, K)
        apart = Padded(real - mean, values.lengths).zeroed().data
        deviation = (apart.square().sum(dim=1, keepdim=True) / count + self.epsilon).sqrt()
        scale = deviation / self.log_gamma.exp()
        return Level(Padded(apart / scale + self.beta, values.lengths).zeroed(), scale, mean - self.beta * scale)
