"""The GRU whose gate waits for no state."""

import torch
from torch import Tensor, nn

from seqmodels.nn.cells.base import LinearCell
from seqmodels.nn.cells.init import uniform_
from seqmodels.nn.linear import linear
from seqmodels.nn.sigmoid import sigmoid
from seqmodels.types import Positive


def above_zero(x: Tensor) -> Tensor:
    """x + 1/2 for x >= 0, σ(x) below it: smooth but for its slope at 0, and never negative."""
    return torch.relu(x) + sigmoid(x.clamp(max=0))  # σ(0) = 1/2; half the time of torch.where


class MinGRUCell(LinearCell):
    """A GRU whose gate and candidate are of the input alone, so that h is linear in h⁻.

        z = σ(W_z x + b_z)
        h̃ = g(W_h x + b_h),  g(x) = x + 1/2 for x >= 0, else σ(x)
        h = (1 - z)·h⁻ + z·h̃

    minGRU, Feng et al. 2024 (arXiv 2410.01201), with the g of its appendix, which keeps h̃ above 0 for a scan over
    logarithms; here the scan runs over the numbers themselves, and what comes out is the same. z writes, where that
    of ``GRUCell`` keeps. Order of the weights z, h = h̃; they start as those of ``torch.nn.Linear``, which the paper
    has in their place.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of h.

    Example:
        >>> from seqmodels.nn.cells import MinGRUCell
        >>> cell = MinGRUCell(8, 16)
        >>> h, (h,) = cell(torch.zeros(2, 8), cell.zero_state(2, torch.zeros(1)))
    """

    gates = ("z", "h")

    def __init__(self, input_size: Positive, hidden_size: Positive):
        super().__init__(hidden_size)
        self.weight_ih = nn.Parameter(torch.empty(2 * hidden_size, input_size))
        self.bias = nn.Parameter(torch.empty(2 * hidden_size))
        uniform_(self, input_size)

    def coefficients(self, x: Tensor) -> tuple[Tensor, Tensor]:
        z, new = linear(x, self.weight_ih, self.bias).chunk(2, dim=1)  # (N, H) each
        z = sigmoid(z)  # (N, H)
        return 1 - z, z * above_zero(new)
