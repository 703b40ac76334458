"""The LSTM as oneDNN runs it on a CPU, made exact for sequences of different lengths."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.recurrence.layout import check_lengths
from seqmodels.types import Encoded, Padded, State

CLOSED = 1e4  # added to a gate's sum, it opens or shuts the gate entirely


def run_onednn(module: nn.LSTM, inputs: Padded, state: State | None = None) -> Encoded:
    """Run a whole ``nn.LSTM`` over the padded batch, every layer and direction in one call of oneDNN each.

    The backward direction reads the sequences reversed by their own length. h at each end is gathered. c is given at
    the last padded step only, so it has to stand still through the padding: one more input feature, 1 on padding, shuts
    the input gate and opens the forget gate.
    """
    check_lengths(inputs.lengths, inputs.data.shape[1])
    mask = inputs.mask  # (B, T)
    steps = torch.arange(inputs.data.shape[1], device=mask.device)  # (T,)
    flip = torch.where(mask, inputs.lengths[:, None] - 1 - steps, steps)  # (B, T)
    last = (inputs.lengths - 1)[:, None, None]  # (B, 1, 1)
    column = (~mask)[..., None].to(inputs.data.dtype)  # (B, T, 1)
    data = inputs.zeroed().data  # (B, T, D)
    finals = []
    for layer in range(module.num_layers):
        if layer:
            data = F.dropout(data, module.dropout, module.training)
        outputs, ends = [], []
        for way in range(2 if module.bidirectional else 1):
            start = None if state is None else [s[layer].chunk(2 if module.bidirectional else 1, 1)[way] for s in state]
            name = f"l{layer}{'_reverse' if way else ''}"
            out, cell = _one_way(module, name, torch.cat([_turn(data, flip) if way else data, column], dim=-1), start)
            ends.append((out.gather(1, last.expand(-1, 1, out.shape[2]))[:, 0], cell))  # (B, H) each
            outputs.append(_turn(out, flip) if way else out)
        data = torch.cat(outputs, dim=-1).masked_fill(~mask[..., None], 0)  # (B, T, directions * H)
        finals.append([torch.cat(part, dim=1) for part in zip(*ends, strict=True)])
    final = tuple(torch.stack(part) for part in zip(*finals, strict=True))  # each (L, B, directions * H)
    return Encoded(Padded(data, inputs.lengths), final)


def _turn(data: Tensor, flip: Tensor) -> Tensor:
    return data.gather(1, flip[..., None].expand_as(data))  # (B, T, D)


def _one_way(module: nn.LSTM, name: str, data: Tensor, start: list[Tensor] | None) -> tuple[Tensor, Tensor]:
    """Outputs (B, T, H), of which those on padding mean nothing, and c (B, H) at each sequence's end."""
    w, u, b, bu = (getattr(module, f"{kind}_{name}") for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    width = module.hidden_size
    gates = w.new_tensor([-CLOSED, CLOSED, 0.0, 0.0]).repeat_interleave(width)[:, None]  # (4H, 1): i, f, g, o
    zeros = data.new_zeros(1, len(data), width)
    state = (zeros, zeros) if start is None else tuple(s[None].contiguous() for s in start)
    weights = [torch.cat([w, gates], dim=1), u, b, bu]
    outputs, _, cell = torch.lstm(data, state, weights, True, 1, 0.0, module.training, False, True)
    return outputs, cell[0]
