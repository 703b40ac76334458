"""Ids or features to vectors: the first part of every model."""

from seqmodels.nn.embedders.base import Embedder
from seqmodels.nn.embedders.tokens import TokenEmbedder

__all__ = ["Embedder", "TokenEmbedder"]
