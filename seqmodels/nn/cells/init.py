"""What a cell's weights are before training."""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from seqmodels.nn.cells.base import Cell
from seqmodels.types import Positive

SMALL = 0.001  # deviation of an IRNN's input weights, Le, Jaitly & Hinton 2015, section 4


def uniform_(cell: nn.Module, hidden_size: int) -> None:
    """Draw all weights from U(-1/√H, 1/√H), as torch does."""
    bound = 1 / math.sqrt(hidden_size)
    for weight in cell.parameters():
        nn.init.uniform_(weight, -bound, bound)


@dataclass(frozen=True)
class Init:
    """A choice of initial weights for cells that name their gates; what is not chosen stays as the cell made it.

    Args:
        recurrent: ``orthogonal`` for every gate's U (Saxe, McClelland & Ganguli 2014), or ``identity`` (the IRNN of
            Le, Jaitly & Hinton 2015).
        input: ``xavier`` for every gate's W (Glorot & Bengio 2010, uniform), or ``small``, normal with deviation 0.001
            (of the IRNN too).
        bias: ``zero`` for all biases.
        forget_bias: a number for the forget gate's bias: 1 so that an LSTM remembers at first (Gers et al. 2000;
            Jozefowicz et al. 2015). ``chrono`` draws it as log U(1, longest - 1) and gives the input gate its
            negative (Tallec & Ollivier 2018, eq. 16).
        longest: for chrono, how many steps apart are the things to be connected.

    Raises:
        ValueError: a choice is not known.

    Example:
        >>> from seqmodels.nn.cells import Init, LSTMCell
        >>> cell = LSTMCell(8, 16)
        >>> Init(recurrent="orthogonal", input="xavier", forget_bias=1).apply(cell)
    """

    recurrent: Literal["orthogonal", "identity"] | None = None
    input: Literal["xavier", "small"] | None = None
    forget_bias: float | Literal["chrono"] | None = None
    longest: Positive = 100
    bias: Literal["zero"] | None = None

    def __post_init__(self) -> None:
        if self.recurrent not in (None, "orthogonal", "identity"):
            raise ValueError(f"recurrent={self.recurrent!r} is not known; choose orthogonal or identity")
        if self.input not in (None, "xavier", "small"):
            raise ValueError(f"input={self.input!r} is not known; choose xavier or small")
        if self.bias not in (None, "zero"):
            raise ValueError(f"bias={self.bias!r} is not known; choose zero")
        if isinstance(self.forget_bias, str) and self.forget_bias != "chrono":
            raise ValueError(f"forget_bias={self.forget_bias!r} is not known; choose a number or chrono")
        if self.forget_bias == "chrono" and self.longest < 3:
            raise ValueError(f"longest={self.longest} found, wanted at least 3 for chrono")

    @torch.no_grad()
    def apply(self, cell: Cell) -> None:
        """Set the weights of a cell.

        Raises:
            ValueError: the cell lacks what was chosen to be set.
        """
        if self.recurrent is not None:
            for block in self._blocks(cell, "weight_hh"):  # (H, H)
                nn.init.orthogonal_(block) if self.recurrent == "orthogonal" else nn.init.eye_(block)
        if self.input is not None:
            for block in self._blocks(cell, "weight_ih"):  # (H, D)
                nn.init.xavier_uniform_(block) if self.input == "xavier" else nn.init.normal_(block, std=SMALL)
        if self.bias is not None:
            for name in _biases(cell):
                cell.get_parameter(name).zero_()
        if self.forget_bias is not None:
            self._forget(cell, self.forget_bias)

    def _forget(self, cell: Cell, bias: float | Literal["chrono"]) -> None:
        if "f" not in cell.gates:
            raise ValueError(f"forget_bias={bias}: {type(cell).__name__} has no forget gate; leave it out")
        biases = _biases(cell)
        for name in biases:  # where there are two, they are added: the second one stays 0
            forget = self._blocks(cell, name)[cell.gates.index("f")]  # (H,)
            first = name == biases[0]
            if bias != "chrono":
                forget.fill_(bias if first else 0.0)
                continue
            forget.uniform_(1, self.longest - 1).log_() if first else forget.zero_()
            if "i" in cell.gates:
                self._blocks(cell, name)[cell.gates.index("i")].copy_(-forget)

    def _blocks(self, cell: Cell, name: str) -> tuple[Tensor, ...]:
        """The gates' parts of a weight."""
        weight = dict(cell.named_parameters()).get(name)
        if weight is None or not cell.gates:
            raise ValueError(f"init: {type(cell).__name__} has no {name} in gates to be set; leave the choice out")
        return weight.chunk(len(cell.gates))


def _biases(cell: Cell) -> list[str]:
    """The names of the biases that lie in gates."""
    return [name for name, _ in cell.named_parameters() if name in ("bias", "bias_ih", "bias_hh")]
