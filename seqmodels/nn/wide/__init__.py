"""What answers beside a model that reads in order: wide and deep (Cheng et al. 2016)."""

from seqmodels.nn.wide.base import Wide
from seqmodels.nn.wide.joint_ngram_linear import JointNGramLinear
from seqmodels.nn.wide.ngram_linear import NGramLinear

__all__ = ["JointNGramLinear", "NGramLinear", "Wide"]
