"""The LSTM whose gates see its cell state."""

import torch
from torch import Tensor, nn

from seqmodels.nn.cells.base import ProjectedCell
from seqmodels.nn.cells.init import uniform_
from seqmodels.nn.linear import linear
from seqmodels.types import Positive, State


class PeepholeLSTMCell(ProjectedCell):
    """An LSTM whose gates see C, number by number: a gate of one number sees that number alone.

        f = σ(W_f [h⁻, x] + p_f·C⁻ + b_f)
        i = σ(W_i [h⁻, x] + p_i·C⁻ + b_i)
        C̃ = tanh(W_C [h⁻, x] + b_C)
        C = f·C⁻ + i·C̃
        o = σ(W_o [h⁻, x] + p_o·C + b_o)
        h = o·tanh(C)

    Gers & Schmidhuber 2000; Gers, Schraudolph & Schmidhuber 2002; in the form of Graves 2013 (arXiv 1308.0850). The
    peepholes lie in ``peephole_i``, ``peephole_f`` and ``peephole_o`` (H); order of the other weights i, f, g = C̃, o.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of h and C.

    Example:
        >>> from seqmodels.nn.cells import PeepholeLSTMCell
        >>> cell = PeepholeLSTMCell(8, 16)
        >>> h, (h, c) = cell(torch.zeros(2, 8), cell.zero_state(2, torch.zeros(1)))
    """

    gates = ("i", "f", "g", "o")

    def __init__(self, input_size: Positive, hidden_size: Positive):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.bias = nn.Parameter(torch.empty(4 * hidden_size))
        self.peephole_i = nn.Parameter(torch.empty(hidden_size))
        self.peephole_f = nn.Parameter(torch.empty(hidden_size))
        self.peephole_o = nn.Parameter(torch.empty(hidden_size))
        uniform_(self, hidden_size)

    def project(self, x: Tensor) -> Tensor:
        return linear(x, self.weight_ih, self.bias)  # (N, 4H)

    def step(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        h, c = state
        i, f, g, o = (projected + linear(h, self.weight_hh)).chunk(4, dim=1)  # (B, H) each
        i, f = torch.sigmoid(i + self.peephole_i * c), torch.sigmoid(f + self.peephole_f * c)  # (B, H) each
        c = f * c + i * torch.tanh(g)  # (B, H)
        h = torch.sigmoid(o + self.peephole_o * c) * torch.tanh(c)  # (B, H)
        return h, (h, c)

    def zero_state(self, batch_size: int, like: Tensor) -> State:
        zeros = like.new_zeros(batch_size, self.weight_hh.shape[1])
        return zeros, zeros
