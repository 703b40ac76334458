"""The rule that says which implementation runs."""

from typing import Literal, NamedTuple

import torch

from seqmodels.nn.cells import Cell, GRUCell, LinearCell, LSTMCell, RNNCell
from seqmodels.nn.recurrence.packed_rows import KERNELS, TRITON
from seqmodels.types import Padded

Implementation = Literal["auto", "cudnn", "onednn", "packed_rows", "triton", "loop", "scan"]

# From which share of real steps on oneDNN, which pays for padding, runs an LSTM faster than the rows
# (`make bench ARGS="--only rule"`). For widths of 128, 256 and 512 the two meet at 0.62, 0.75 and 0.85 on two cores
# with AMX. On two of an AMD EPYC oneDNN is no slower from 0.6 on: it is 1.02 times as fast there for 256 and 1.20 for
# 512, and already 1.10 at 0.5 for 128. One number in between, since it is the machine that decides.
FULL = 0.7

# By exact type here and below: a class that was made from one of these may compute something else.
TORCHS = (RNNCell, LSTMCell, GRUCell)


class Rule(NamedTuple):
    """Which implementation is fastest for a cell, and why.

    Args:
        name: of the implementation.
        why: in a few words.
        share: where it holds only for batches of which at least this share is real; else 0.
        thin: the implementation for other batches.
    """

    name: Implementation
    why: str
    share: float = 0.0
    thin: Implementation = "loop"

    def __str__(self) -> str:
        where = f" in batches at least {self.share:.0%} real, else {self.thin}" if self.share else ""
        return f"{self.name}{where} ({self.why})"

    def of(self, inputs: Padded) -> Implementation:
        """The implementation for one batch (B, T, D)."""
        if inputs.data.shape[1] == 1 and self.name != "scan":
            return "loop"  # one step: all that the others do beforehand would be for nothing
        if not self.share:
            return self.name
        real = float(inputs.lengths.sum()) / (inputs.data.shape[0] * inputs.data.shape[1])
        return self.name if real >= self.share else self.thin


def choose(cell: Cell, device: str, dtype: torch.dtype, zoneout: float = 0.0) -> Rule:
    """Which implementation is fastest for this cell.

    Args:
        cell: of one layer and direction.
        device: its type.
        dtype: of the products; that of autocast where it is on.
        zoneout: of the stack.
    """
    kind = f"{type(cell).__name__} on {device} in {str(dtype).rpartition('.')[2]}"
    if zoneout:
        return Rule("loop", f"{kind}: zoneout mixes states between steps")
    if isinstance(cell, LinearCell):
        return Rule("scan", f"{kind}: linear in its state")
    if device == "cuda" and type(cell) in TORCHS:
        return Rule("cudnn", kind)
    if device == "cpu" and type(cell) is LSTMCell and onednn_takes(dtype):
        return Rule("onednn", kind, FULL, "packed_rows")
    if type(cell) in KERNELS:
        return Rule("packed_rows", f"{kind}: written by hand")
    return Rule("loop", f"{kind}: no faster one is there")


def onednn_takes(dtype: torch.dtype) -> bool:
    """Whether oneDNN's LSTM computes in a dtype on this machine: without AVX-512 it has no bfloat16."""
    if not torch.backends.mkldnn.is_available():
        return False
    return dtype is torch.float32 or (dtype is torch.bfloat16 and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()))


def allowed(cell: Cell, implementation: Implementation) -> bool:
    """Whether an implementation can run a cell."""
    return {
        "cudnn": type(cell) in TORCHS,
        "onednn": type(cell) is LSTMCell,
        "packed_rows": type(cell) in KERNELS,
        "triton": type(cell) in TRITON,
        "scan": isinstance(cell, LinearCell),
    }.get(implementation, True)
