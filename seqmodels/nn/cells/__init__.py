"""One step of a recurrence, one cell a file, and what its weights are before training."""

from seqmodels.nn.cells.base import Cell, LinearCell, ProjectedCell
from seqmodels.nn.cells.coupled_lstm import CoupledLSTMCell
from seqmodels.nn.cells.gru import GRUCell
from seqmodels.nn.cells.gru_reset_before import GRUResetBeforeCell
from seqmodels.nn.cells.indrnn import IndRNNCell
from seqmodels.nn.cells.init import Init
from seqmodels.nn.cells.layer_norm_lstm import LayerNormLSTMCell
from seqmodels.nn.cells.lstm import LSTMCell
from seqmodels.nn.cells.mingru import MinGRUCell
from seqmodels.nn.cells.minlstm import MinLSTMCell
from seqmodels.nn.cells.peephole_lstm import PeepholeLSTMCell
from seqmodels.nn.cells.rnn import RNNCell

__all__ = [
    "Cell",
    "CoupledLSTMCell",
    "GRUCell",
    "GRUResetBeforeCell",
    "IndRNNCell",
    "Init",
    "LSTMCell",
    "LayerNormLSTMCell",
    "LinearCell",
    "MinGRUCell",
    "MinLSTMCell",
    "PeepholeLSTMCell",
    "ProjectedCell",
    "RNNCell",
]
