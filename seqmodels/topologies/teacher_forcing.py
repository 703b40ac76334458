"""Training a decoder on what it should have written so far."""

from typing import NamedTuple

from torch import Tensor
from torch.nn import functional as F

from seqmodels.nn.decoders import AdaptiveScores, AttentiveDecoder, Decoder
from seqmodels.nn.heads.cross_entropy import cross_entropy
from seqmodels.types import BOS, EOS, Encoded, Padded


class Shifted(NamedTuple):
    """A target as a decoder meets it: what it reads, and what it should write a step later. Both (B, U + 1)."""

    inputs: Padded
    outputs: Padded


def shift(targets: Padded) -> Shifted:
    """The beginning before a target, and the end behind it.

    Args:
        targets: (B, U) ids without either.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> shifted = shift(Padded(torch.tensor([[7, 8]]), torch.tensor([2])))
        >>> shifted.inputs.data.tolist(), shifted.outputs.data.tolist()
        ([[2, 7, 8]], [[7, 8, 3]])
    """
    data, lengths = targets.zeroed().data, targets.lengths + 1
    inputs = F.pad(data, (1, 0), value=BOS)  # (B, U + 1)
    outputs = F.pad(data, (0, 1)).scatter(1, targets.lengths[:, None], EOS)  # (B, U + 1)
    return Shifted(Padded(inputs, lengths), Padded(outputs, lengths))


def forced_loss(
    decoder: Decoder, source: Encoded, targets: Padded, label_smoothing: float = 0.0, step: int = 0
) -> Tensor:
    """The mean of -log p(token | source, the target's tokens before it) over all tokens and ends, in nats.

    Args:
        decoder: in training mode its noise acts.
        source: what it reads from.
        targets: (B, U) ids without beginning and end.
        label_smoothing: share of a target's probability spread over all ids.
        step: of the training, for what changes in its course.
    """
    shifted = shift(targets)
    if isinstance(decoder, AttentiveDecoder):
        return decoder.loss(shifted.inputs, shifted.outputs, source, label_smoothing, step)
    scores = decoder(shifted.inputs.data, source)  # (B, U + 1, C)
    return cross_entropy(Padded(scores, shifted.outputs.lengths), shifted.outputs, label_smoothing)


def forced_steps(targets: Padded) -> Tensor:
    """How many steps ``forced_loss`` is the mean over, a scalar: the end of a sequence is written too."""
    return (targets.lengths + 1).sum()


def perplexity(split: str, loss: Tensor) -> dict[str, Tensor]:
    """What the mean of -log p(token) comes to as a number of tokens that are equally likely."""
    return {"perplexity": loss.exp()}


def check_forcing(decoder: Decoder, label_smoothing: float) -> None:
    """Refuse a smoothing that a decoder's scores cannot do, before any data is read.

    Raises:
        ValueError: they are adaptive.
    """
    if label_smoothing and isinstance(decoder, AttentiveDecoder) and isinstance(decoder.scores, AdaptiveScores):
        decoder.scores.refuse(label_smoothing)
