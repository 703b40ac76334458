"""A whole sequence as one vector."""

from seqmodels.nn.pool.base import Pool
from seqmodels.nn.pool.last_state import LastState
from seqmodels.nn.pool.max import Max
from seqmodels.nn.pool.mean import Mean
from seqmodels.nn.pool.self_attention import SelfAttention

__all__ = ["LastState", "Max", "Mean", "Pool", "SelfAttention"]
