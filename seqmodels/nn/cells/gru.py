"""The GRU whose reset gate stands behind the recurrent product."""

from typing import Any

import torch
from torch import Tensor, nn

from seqmodels.nn.cells.base import ProjectedCell
from seqmodels.nn.cells.init import uniform_
from seqmodels.nn.linear import linear
from seqmodels.types import Positive, State


class GRUCell(ProjectedCell):
    """Gated recurrent unit, ``reset_after``: the reset gate acts on U h⁻, as in torch and cuDNN.

        z = σ(W_z [h⁻, x] + b_z)
        r = σ(W_r [h⁻, x] + b_r)
        h̃ = tanh(W x + b + r·(U h⁻ + b'))
        h = (1 - z)·h̃ + z·h⁻

    Cho et al. 2014, with the z of torch, which keeps the old state. Names, shapes and order of the weights (r, z,
    n = h̃) are those of ``torch.nn.GRUCell``.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of h.

    Example:
        >>> from seqmodels.nn.cells import GRUCell
        >>> cell = GRUCell(8, 16)
        >>> h, (h,) = cell(torch.zeros(2, 8), cell.zero_state(2, torch.zeros(1)))
    """

    gates = ("r", "z", "n")

    def __init__(self, input_size: Positive, hidden_size: Positive):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(3 * hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(3 * hidden_size, hidden_size))
        self.bias_ih = nn.Parameter(torch.empty(3 * hidden_size))
        self.bias_hh = nn.Parameter(torch.empty(3 * hidden_size))
        uniform_(self, hidden_size)
        self.register_load_state_dict_pre_hook(refuse_other_gru)

    def project(self, x: Tensor) -> Tensor:
        return linear(x, self.weight_ih, self.bias_ih)  # (N, 3H)

    def step(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        h = state[0]
        of_input, of_state = projected.chunk(3, dim=1), linear(h, self.weight_hh, self.bias_hh).chunk(3, dim=1)
        r, z = (torch.sigmoid(of_input[gate] + of_state[gate]) for gate in (0, 1))  # (B, H) each
        new = torch.tanh(of_input[2] + r * of_state[2])  # (B, H)
        h = new + z * (h - new)  # (B, H); not lerp, which refuses the two dtypes of autocast
        return h, (h,)

    def zero_state(self, batch_size: int, like: Tensor) -> State:
        return (like.new_zeros(batch_size, self.weight_hh.shape[1]),)


def refuse_other_gru(cell: nn.Module, weights: dict[str, Any], prefix: str, *rest: Any) -> None:
    """Load no weights of a GRU with its reset gate elsewhere: all other names and shapes agree, numbers would not."""
    errors: list[str] = rest[-1]
    other, place, better, name = "bias_hh", "behind", "GRUCell", "gru"
    if isinstance(cell, GRUCell):
        other, place, better, name = "bias", "before", "GRUResetBeforeCell", "gru_reset_before"
    said = (
        f"{other} found, so these are weights of a GRU whose reset gate stands {place} the recurrent product: "
        f"load them into {better} (cell={name}), {type(cell).__name__} would read them wrongly."
    )
    if prefix + other in weights and said not in errors:
        errors.append(said)
