"""How a model writes labels or values: features to scores, scores to a loss and to an answer."""

from seqmodels.nn.heads.adaptive_softmax import AdaptiveSoftmaxHead
from seqmodels.nn.heads.base import Head, StepHead
from seqmodels.nn.heads.categorical import CategoricalHead
from seqmodels.nn.heads.crf import CrfHead
from seqmodels.nn.heads.ctc import CtcHead
from seqmodels.nn.heads.gaussian import GaussianHead
from seqmodels.nn.heads.joint import JointHead
from seqmodels.nn.heads.nats import nats
from seqmodels.nn.heads.ordinal import OrdinalHead
from seqmodels.nn.heads.point import PointHead
from seqmodels.nn.heads.pooled import PooledHead
from seqmodels.nn.heads.quantile import QuantileHead
from seqmodels.nn.heads.values import ValueHead

__all__ = [
    "AdaptiveSoftmaxHead",
    "CategoricalHead",
    "CrfHead",
    "CtcHead",
    "GaussianHead",
    "Head",
    "JointHead",
    "OrdinalHead",
    "PointHead",
    "PooledHead",
    "QuantileHead",
    "StepHead",
    "ValueHead",
    "nats",
]
