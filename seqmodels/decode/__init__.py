"""Search for a sequence: plain functions over ``Decoder.start`` and ``Decoder.step``, or over CTC scores."""

from seqmodels.decode.ctc import Hypothesis, beam_search, best_path
from seqmodels.decode.greedy import greedy
from seqmodels.decode.sample import Sampling, distribution, pick, sample

__all__ = ["Hypothesis", "Sampling", "beam_search", "best_path", "distribution", "greedy", "pick", "sample"]
