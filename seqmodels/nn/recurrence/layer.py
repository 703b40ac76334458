"""One layer of a recurrence, in one direction or both, by any implementation."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call

from seqmodels.nn.cells import Cell, LinearCell, LSTMCell
from seqmodels.nn.recurrence.choose import Implementation
from seqmodels.nn.recurrence.cudnn import run_cudnn
from seqmodels.nn.recurrence.layout import Layout, layout_of
from seqmodels.nn.recurrence.loop import run_loop
from seqmodels.nn.recurrence.onednn import run_onednn
from seqmodels.nn.recurrence.packed_rows import run_packed_rows
from seqmodels.nn.recurrence.padded import PaddedSteps
from seqmodels.nn.recurrence.scan import run_scan
from seqmodels.types import Padded, State

Form = Layout | PaddedSteps


def form_of(inputs: Padded, implementation: Implementation) -> Form:
    """The index tables that an implementation works with, made once a batch.

    Raises:
        ValueError: a length is less than 1 or more than T.
    """
    return PaddedSteps.of(inputs) if implementation == "onednn" else layout_of(inputs)


class Layer(nn.Module):
    """The cells of one layer, the first one reading from the left, a second one from the right.

    Args:
        cells: one or two.

    Raises:
        ValueError: one of them is no Cell.

    Example:
        >>> from seqmodels.nn.cells import LSTMCell
        >>> from seqmodels.nn.recurrence.layer import Layer
        >>> layer = Layer([LSTMCell(8, 16), LSTMCell(8, 16)])
    """

    def __init__(self, cells: Sequence[nn.Module]):
        super().__init__()
        for cell in cells:
            if not isinstance(cell, Cell):
                found = f"{type(cell).__module__}.{type(cell).__qualname__}"
                raise ValueError(f"cell: {found} found, wanted one of seqmodels.nn.cells or a Cell of your own")
        self.cells = nn.ModuleList(cells)

    def ways(self) -> list[Cell]:
        """The cells, direction by direction."""
        return [cell for cell in self.cells if isinstance(cell, Cell)]

    def recurrent_weights(self) -> dict[str, Tensor]:
        """By name, the matrices that DropConnect drops from: those called ``weight_hh``."""
        return {name: w for name, w in self.named_parameters() if name.rpartition(".")[2] == "weight_hh"}

    def forward(
        self, data: Tensor, starts: list[State], form: Form, implementation: Implementation, zoneout: float
    ) -> tuple[Tensor, list[State]]:
        """Run the layer.

        Args:
            data: (N, D) rows, or (B, T, D) for oneDNN.
            starts: for each direction, the first state in the form's order.
            form: tables of the batch.
            implementation: any but ``auto``.
            zoneout: for the loop.

        Returns:
            outputs, directions joined, and for each direction the state at each sequence's end.
        """
        if implementation == "cudnn":
            assert isinstance(form, Layout)
            return run_cudnn(self.ways(), data, starts, form)
        ways = [
            _run(cell, data, start, form, bool(way), implementation, zoneout)
            for way, (cell, start) in enumerate(zip(self.ways(), starts, strict=True))
        ]
        return torch.cat([outputs for outputs, _ in ways], dim=-1), [end for _, end in ways]

    def dropped(
        self,
        share: float,
        data: Tensor,
        starts: list[State],
        form: Form,
        implementation: Implementation,
        zoneout: float,
    ) -> tuple[Tensor, list[State]]:
        """Run the layer with a share of its recurrent weights set to zero, the same for the whole batch."""
        weights = {name: nn.functional.dropout(w, share) for name, w in self.recurrent_weights().items()}
        return functional_call(self, weights, (data, starts, form, implementation, zoneout))


def _run(
    cell: Cell, data: Tensor, start: State, form: Form, reverse: bool, implementation: Implementation, zoneout: float
) -> tuple[Tensor, State]:
    if isinstance(form, PaddedSteps):
        assert isinstance(cell, LSTMCell)
        return run_onednn(cell, data, start, form, reverse)
    if implementation in ("packed_rows", "triton"):
        return run_packed_rows(cell, data, start, form, reverse, implementation == "triton")
    if implementation == "scan":
        assert isinstance(cell, LinearCell)
        return run_scan(cell, data, start, form, reverse)
    return run_loop(cell, data, start, form, reverse, zoneout)
