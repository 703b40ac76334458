"""Metrics over padded predictions and targets: torchmetrics objects, accumulated over a whole split."""

from seqmodels.metrics.accuracy import Accuracy
from seqmodels.metrics.exact_match import ExactMatch
from seqmodels.metrics.scorer import Scorer

__all__ = ["Accuracy", "ExactMatch", "Scorer"]
