"""The LSTM that writes as much as it forgets."""

import torch
from torch import Tensor, nn

from seqmodels.nn.cells.base import ProjectedCell
from seqmodels.nn.cells.init import uniform_
from seqmodels.nn.linear import linear
from seqmodels.types import Positive, State


class CoupledLSTMCell(ProjectedCell):
    """An LSTM whose input gate is what the forget gate leaves: i = 1 - f.

        f = σ(W_f [h⁻, x] + b_f)
        C̃ = tanh(W_C [h⁻, x] + b_C)
        C = f·C⁻ + (1 - f)·C̃
        o = σ(W_o [h⁻, x] + b_o)
        h = o·tanh(C)

    The CIFG of Greff et al. 2017 (arXiv 1503.04069), without peepholes; a quarter fewer weights than ``LSTMCell``, and
    C stays within -1 and 1. Order of the weights f, g = C̃, o.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of h and C.

    Example:
        >>> from seqmodels.nn.cells import CoupledLSTMCell
        >>> cell = CoupledLSTMCell(8, 16)
        >>> h, (h, c) = cell(torch.zeros(2, 8), cell.zero_state(2, torch.zeros(1)))
    """

    gates = ("f", "g", "o")

    def __init__(self, input_size: Positive, hidden_size: Positive):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(3 * hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(3 * hidden_size, hidden_size))
        self.bias = nn.Parameter(torch.empty(3 * hidden_size))
        uniform_(self, hidden_size)

    def project(self, x: Tensor) -> Tensor:
        return linear(x, self.weight_ih, self.bias)  # (N, 3H)

    def step(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        h, c = state
        f, g, o = (projected + linear(h, self.weight_hh)).chunk(3, dim=1)  # (B, H) each
        new = torch.tanh(g)  # (B, H)
        c = new + torch.sigmoid(f) * (c - new)  # (B, H); not lerp, which refuses the two dtypes of autocast
        h = torch.sigmoid(o) * torch.tanh(c)  # (B, H)
        return h, (h, c)

    def zero_state(self, batch_size: int, like: Tensor) -> State:
        zeros = like.new_zeros(batch_size, self.weight_hh.shape[1])
        return zeros, zeros
