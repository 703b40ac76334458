"""How a model writes a sequence of its own length, one token after the other."""

from seqmodels.nn.decoders.adaptive_scores import AdaptiveScores
from seqmodels.nn.decoders.attentive import AttentiveDecoder, Ran
from seqmodels.nn.decoders.base import Decoder, DecoderState
from seqmodels.nn.decoders.bridges import Bridge, CopyBridge, LastStateBridge, LayerwiseBridge, ZeroBridge
from seqmodels.nn.decoders.input_feeding import InputFeedingDecoder
from seqmodels.nn.decoders.options import DecoderOptions
from seqmodels.nn.decoders.recurrent import RecurrentDecoder
from seqmodels.nn.decoders.sampling import ScheduledSampling
from seqmodels.nn.decoders.scores import Scores, SoftmaxScores

__all__ = [
    "AdaptiveScores",
    "AttentiveDecoder",
    "Bridge",
    "CopyBridge",
    "Decoder",
    "DecoderOptions",
    "DecoderState",
    "InputFeedingDecoder",
    "LastStateBridge",
    "LayerwiseBridge",
    "Ran",
    "RecurrentDecoder",
    "ScheduledSampling",
    "Scores",
    "SoftmaxScores",
    "ZeroBridge",
]
