"""The simple recurrent network."""

from typing import Literal

import torch
from torch import Tensor, nn

from seqmodels.nn.cells.base import ProjectedCell
from seqmodels.nn.cells.init import uniform_
from seqmodels.nn.linear import linear
from seqmodels.types import Positive, State


class RNNCell(ProjectedCell):
    """h = tanh(W x + b + U h⁻ + b'), or relu for tanh.

    Elman 1990; with relu and an identity for U it is the IRNN of Le, Jaitly & Hinton 2015 (``Init(recurrent=
    "identity")``). Names and shapes of the weights are those of ``torch.nn.RNNCell``.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of h.
        nonlinearity: ``tanh`` or ``relu``.

    Raises:
        ValueError: the nonlinearity is not known.

    Example:
        >>> from seqmodels.nn.cells import RNNCell
        >>> cell = RNNCell(8, 16, nonlinearity="relu")
        >>> h, (h,) = cell(torch.zeros(2, 8), cell.zero_state(2, torch.zeros(1)))
    """

    gates = ("h",)

    def __init__(self, input_size: Positive, hidden_size: Positive, nonlinearity: Literal["tanh", "relu"] = "tanh"):
        super().__init__()
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity={nonlinearity!r} is not known; choose tanh or relu")
        self.nonlinearity = nonlinearity
        self.weight_ih = nn.Parameter(torch.empty(hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(hidden_size, hidden_size))
        self.bias_ih = nn.Parameter(torch.empty(hidden_size))
        self.bias_hh = nn.Parameter(torch.empty(hidden_size))
        uniform_(self, hidden_size)

    def project(self, x: Tensor) -> Tensor:
        return linear(x, self.weight_ih, self.bias_ih + self.bias_hh)  # (N, H)

    def step(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        total = projected + linear(state[0], self.weight_hh)  # (B, H)
        h = torch.relu(total) if self.nonlinearity == "relu" else torch.tanh(total)  # (B, H)
        return h, (h,)

    def zero_state(self, batch_size: int, like: Tensor) -> State:
        return (like.new_zeros(batch_size, self.weight_hh.shape[1]),)
