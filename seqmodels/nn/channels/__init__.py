"""How the columns of a window are read: each by itself or together, and on which level."""

from seqmodels.nn.channels.base import Channels, Seen
from seqmodels.nn.channels.last_value import LastValue
from seqmodels.nn.channels.normalization import Level, Normalization
from seqmodels.nn.channels.raw import Raw
from seqmodels.nn.channels.reversible import Reversible
from seqmodels.nn.channels.shared import SharedChannels
from seqmodels.nn.channels.together import TogetherChannels

__all__ = [
    "Channels",
    "LastValue",
    "Level",
    "Normalization",
    "Raw",
    "Reversible",
    "Seen",
    "SharedChannels",
    "TogetherChannels",
]
