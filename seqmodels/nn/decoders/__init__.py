"""How a model writes a sequence of its own length, one token after the other."""

from seqmodels.nn.decoders.base import Decoder, DecoderState
from seqmodels.nn.decoders.recurrent import RecurrentDecoder

__all__ = ["Decoder", "DecoderState", "RecurrentDecoder"]
