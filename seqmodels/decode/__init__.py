"""Search for a sequence: plain functions over whatever writes one, or over CTC scores."""

from seqmodels.decode.ctc import Hypothesis, beam_search, best_path
from seqmodels.decode.draft import DecoderDraft, Draft, Next, Read, ReadOnDraft, begin, read_on
from seqmodels.decode.ensemble import EnsembleDraft, together
from seqmodels.decode.found import Found
from seqmodels.decode.sample import distribution, pick
from seqmodels.decode.search import Ids, search
from seqmodels.decode.settings import Sampling, Search

__all__ = [
    "DecoderDraft",
    "Draft",
    "EnsembleDraft",
    "Found",
    "Hypothesis",
    "Ids",
    "Next",
    "Read",
    "ReadOnDraft",
    "Sampling",
    "Search",
    "beam_search",
    "begin",
    "best_path",
    "distribution",
    "pick",
    "read_on",
    "search",
    "together",
]
