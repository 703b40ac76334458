"""Ids or features to vectors: the first part of every model."""

from seqmodels.nn.embedders.base import Embedder, Restepped, steps_of
from seqmodels.nn.embedders.character_cnn import CharacterCnn
from seqmodels.nn.embedders.character_rnn import CharacterRnn
from seqmodels.nn.embedders.features import FeatureEmbedder
from seqmodels.nn.embedders.image_cnn import ImageCnn
from seqmodels.nn.embedders.joined import JoinedEmbedder
from seqmodels.nn.embedders.one_hot import OneHotEmbedder
from seqmodels.nn.embedders.parts import PartsEmbedder
from seqmodels.nn.embedders.segments import SegmentEmbedder
from seqmodels.nn.embedders.tokens import TokenEmbedder
from seqmodels.nn.embedders.word_parts import WordPartsEmbedder

__all__ = [
    "CharacterCnn",
    "CharacterRnn",
    "Embedder",
    "FeatureEmbedder",
    "ImageCnn",
    "JoinedEmbedder",
    "OneHotEmbedder",
    "PartsEmbedder",
    "Restepped",
    "SegmentEmbedder",
    "TokenEmbedder",
    "WordPartsEmbedder",
    "steps_of",
]
