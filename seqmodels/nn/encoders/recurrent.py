"""RNN, LSTM and GRU encoders."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from seqmodels.nn.cells import Cell, GRUCell, GRUResetBeforeCell, LSTMCell, RNNCell
from seqmodels.nn.encoders.base import Encoder
from seqmodels.nn.recurrence import Implementation, Stack, StackOptions
from seqmodels.types import Encoded, Padded, Positive, Probability, State

CellName = Literal["rnn", "rnn_relu", "lstm", "gru", "gru_reset_before"]
CELLS: dict[str, Callable[[int, int], Cell]] = {
    "rnn": RNNCell,
    "rnn_relu": partial(RNNCell, nonlinearity="relu"),
    "lstm": LSTMCell,
    "gru": GRUCell,
    "gru_reset_before": GRUResetBeforeCell,
}


def cell_named(name: str) -> Callable[[int, int], Cell]:
    """What makes a cell of this name.

    Raises:
        ValueError: there is none.
    """
    if name not in CELLS:
        raise ValueError(f"cell={name!r} is not known; choose one of: {', '.join(CELLS)}")
    return CELLS[name]


def layer_sizes(hidden_size: int | Sequence[int], num_layers: int) -> list[int]:
    """Every layer's width.

    Raises:
        ValueError: sizes and number of layers contradict each other.
    """
    if isinstance(hidden_size, int):
        return [hidden_size] * num_layers
    if num_layers not in (1, len(hidden_size)) or not hidden_size:
        raise ValueError(f"hidden_size={list(hidden_size)} found for num_layers={num_layers}, wanted a size a layer")
    return list(hidden_size)


class RecurrentEncoder(Encoder):
    """Layers of a simple RNN, LSTM or GRU, in one direction or both.

    With W the weights of the input and U those of the state, biases left out:

        rnn:   h = tanh(W x + U h⁻)  (Elman 1990); rnn_relu has relu for tanh
        lstm:  i, f, o = σ(W x + U h⁻), g = tanh(W x + U h⁻), c = f·c⁻ + i·g, h = o·tanh(c)
               (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000)
        gru:   r, z = σ(W x + U h⁻), n = tanh(W x + r·(U h⁻)), h = (1 - z)·n + z·h⁻  (torch's and cuDNN's form);
               gru_reset_before has n = tanh(W x + U (r·h⁻))

    The weights of ``rnn``, ``lstm`` and ``gru`` have the names and shapes of those of ``torch.nn``:
    ``encoder.recurrence.load_state_dict(torch_lstm.state_dict())``, and back.

    Args:
        input_size: width D of the inputs.
        hidden_size: width of one direction, or a list of them, layer by layer; the outputs' width H is that of the
            last layer, twice for both directions.
        cell: ``rnn``, ``rnn_relu``, ``lstm``, ``gru`` or ``gru_reset_before``.
        num_layers: how many layers stand on one another; a list of widths says it by itself.
        bidirectional: read from both ends.
        dropout: share of the numbers set to zero in training, before every layer and after the last one; or a list of
            such shares, before each layer and after the last one.
        implementation: ``auto`` takes the fastest for each batch; all give the same numbers.
        options: residual connections, other noise, first weights, learnt first states, output projection.

    Raises:
        ValueError: the cell is not known, or sizes and options contradict each other.

    Example:
        >>> from seqmodels.nn.encoders import RecurrentEncoder
        >>> encoder = RecurrentEncoder(8, 16, cell="gru", bidirectional=True)
        >>> encoder.output_size
        32
    """

    def __init__(
        self,
        input_size: Positive,
        hidden_size: Positive | list[Positive] = 256,
        cell: CellName = "lstm",
        num_layers: Positive = 1,
        bidirectional: bool = False,
        dropout: Probability | list[Probability] = 0.0,
        implementation: Implementation = "auto",
        options: StackOptions | None = None,
    ):
        sizes = layer_sizes(hidden_size, num_layers)
        stack = Stack(input_size, sizes, cell_named(cell), bidirectional, dropout, implementation, options)
        super().__init__(stack.output_size, sees_future=bidirectional)
        self.recurrence = stack

    def forward(self, inputs: Padded, state: State | None = None) -> Encoded:
        return self.recurrence(inputs, state)
