"""The LSTM whose gates wait for no state."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.cells.base import LinearCell
from seqmodels.nn.cells.init import uniform_
from seqmodels.nn.cells.mingru import above_zero
from seqmodels.nn.linear import linear
from seqmodels.nn.sigmoid import sigmoid
from seqmodels.types import Positive


class MinLSTMCell(LinearCell):
    """An LSTM whose gates and candidate are of the input alone, so that h is linear in h⁻; it has no C beside h.

        f = σ(W_f x + b_f)
        i = σ(W_i x + b_i)
        h̃ = g(W_h x + b_h),  g(x) = x + 1/2 for x >= 0, else σ(x)
        h = f/(f + i)·h⁻ + i/(f + i)·h̃

    minLSTM, Feng et al. 2024 (arXiv 2410.01201), with the g of its appendix. Since i/(f + i) = σ(log i - log f), no
    sum of two small gates is divided by. Order of the weights f, i, h = h̃; they start as those of
    ``torch.nn.Linear``, which the paper has in their place.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of h.

    Example:
        >>> from seqmodels.nn.cells import MinLSTMCell
        >>> cell = MinLSTMCell(8, 16)
        >>> h, (h,) = cell(torch.zeros(2, 8), cell.zero_state(2, torch.zeros(1)))
    """

    gates = ("f", "i", "h")

    def __init__(self, input_size: Positive, hidden_size: Positive):
        super().__init__(hidden_size)
        self.weight_ih = nn.Parameter(torch.empty(3 * hidden_size, input_size))
        self.bias = nn.Parameter(torch.empty(3 * hidden_size))
        uniform_(self, input_size)

    def coefficients(self, x: Tensor) -> tuple[Tensor, Tensor]:
        f, i, new = linear(x, self.weight_ih, self.bias).chunk(3, dim=1)  # (N, H) each
        write = sigmoid(F.logsigmoid(i) - F.logsigmoid(f))  # (N, H)
        return 1 - write, write * above_zero(new)
