"""Metrics over padded predictions and targets: torchmetrics objects, accumulated over a whole split."""

from seqmodels.metrics.accuracy import Accuracy
from seqmodels.metrics.error_rate import ErrorRate
from seqmodels.metrics.exact_match import ExactMatch
from seqmodels.metrics.part_accuracy import PartAccuracy
from seqmodels.metrics.scorer import Scorer
from seqmodels.metrics.span_f1 import SpanF1, SpanScores, span_table

__all__ = ["Accuracy", "ErrorRate", "ExactMatch", "PartAccuracy", "Scorer", "SpanF1", "SpanScores", "span_table"]
