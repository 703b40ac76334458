"""The LSTM as oneDNN runs it on a CPU, made exact for sequences of different lengths."""

import torch
from torch import Tensor

from seqmodels.nn.cells import LSTMCell
from seqmodels.nn.recurrence.padded import PaddedSteps
from seqmodels.types import State

CLOSED = 1e4  # added to a gate's sum, it opens or shuts the gate entirely


def run_onednn(cell: LSTMCell, data: Tensor, start: State, steps: PaddedSteps, reverse: bool) -> tuple[Tensor, State]:
    """Run an LSTM over a padded batch in one direction.

    The backward direction reads the sequences reversed by their own length. h at each end is gathered. c is given at
    the last padded step only, so it has to stand still through the padding: one more input feature, 1 on padding, shuts
    the input gate and opens the forget gate.

    Args:
        cell: its weights.
        data: (B, T, D), finite past the ends.
        start: h and c, (B, H) each.
        steps: the tables of the batch.
        reverse: read from the right.

    Returns:
        outputs (B, T, H), of which those on padding mean nothing, and h and c (B, H) at each sequence's end.
    """
    weights: list[Tensor] = [cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh]
    if reverse:
        data = steps.turn(data)  # (B, T, D)
    if not steps.full:
        column = (~steps.mask)[..., None].to(data.dtype)  # (B, T, 1)
        data = torch.cat([data, column], dim=-1)  # (B, T, D + 1)
        gates = weights[0].new_tensor([-CLOSED, CLOSED, 0.0, 0.0])  # i, f, g, o
        shut = gates.repeat_interleave(start[0].shape[1])[:, None]  # (4H, 1)
        weights[0] = torch.cat([weights[0], shut], dim=1)  # (4H, D + 1)
    state = [part[None].contiguous() for part in start]  # (1, B, H) each
    outputs, h, c = torch.lstm(data, state, weights, True, 1, 0.0, cell.training, False, True)
    if not steps.full:
        h = outputs.gather(1, steps.last.expand(-1, 1, outputs.shape[2])).transpose(0, 1)  # (1, B, H)
    return steps.turn(outputs) if reverse else outputs, (h[0], c[0])
