"""Encoders of any recurrent cell."""

from collections.abc import Callable

from seqmodels.nn.cells import Cell
from seqmodels.nn.encoders.base import Encoder
from seqmodels.nn.encoders.recurrent import layer_sizes
from seqmodels.nn.recurrence import Implementation, Stack, StackOptions
from seqmodels.types import Encoded, Padded, Positive, Probability, State


class CellularEncoder(Encoder):
    """Layers of any cell, one of ``seqmodels.nn.cells`` or your own, in one direction or both.

    Args:
        input_size: width D of the inputs.
        cell: makes a cell, called with (input width, hidden width).
        hidden_size: width of one direction, or a list of them, layer by layer; the outputs' width H is that of the
            last layer, twice for both directions.
        num_layers: how many layers stand on one another; a list of widths says it by itself.
        bidirectional: read from both ends.
        dropout: share of the numbers set to zero in training, before every layer and after the last one; or a list of
            such shares, before each layer and after the last one.
        implementation: ``auto`` takes the fastest for each batch; all give the same numbers.
        options: residual connections, other noise, first weights, learnt first states, output projection.

    Raises:
        ValueError: sizes, options and cell contradict each other.

    Example:
        >>> from seqmodels.nn.cells import PeepholeLSTMCell
        >>> from seqmodels.nn.encoders import CellularEncoder
        >>> encoder = CellularEncoder(8, PeepholeLSTMCell, hidden_size=16, bidirectional=True)
    """

    def __init__(
        self,
        input_size: Positive,
        cell: Callable[[int, int], Cell],
        hidden_size: Positive | list[Positive] = 256,
        num_layers: Positive = 1,
        bidirectional: bool = False,
        dropout: Probability | list[Probability] = 0.0,
        implementation: Implementation = "auto",
        options: StackOptions | None = None,
    ):
        sizes = layer_sizes(hidden_size, num_layers)
        stack = Stack(input_size, sizes, cell, bidirectional, dropout, implementation, options)
        super().__init__(stack.output_size, sees_future=bidirectional)
        self.recurrence = stack

    def forward(self, inputs: Padded, state: State | None = None) -> Encoded:
        return self.recurrence(inputs, state)
