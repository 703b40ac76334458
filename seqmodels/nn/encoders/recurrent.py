"""RNN, LSTM and GRU encoders."""

from collections.abc import Callable
from typing import Literal

from torch import nn

from seqmodels.nn.encoders.base import Encoder
from seqmodels.nn.recurrence import run_recurrence
from seqmodels.types import Encoded, Padded, Positive, Probability, State

CellName = Literal["rnn", "lstm", "gru"]
# The three have one signature, which RNNBase itself has not.
MODULES: dict[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class RecurrentEncoder(Encoder):
    """Layers of a simple RNN, LSTM or GRU, in one direction or both.

    With W the weights of the input and U those of the state, biases left out:

        rnn:   h = tanh(W x + U h⁻)  (Elman 1990)
        lstm:  i, f, o = σ(W x + U h⁻), g = tanh(W x + U h⁻), c = f·c⁻ + i·g, h = o·tanh(c)
               (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000)
        gru:   r, z = σ(W x + U h⁻), n = tanh(W x + r·(U h⁻)), h = (1 - z)·n + z·h⁻  (torch's and cuDNN's form)

    Args:
        input_size: width D of the inputs.
        hidden_size: width of one direction; the outputs' width H is twice that for both directions.
        cell: ``rnn``, ``lstm`` or ``gru``.
        num_layers: how many layers stand on one another.
        bidirectional: read from both ends.
        dropout: share of the numbers set to zero in training, before every layer and after the last one.

    Raises:
        ValueError: the cell is not known, or a size is not positive.

    Example:
        >>> from seqmodels.nn.encoders import RecurrentEncoder
        >>> encoder = RecurrentEncoder(8, 16, cell="gru", bidirectional=True)
        >>> encoder.output_size
        32
    """

    def __init__(
        self,
        input_size: Positive,
        hidden_size: Positive = 256,
        cell: CellName = "lstm",
        num_layers: Positive = 1,
        bidirectional: bool = False,
        dropout: Probability = 0.0,
    ):
        super().__init__(hidden_size * (2 if bidirectional else 1), sees_future=bidirectional)
        if cell not in MODULES:
            raise ValueError(f"cell={cell!r} is not known; choose one of: {', '.join(MODULES)}")
        self.recurrence = MODULES[cell](
            input_size,
            hidden_size,
            num_layers,
            batch_first=True,
            bidirectional=bidirectional,
            dropout=dropout if num_layers > 1 else 0.0,  # torch: between layers only
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, inputs: Padded, state: State | None = None) -> Encoded:
        dropped = Padded(self.dropout(inputs.data), inputs.lengths)  # (B, T, D)
        outputs, final = run_recurrence(self.recurrence, dropped, state)
        return Encoded(Padded(self.dropout(outputs.data), outputs.lengths), final)
