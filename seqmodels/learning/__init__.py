"""How weights are changed: the optimiser, its learning-rate schedule, and what guards a step."""

from seqmodels.learning.gradients import NonFinite, gradient_norm, largest_gradients
from seqmodels.learning.learning import Learning
from seqmodels.learning.plateau import Plateau
from seqmodels.learning.running_loss import RunningLoss
from seqmodels.learning.warmup_cosine import WarmupCosine

__all__ = [
    "Learning",
    "NonFinite",
    "Plateau",
    "RunningLoss",
    "WarmupCosine",
    "gradient_norm",
    "largest_gradients",
]
