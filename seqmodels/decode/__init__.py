"""Search for a sequence: plain functions over ``Decoder.start`` and ``Decoder.step``, or over CTC scores."""

from seqmodels.decode.ctc import Hypothesis, beam_search, best_path
from seqmodels.decode.greedy import greedy

__all__ = ["Hypothesis", "beam_search", "best_path", "greedy"]
