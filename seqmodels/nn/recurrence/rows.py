"""A whole recurrence over rows: layers, directions, dropout between layers."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.recurrence.gru_rows import GruRows
from seqmodels.nn.recurrence.layout import Layout, from_rows, layout_of, to_rows
from seqmodels.nn.recurrence.lstm_rows import LstmRows
from seqmodels.nn.recurrence.rnn_rows import RnnRows
from seqmodels.types import Encoded, Padded, State


def run_rows(module: nn.RNNBase, inputs: Padded, state: State | None = None) -> Encoded:
    """Run a whole ``nn.RNN`` (tanh), ``nn.LSTM`` or ``nn.GRU`` over the real steps alone."""
    layout = layout_of(inputs)
    batch, steps = inputs.data.shape[:2]
    parts = 2 if isinstance(module, nn.LSTM) else 1
    directions = 2 if module.bidirectional else 1
    rows = to_rows(inputs.data, layout)  # (N, D)
    finals = []
    for layer in range(module.num_layers):
        if layer:
            rows = F.dropout(rows, module.dropout, module.training)
        starts = _starts(state, layer, layout, rows.new_zeros(batch, module.hidden_size * directions), parts)
        ways = [
            _one_way(
                module,
                f"l{layer}{'_reverse' if way else ''}",
                rows,
                [s.chunk(directions, 1)[way] for s in starts],
                layout,
                bool(way),
            )
            for way in range(directions)
        ]
        rows = torch.cat([way[0] for way in ways], dim=1)  # (N, directions * H)
        finals.append(
            [
                torch.cat(ends, dim=1).index_select(0, layout.rank)
                for ends in zip(*(way[1] for way in ways), strict=True)
            ]
        )
    final = tuple(torch.stack(part) for part in zip(*finals, strict=True))  # each (L, B, directions * H)
    return Encoded(Padded(from_rows(rows, layout, batch, steps), inputs.lengths), final)


def _starts(state: State | None, layer: int, layout: Layout, zeros: Tensor, parts: int) -> list[Tensor]:
    """The first states of a layer, each (B, directions * H), in the layout's order."""
    if state is None:
        return [zeros] * parts
    return [part[layer].index_select(0, layout.order) for part in state]


def _one_way(
    module: nn.RNNBase, name: str, rows: Tensor, starts: list[Tensor], layout: Layout, reverse: bool
) -> tuple[Tensor, list[Tensor]]:
    """Outputs (N, H) and last states of one layer in one direction."""
    weights = [getattr(module, f"{kind}_{name}") for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    function = LstmRows if isinstance(module, nn.LSTM) else GruRows if isinstance(module, nn.GRU) else RnnRows
    outputs, *ends = function.apply(rows, *starts, *weights, layout, reverse)
    return outputs, ends
