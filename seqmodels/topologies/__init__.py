"""The topologies: what a model reads and writes. Each is a Lightning module, readable from end to end."""

from seqmodels.topologies.answerer import Answerer
from seqmodels.topologies.base import Topology
from seqmodels.topologies.committee import Committee
from seqmodels.topologies.dynamic_evaluation import DynamicEvaluation
from seqmodels.topologies.encoder_decoder import EncoderDecoder
from seqmodels.topologies.ensemble import Ensemble
from seqmodels.topologies.evaluated import Evaluated
from seqmodels.topologies.forecaster import Forecaster
from seqmodels.topologies.language_model import LanguageModel
from seqmodels.topologies.many_to_many import ManyToMany
from seqmodels.topologies.many_to_one import ManyToOne
from seqmodels.topologies.one_to_many import OneToMany
from seqmodels.topologies.one_to_one import OneToOne
from seqmodels.topologies.writer import Writer

__all__ = [
    "Answerer",
    "Committee",
    "DynamicEvaluation",
    "EncoderDecoder",
    "Ensemble",
    "Evaluated",
    "Forecaster",
    "LanguageModel",
    "ManyToMany",
    "ManyToOne",
    "OneToMany",
    "OneToOne",
    "Topology",
    "Writer",
]
