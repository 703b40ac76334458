"""The LSTM."""

import torch
from torch import Tensor, nn

from seqmodels.nn.cells.base import ProjectedCell
from seqmodels.nn.cells.init import uniform_
from seqmodels.nn.linear import linear
from seqmodels.types import Positive, State


class LSTMCell(ProjectedCell):
    """Long short-term memory: a cell state C that gates write to, forget and read.

        f = σ(W_f [h⁻, x] + b_f)
        i = σ(W_i [h⁻, x] + b_i)
        C̃ = tanh(W_C [h⁻, x] + b_C)
        C = f·C⁻ + i·C̃
        o = σ(W_o [h⁻, x] + b_o)
        h = o·tanh(C)

    Hochreiter & Schmidhuber 1997, with the forget gate of Gers, Schmidhuber & Cummins 2000. Names, shapes and order
    of the weights (i, f, g = C̃, o) are those of ``torch.nn.LSTMCell``.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of h and C.

    Example:
        >>> from seqmodels.nn.cells import LSTMCell
        >>> cell = LSTMCell(8, 16)
        >>> h, (h, c) = cell(torch.zeros(2, 8), cell.zero_state(2, torch.zeros(1)))
    """

    gates = ("i", "f", "g", "o")

    def __init__(self, input_size: Positive, hidden_size: Positive):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.bias_ih = nn.Parameter(torch.empty(4 * hidden_size))
        self.bias_hh = nn.Parameter(torch.empty(4 * hidden_size))
        uniform_(self, hidden_size)

    def project(self, x: Tensor) -> Tensor:
        return linear(x, self.weight_ih, self.bias_ih + self.bias_hh)  # (N, 4H)

    def step(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        h, c = state
        i, f, g, o = (projected + linear(h, self.weight_hh)).chunk(4, dim=1)  # (B, H) each
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)  # (B, H)
        h = torch.sigmoid(o) * torch.tanh(c)  # (B, H)
        return h, (h, c)

    def zero_state(self, batch_size: int, like: Tensor) -> State:
        zeros = like.new_zeros(batch_size, self.weight_hh.shape[1])
        return zeros, zeros
