"""The GRU whose reset gate stands before the recurrent product."""

import torch
from torch import Tensor, nn

from seqmodels.nn.cells.base import ProjectedCell
from seqmodels.nn.cells.gru import refuse_other_gru
from seqmodels.nn.cells.init import uniform_
from seqmodels.nn.linear import linear
from seqmodels.types import Positive, State


class GRUResetBeforeCell(ProjectedCell):
    """Gated recurrent unit, ``reset_before``: the reset gate acts on h⁻, before U is multiplied with it.

        z = σ(W_z [h⁻, x] + b_z)
        r = σ(W_r [h⁻, x] + b_r)
        h̃ = tanh(W x + b + U (r·h⁻))
        h = (1 - z)·h̃ + z·h⁻

    Cho et al. 2014, with the z of torch, which keeps the old state; in Keras it is ``GRU(reset_after=False)``. Order
    of the weights r, z, n = h̃, as in ``GRUCell``, but with one bias, since a second one would only be added to it.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of h.

    Example:
        >>> from seqmodels.nn.cells import GRUResetBeforeCell
        >>> cell = GRUResetBeforeCell(8, 16)
        >>> h, (h,) = cell(torch.zeros(2, 8), cell.zero_state(2, torch.zeros(1)))
    """

    gates = ("r", "z", "n")

    def __init__(self, input_size: Positive, hidden_size: Positive):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(3 * hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(3 * hidden_size, hidden_size))
        self.bias = nn.Parameter(torch.empty(3 * hidden_size))
        uniform_(self, hidden_size)
        self.register_load_state_dict_pre_hook(refuse_other_gru)

    def project(self, x: Tensor) -> Tensor:
        return linear(x, self.weight_ih, self.bias)  # (N, 3H)

    def step(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        h = state[0]
        two = 2 * h.shape[1]
        gates = projected[:, :two] + linear(h, self.weight_hh[:two])  # (B, 2H)
        r, z = torch.sigmoid(gates).chunk(2, dim=1)  # (B, H) each
        new = torch.tanh(projected[:, two:] + linear(r * h, self.weight_hh[two:]))  # (B, H)
        h = new + z * (h - new)  # (B, H); not lerp, which refuses the two dtypes of autocast
        return h, (h,)

    def zero_state(self, batch_size: int, like: Tensor) -> State:
        return (like.new_zeros(batch_size, self.weight_hh.shape[1]),)
