"""The recurrent network whose numbers see only themselves."""

import torch
from torch import Tensor, nn

from seqmodels.nn.cells.base import ProjectedCell
from seqmodels.nn.cells.init import uniform_
from seqmodels.nn.linear import linear
from seqmodels.types import Positive, State


class IndRNNCell(ProjectedCell):
    """h = relu(W x + u·h⁻ + b) with a vector u, ``recurrent`` (H): each number remembers for itself alone.

    Li et al. 2018 (arXiv 1803.04831). Numbers of one layer meet in the W of the layer above. u starts as U(0, 1), as
    in the authors' code (github.com/Sunnydreamrain/IndRNN_Theano_Lasagne), so that numbers remember for different
    times. Over T steps h⁻ counts for u^T: the authors clip |u| to 2^(1/T), or so, while training; nothing here does.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of h.

    Example:
        >>> from seqmodels.nn.cells import IndRNNCell
        >>> cell = IndRNNCell(8, 16)
        >>> h, (h,) = cell(torch.zeros(2, 8), cell.zero_state(2, torch.zeros(1)))
    """

    gates = ("h",)

    def __init__(self, input_size: Positive, hidden_size: Positive):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(hidden_size, input_size))
        self.bias = nn.Parameter(torch.empty(hidden_size))
        uniform_(self, hidden_size)
        self.recurrent = nn.Parameter(torch.rand(hidden_size))

    def project(self, x: Tensor) -> Tensor:
        return linear(x, self.weight_ih, self.bias)  # (N, H)

    def step(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        h = torch.relu(torch.addcmul(projected, self.recurrent, state[0]))  # (B, H)
        return h, (h,)

    def zero_state(self, batch_size: int, like: Tensor) -> State:
        return (like.new_zeros(batch_size, self.recurrent.shape[0]),)
