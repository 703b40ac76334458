"""What happens beside the training: checkpoints, seeds, averaged weights, the progress bar."""

from seqmodels.callbacks.averaged_sgd import AveragedSgd
from seqmodels.callbacks.checkpoints import Checkpoints
from seqmodels.callbacks.progress import Progress
from seqmodels.callbacks.step_seed import StepSeed
from seqmodels.callbacks.weight_average import WeightAverage

__all__ = ["AveragedSgd", "Checkpoints", "Progress", "StepSeed", "WeightAverage"]
