"""The recurrences whose forward and backward passes over rows are written by hand."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from seqmodels.nn.cells import Cell, GRUCell, GRUResetBeforeCell, LayerNormLSTMCell, LSTMCell, RNNCell
from seqmodels.nn.recurrence.dtype import compute_dtype
from seqmodels.nn.recurrence.kernels.gru import GruRows
from seqmodels.nn.recurrence.kernels.gru_reset_before import GruResetBeforeRows
from seqmodels.nn.recurrence.kernels.layer_norm_lstm import LayerNormLstmRows
from seqmodels.nn.recurrence.kernels.layer_norm_lstm_triton import WIDTHS, LayerNormLstmTriton, fits
from seqmodels.nn.recurrence.kernels.lstm import LstmRows
from seqmodels.nn.recurrence.kernels.rnn import RnnRows
from seqmodels.nn.recurrence.layout import Layout
from seqmodels.types import State

# Each takes the rows, the tensors of the first state, the cell's parameters in the cell's order, layout and direction.
KERNELS: dict[type[Cell], Callable[..., Any]] = {
    RNNCell: RnnRows.apply,
    LSTMCell: LstmRows.apply,
    GRUCell: GruRows.apply,
    GRUResetBeforeCell: GruResetBeforeRows.apply,
    LayerNormLSTMCell: LayerNormLstmRows.apply,
}
# On a GPU, all steps in one kernel. Not chosen by itself as long as nobody has seen it win there.
TRITON: dict[type[Cell], Callable[..., Any]] = {LayerNormLSTMCell: LayerNormLstmTriton.apply}


def run_packed_rows(
    cell: Cell, rows: Tensor, start: State, layout: Layout, reverse: bool, triton: bool = False
) -> tuple[Tensor, State]:
    """Run one of the cells above over real rows alone, in one direction.

    Under autocast everything is done in its dtype, as in torch's own recurrences.

    Args:
        cell: its weights.
        rows: (N, D).
        start: the first state in the layout's order, (B, H) each.
        layout: of the batch.
        reverse: read from the right.
        triton: by the kernel for GPUs.

    Returns:
        outputs (N, H) and the state at each sequence's end, in the layout's order.

    Raises:
        ValueError: the kernel for GPUs cannot run this.
    """
    form = (cell.nonlinearity == "relu",) if isinstance(cell, RNNCell) else ()
    device = rows.device.type
    tensors = [rows, *start, *cell.parameters()]
    if torch.is_autocast_enabled(device):
        tensors = [tensor.to(compute_dtype(tensor)) for tensor in tensors]
    with torch.autocast(device, enabled=False):
        if triton and not fits(tensors[0], start[0].shape[1]):
            raise ValueError(
                "implementation='triton' wants a GPU of compute capability 8.0 or more, triton, float32 or bfloat16 "
                f"and a width among {WIDTHS}; {device}, {tensors[0].dtype}, {start[0].shape[1]} found; use auto"
            )
        outputs, *end = (TRITON if triton else KERNELS)[type(cell)](*tensors, layout, reverse, *form)
    return outputs, tuple(end)
