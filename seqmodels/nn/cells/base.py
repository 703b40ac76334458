"""What every recurrent cell promises."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from seqmodels.types import State


class Cell(nn.Module, ABC):
    """One step of a recurrence.

    A cell is made by ``cell(input_size, hidden_size)``. The first tensor of its state is the hidden state h (B, H),
    which pools and decoders read; what else the state holds is for the cell alone.
    """

    # What stands behind one another in weight_ih, weight_hh and the biases, H rows each. A cell that names its gates
    # can be initialised by seqmodels.nn.cells.Init.
    gates: tuple[str, ...] = ()

    @abstractmethod
    def forward(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Output (B, H) and the next state for an input x (B, D)."""

    @abstractmethod
    def zero_state(self, batch_size: int, like: Tensor) -> State:
        """The state before the first step, of ``like``'s dtype and device."""


class ProjectedCell(Cell, ABC):
    """A cell whose work on its inputs waits for no state, so that one matrix product does it for all steps at once."""

    @abstractmethod
    def project(self, x: Tensor) -> Tensor:
        """(N, K), what ``step`` wants of inputs x (N, D)."""

    @abstractmethod
    def step(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        """Output (B, H) and the next state for a projected input (B, K)."""

    def forward(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        return self.step(self.project(x), state)


class LinearCell(Cell, ABC):
    """h_t = a_t·h_{t-1} + b_t with a_t and b_t of the input alone, so that a scan runs all steps at once.

    Args:
        hidden_size: width H.
    """

    def __init__(self, hidden_size: int):
        super().__init__()
        self.hidden_size = hidden_size

    @abstractmethod
    def coefficients(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """a and b, (N, H) each, for inputs x (N, D)."""

    def forward(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        keep, new = self.coefficients(x)
        h = torch.addcmul(new, keep, state[0])  # (B, H)
        return h, (h,)

    def zero_state(self, batch_size: int, like: Tensor) -> State:
        return (like.new_zeros(batch_size, self.hidden_size),)
