"""Metrics over padded predictions and targets: torchmetrics objects, accumulated over a whole split."""

from seqmodels.metrics.absolute_error import AbsoluteError
from seqmodels.metrics.accuracy import Accuracy
from seqmodels.metrics.bleu import Bleu
from seqmodels.metrics.calibration_error import CalibrationError, Reliability
from seqmodels.metrics.chrf import Chrf
from seqmodels.metrics.coverage import Coverage
from seqmodels.metrics.crps import Crps
from seqmodels.metrics.distinct import Distinct
from seqmodels.metrics.end_accuracy import EndAccuracy
from seqmodels.metrics.error_rate import ErrorRate
from seqmodels.metrics.exact_match import ExactMatch
from seqmodels.metrics.forecast_metric import ForecastMetric
from seqmodels.metrics.log_loss import LogLoss
from seqmodels.metrics.macro_f1 import MacroF1
from seqmodels.metrics.mase import Mase
from seqmodels.metrics.nearest_error_rate import NearestErrorRate
from seqmodels.metrics.part_accuracy import PartAccuracy
from seqmodels.metrics.pinball import Pinball
from seqmodels.metrics.probability_metric import ProbabilityMetric
from seqmodels.metrics.roc_auc import RocAuc
from seqmodels.metrics.scorer import Scorer
from seqmodels.metrics.sequence_error_rate import SequenceErrorRate
from seqmodels.metrics.span_f1 import SpanF1, SpanScores, span_table
from seqmodels.metrics.squared_error import SquaredError
from seqmodels.metrics.text_metric import TextMetric
from seqmodels.metrics.token_bleu import TokenBleu

__all__ = [
    "AbsoluteError",
    "Accuracy",
    "Bleu",
    "CalibrationError",
    "Chrf",
    "Coverage",
    "Crps",
    "Distinct",
    "EndAccuracy",
    "ErrorRate",
    "ExactMatch",
    "ForecastMetric",
    "LogLoss",
    "MacroF1",
    "Mase",
    "NearestErrorRate",
    "PartAccuracy",
    "Pinball",
    "ProbabilityMetric",
    "Reliability",
    "RocAuc",
    "Scorer",
    "SequenceErrorRate",
    "SpanF1",
    "SpanScores",
    "SquaredError",
    "TextMetric",
    "TokenBleu",
    "span_table",
]
