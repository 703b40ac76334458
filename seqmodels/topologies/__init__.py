"""The topologies: what a model reads and writes. Each is a Lightning module, readable from end to end."""

from seqmodels.topologies.base import Evaluated, Topology
from seqmodels.topologies.dynamic_evaluation import DynamicEvaluation
from seqmodels.topologies.encoder_decoder import EncoderDecoder
from seqmodels.topologies.language_model import LanguageModel
from seqmodels.topologies.many_to_many import ManyToMany
from seqmodels.topologies.many_to_one import ManyToOne

__all__ = ["DynamicEvaluation", "EncoderDecoder", "Evaluated", "LanguageModel", "ManyToMany", "ManyToOne", "Topology"]
