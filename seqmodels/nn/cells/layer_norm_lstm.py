"""The LSTM with layer normalization."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.cells.base import ProjectedCell
from seqmodels.nn.cells.init import uniform_
from seqmodels.nn.linear import linear
from seqmodels.types import Positive, State

EPS = 1e-5  # added to every variance


class LayerNormLSTMCell(ProjectedCell):
    """An LSTM that gives its sums, and C on its way out, mean 0 and variance 1 over the layer.

        LN(s; γ, β) = γ·(s - mean(s)) / √(var(s) + 1e-5) + β
        i, f, C̃, o = LN(U h⁻; γ_h, 0) + LN(W x; γ_x, 0) + b
        C = σ(f)·C⁻ + σ(i)·tanh(C̃)
        h = σ(o)·tanh(LN(C; γ_C, β_C))

    Ba, Kiros & Hinton 2016 (arXiv 1607.06450, eqs. 20 to 22). Each LN of a product runs over all 4H sums; the two
    biases that it would have are in b, which all three would only be added to. Order of the weights i, f, g = C̃, o.
    Gains start as 1 and biases as 0, the forget gate's too; ``Init(forget_bias=1)`` makes it remember at first.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of h and C.

    Example:
        >>> from seqmodels.nn.cells import LayerNormLSTMCell
        >>> cell = LayerNormLSTMCell(8, 16)
        >>> h, (h, c) = cell(torch.zeros(2, 8), cell.zero_state(2, torch.zeros(1)))
    """

    gates = ("i", "f", "g", "o")

    def __init__(self, input_size: Positive, hidden_size: Positive):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        uniform_(self, hidden_size)
        self.bias = nn.Parameter(torch.zeros(4 * hidden_size))
        self.gain_ih = nn.Parameter(torch.ones(4 * hidden_size))
        self.gain_hh = nn.Parameter(torch.ones(4 * hidden_size))
        self.gain_c = nn.Parameter(torch.ones(hidden_size))
        self.bias_c = nn.Parameter(torch.zeros(hidden_size))

    def project(self, x: Tensor) -> Tensor:
        product = linear(x, self.weight_ih)  # (N, 4H)
        return F.layer_norm(product, product.shape[1:], self.gain_ih, self.bias, EPS)  # (N, 4H)

    def step(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        h, c = state
        product = linear(h, self.weight_hh)  # (B, 4H)
        sums = projected + F.layer_norm(product, product.shape[1:], self.gain_hh, None, EPS)  # (B, 4H)
        i, f, g, o = sums.chunk(4, dim=1)  # (B, H) each
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)  # (B, H)
        h = torch.sigmoid(o) * torch.tanh(F.layer_norm(c, c.shape[1:], self.gain_c, self.bias_c, EPS))  # (B, H)
        return h, (h, c)

    def zero_state(self, batch_size: int, like: Tensor) -> State:
        zeros = like.new_zeros(batch_size, self.weight_hh.shape[1])
        return zeros, zeros
