"""How a forecast is written from what was read: all of it at once, step by step, segment by segment."""

from seqmodels.nn.strategies.base import Strategy
from seqmodels.nn.strategies.direct import Direct
from seqmodels.nn.strategies.recursive import Recursive
from seqmodels.nn.strategies.segment_wise import SegmentWise

__all__ = ["Direct", "Recursive", "SegmentWise", "Strategy"]
