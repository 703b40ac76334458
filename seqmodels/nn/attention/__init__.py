"""Where a decoder looks, in a memory that was prepared once; and where a recurrence looks in its own past."""

from seqmodels.nn.attention.additive import AdditiveAttention
from seqmodels.nn.attention.base import Attended, Attention, Memory, ScoredAttention
from seqmodels.nn.attention.coverage import CoverageAttention
from seqmodels.nn.attention.dot import DotAttention
from seqmodels.nn.attention.general import GeneralAttention
from seqmodels.nn.attention.location import LocationAttention
from seqmodels.nn.attention.look_back import LookBack
from seqmodels.nn.attention.multi_head import MultiHeadAttention
from seqmodels.nn.attention.stepwise import Looked, StepwiseAttention
from seqmodels.nn.attention.uniform import UniformAttention

__all__ = [
    "AdditiveAttention",
    "Attended",
    "Attention",
    "CoverageAttention",
    "DotAttention",
    "GeneralAttention",
    "LocationAttention",
    "LookBack",
    "Looked",
    "Memory",
    "MultiHeadAttention",
    "ScoredAttention",
    "StepwiseAttention",
    "UniformAttention",
]
