"""torch's own recurrences over packed sequences, which on a GPU are cuDNN's."""

import torch
from torch import Tensor

from seqmodels.nn.cells import Cell, GRUCell, LSTMCell, RNNCell
from seqmodels.nn.recurrence.layout import Layout
from seqmodels.types import State

MODES = {"relu": 0, "tanh": 1, "lstm": 2, "gru": 3}  # as cuDNN counts


def run_cudnn(cells: list[Cell], rows: Tensor, starts: list[State], layout: Layout) -> tuple[Tensor, list[State]]:
    """Run one layer, both directions at once: rows in our layout are what torch calls the data of a PackedSequence.

    Args:
        cells: of one kind, one for each direction.
        rows: (N, D).
        starts: for each direction, (B, H) each.
        layout: of the batch.

    Returns:
        outputs (N, directions * H), and for each direction the state at each sequence's end.
    """
    first = cells[0]
    assert isinstance(first, LSTMCell | GRUCell | RNNCell)
    weights: list[Tensor] = [w for cell in cells for w in cell.parameters()]
    # Dropped weights are no parameters: they are made anew for every batch.
    if all(isinstance(w, torch.nn.Parameter) for w in weights) and _flattens(weights[0]):
        _flatten(first, weights, len(cells))
    sizes = torch.tensor(layout.sizes)  # (T,), on the CPU
    state = [torch.stack(parts) for parts in zip(*starts, strict=True)]  # (directions, B, H) each
    # cuDNN goes back only through what was run as training, which without dropout has the same numbers.
    train = first.training or torch.is_grad_enabled()
    rest = (weights, True, 1, 0.0, train, len(cells) == 2)
    ends: list[Tensor]
    if isinstance(first, LSTMCell):
        outputs, *ends = torch.lstm(rows, sizes, state, *rest)
    else:
        relu = isinstance(first, RNNCell) and first.nonlinearity == "relu"
        function = torch.gru if isinstance(first, GRUCell) else torch.rnn_relu if relu else torch.rnn_tanh
        outputs, *ends = function(rows, sizes, state[0], *rest)
    return outputs, list(zip(*(end.unbind(0) for end in ends), strict=True))


def _flattens(weight: Tensor) -> bool:
    """Whether cuDNN takes this weight, by torch's own questions: ROCm and lower precision have other ways."""
    return weight.is_cuda and torch._use_cudnn_rnn_flatten_weight() and torch.backends.cudnn.is_acceptable(weight)


def _flatten(cell: Cell, weights: list[Tensor], directions: int) -> None:
    """Put the weights into one piece of memory, which cuDNN would otherwise do at every call."""
    if len({weight.untyped_storage().data_ptr() for weight in weights}) == 1:
        return
    mode = cell.nonlinearity if isinstance(cell, RNNCell) else "gru" if isinstance(cell, GRUCell) else "lstm"
    width = weights[1].shape[1]
    with torch.no_grad():
        torch._cudnn_rnn_flatten_weight(
            weights, 4, weights[0].shape[1], MODES[mode], width, 0, 1, False, directions == 2
        )
