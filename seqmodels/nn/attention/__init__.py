"""Where a decoder looks: queries against a memory that was prepared once."""

from seqmodels.nn.attention.additive import AdditiveAttention
from seqmodels.nn.attention.base import Attended, Attention, Memory
from seqmodels.nn.attention.dot import DotAttention
from seqmodels.nn.attention.general import GeneralAttention

__all__ = ["AdditiveAttention", "Attended", "Attention", "DotAttention", "GeneralAttention", "Memory"]
