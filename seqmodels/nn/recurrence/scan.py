"""Linear cells: all steps' coefficients at once, then a scan."""

import torch
from torch import Tensor

from seqmodels.nn.cells import LinearCell
from seqmodels.nn.recurrence.kernels.linear_scan import LinearScanRows, parallel_scan
from seqmodels.nn.recurrence.layout import Layout
from seqmodels.types import State


def run_scan(cell: LinearCell, rows: Tensor, start: State, layout: Layout, reverse: bool) -> tuple[Tensor, State]:
    """Run h_t = a_t·h_{t-1} + b_t over real rows, in one direction.

    On a CPU the rows are gone through one step after the other: the arithmetic is elementwise, so that a scan in
    log T passes moves log T times the memory and wins nothing. On a GPU, where every step costs a launch, it
    should win; nobody has measured it there yet.

    Args:
        cell: gives a and b.
        rows: (N, D).
        start: h (B, H) in the layout's order.
        layout: of the batch.
        reverse: read from the right.

    Returns:
        outputs (N, H) and the state at each sequence's end, in the layout's order.
    """
    # In full precision even under autocast: the state is a sum over all steps.
    keep, new = (part.to(start[0].dtype) for part in cell.coefficients(rows))  # (N, H) each
    if not rows.is_cuda:
        outputs, last = LinearScanRows.apply(keep, new, start[0], layout, reverse)
        return outputs, (last,)
    return scan_padded(keep, new, start, layout, reverse)


def scan_padded(keep: Tensor, new: Tensor, start: State, layout: Layout, reverse: bool) -> tuple[Tensor, State]:
    """The same through ``parallel_scan``: on padding a = 1 and b = 0, which leaves the state as it is."""
    real = layout.leave(torch.ones_like(keep[:, :1]))  # (B, T, 1)
    a, b = layout.leave(keep) + (1 - real), layout.leave(new)  # (B, T, H) each
    outputs = parallel_scan(a, b, layout.unsort(start)[0], reverse)  # (B, T, H)
    return layout.enter(outputs), layout.sort((outputs[:, 0 if reverse else -1],))
