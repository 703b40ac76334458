"""How weights are changed: the optimiser and its learning-rate schedule."""

from seqmodels.learning.learning import Learning
from seqmodels.learning.plateau import Plateau
from seqmodels.learning.warmup_cosine import WarmupCosine

__all__ = ["Learning", "Plateau", "WarmupCosine"]
