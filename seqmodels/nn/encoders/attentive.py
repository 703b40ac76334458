"""RNN, LSTM and GRU encoders that look back at what they have read."""

from collections.abc import Callable

import torch

from seqmodels.nn.attention import LookBack
from seqmodels.nn.cells import Cell
from seqmodels.nn.dropout import dropout
from seqmodels.nn.encoders.base import Encoder
from seqmodels.nn.encoders.recurrent import CellName, cell_named, layer_sizes
from seqmodels.nn.linear import Linear
from seqmodels.nn.recurrence import Stack, StackOptions
from seqmodels.types import Encoded, Padded, Positive, Probability, State


class AttentiveEncoder(Encoder):
    """Layers of any cell, reading from the left, with attention from each step to the steps before it.

        y_t = h_t + V r_t

    h_t being what the last layer writes and r_t the inputs that followed on like places before (LookBack). The state
    begins with y (1, B, H) of each sequence's last step; behind it stand that of the layers, and what is looked back
    into.

    Args:
        input_size: width D of the inputs.
        hidden_size: width, or a list of them, layer by layer; the outputs' width H is that of the last layer.
        cell: ``rnn``, ``rnn_relu``, ``lstm``, ``gru`` or ``gru_reset_before``, or what makes any other cell.
        num_layers: how many layers stand on one another; a list of widths says it by itself.
        dropout: share of the numbers set to zero in training, before every layer and of the outputs y; or a list of
            such shares, before each layer and of the outputs.
        options: residual connections, other noise, first weights, learnt first states, output projection.
        window: how many steps are looked back.
        key_size: width of what is compared.

    Raises:
        ValueError: the cell is not known, or sizes and options contradict each other.

    Example:
        >>> from seqmodels.nn.encoders import AttentiveEncoder
        >>> encoder = AttentiveEncoder(8, 16, cell="gru", window=100)
        >>> encoder.output_size
        16
    """

    def __init__(
        self,
        input_size: Positive,
        hidden_size: Positive | list[Positive] = 256,
        cell: CellName | Callable[[int, int], Cell] = "lstm",
        num_layers: Positive = 1,
        dropout: Probability | list[Probability] = 0.0,
        options: StackOptions | None = None,
        window: Positive = 512,
        key_size: Positive = 128,
    ):
        sizes = layer_sizes(hidden_size, num_layers)
        made = cell_named(cell) if isinstance(cell, str) else cell
        stack = Stack(input_size, sizes, made, dropout=dropout, options=options)
        super().__init__(stack.output_size, sees_future=False)
        self.recurrence = stack
        self.dropout = stack.shares[-1]
        stack.shares[-1] = 0.0  # what is compared is whole
        self.look_back = LookBack(input_size, self.output_size, window, key_size)
        self.value = Linear(input_size, self.output_size, bias=False)  # V

    def forward(self, inputs: Padded, state: State | None = None) -> Encoded:
        own, kept = (None, None) if state is None else (state[1 : -LookBack.KEPT], state[-LookBack.KEPT :])
        (data, lengths), end = self.recurrence(inputs, own)
        found, kept = self.look_back(inputs, data, kept)  # (B, T, D)
        data = data + self.value(found.to(data.dtype))  # (B, T, H)
        last = data[torch.arange(len(data), device=data.device), lengths - 1][None]  # (1, B, H)
        if self.training:
            like = data[:, :1] if self.recurrence.options.locked_dropout else data
            data = data * dropout(torch.ones_like(like), self.dropout)
        return Encoded(Padded(data, lengths).zeroed(), (last, *end, *kept))
