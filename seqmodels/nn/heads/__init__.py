"""How a model writes labels or values: features to scores, scores to a loss and to an answer."""

from seqmodels.nn.heads.base import Head
from seqmodels.nn.heads.categorical import CategoricalHead

__all__ = ["CategoricalHead", "Head"]
