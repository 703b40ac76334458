"""What happens beside the training: averaged weights, the progress bar."""

from seqmodels.callbacks.progress import Progress
from seqmodels.callbacks.weight_average import WeightAverage

__all__ = ["Progress", "WeightAverage"]
