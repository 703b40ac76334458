"""How a model reads: vectors to vectors that know their context, and a final state."""

from seqmodels.nn.encoders.base import Encoder
from seqmodels.nn.encoders.recurrent import RecurrentEncoder

__all__ = ["Encoder", "RecurrentEncoder"]
