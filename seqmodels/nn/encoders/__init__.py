"""How a model reads: vectors to vectors that know their context, and a final state."""

from seqmodels.nn.encoders.attentive import AttentiveEncoder
from seqmodels.nn.encoders.bag import BagEncoder
from seqmodels.nn.encoders.base import Encoder
from seqmodels.nn.encoders.cellular import CellularEncoder
from seqmodels.nn.encoders.mlp import MlpEncoder
from seqmodels.nn.encoders.recurrent import RecurrentEncoder
from seqmodels.nn.encoders.window import WindowEncoder

__all__ = [
    "AttentiveEncoder",
    "BagEncoder",
    "CellularEncoder",
    "Encoder",
    "MlpEncoder",
    "RecurrentEncoder",
    "WindowEncoder",
]
