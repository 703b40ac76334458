"""What a recurrent decoder can do besides its layers and attention."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

from seqmodels.nn.decoders.bridges import Bridge, LastStateBridge
from seqmodels.nn.decoders.sampling import ScheduledSampling
from seqmodels.nn.decoders.scores import Scores, SoftmaxScores
from seqmodels.nn.recurrence import StackOptions
from seqmodels.types import Probability

Tied = Literal["none", "target", "source_and_target"]


@dataclass(frozen=True)
class DecoderOptions:
    """First states, noise, output and training of a recurrent decoder.

    Args:
        layers: residual connections, locked dropout, weight drop, zoneout and first weights of the layers.
        embedding_dropout: share of the embeddings' numbers set to zero in training; the same at every step where
            dropout is locked.
        deep: whether scores are of tanh(V [h; c; e]) (Bahdanau et al. 2015, appendix A.2.2) or of [h; c] as it is.
        tied: whose embeddings are the scores' matrix (Press & Wolf 2017): ``none``, the ``target``'s, or those of
            ``source_and_target``, which are then one table for the ids that both sides have in common.
        bridge: makes what makes the first states, called with (source_size, their shapes).
        scores: makes what scores the tokens, called with (width of the features, target_size).
        sampling: how many of the target's tokens training shows; all of them if not given.

    Raises:
        ValueError: a setting has no meaning for a decoder.

    Example:
        >>> from seqmodels.nn.decoders import DecoderOptions
        >>> DecoderOptions(tied="target", embedding_dropout=0.2).deep
        True
    """

    layers: StackOptions = field(default_factory=StackOptions)
    embedding_dropout: Probability = 0.0
    deep: bool = True
    tied: Tied = "none"
    bridge: Callable[..., Bridge] = LastStateBridge
    scores: Callable[..., Scores] = SoftmaxScores
    sampling: ScheduledSampling | None = None

    def __post_init__(self) -> None:
        if self.tied not in get_args(Tied):
            raise ValueError(f"tied={self.tied!r} is not known; choose one of: {', '.join(get_args(Tied))}")
        if not 0 <= self.embedding_dropout < 1:
            raise ValueError(f"embedding_dropout={self.embedding_dropout} found, wanted at least 0 and less than 1")
        if self.layers.learn_state:
            raise ValueError("layers.learn_state=true found, but a decoder begins with what its bridge makes; drop it")
        if self.layers.input_dropout is not None:
            raise ValueError(
                "layers.input_dropout found, and a decoder's layer reads embeddings: set embedding_dropout"
            )
        if self.layers.projection:
            raise ValueError(f"layers.projection={self.layers.projection} found, which is for encoders; drop it")
