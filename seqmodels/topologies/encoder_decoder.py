"""Many-to-many, own length: a sequence for a sequence."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from torch import Tensor
from torch.nn import functional as F
from torchmetrics import Metric

from seqmodels.decode import greedy
from seqmodels.learning import Learning
from seqmodels.nn.decoders import Decoder
from seqmodels.nn.embedders import Embedder
from seqmodels.nn.encoders import Encoder
from seqmodels.nn.heads.cross_entropy import cross_entropy
from seqmodels.topologies.base import Evaluated, Topology
from seqmodels.types import BOS, EOS, Batch, Encoded, Padded, Positive, Probability, Sizes


class Shifted(NamedTuple):
    """A target as a decoder meets it: what it reads, and what it should write a step later. Both (B, U + 1)."""

    inputs: Padded
    outputs: Padded


class EncoderDecoder(Topology):
    """Reads a sequence and writes another one: translation, pronunciation, dates.

    inputs (B, T) → embedder (B, T, D) → encoder (B, T, H) → decoder (B, U, C)

    Training is teacher-forced; validation and test measure the teacher-forced loss, and the metrics on what greedy
    search writes by itself.

    Args:
        embedder: makes the embedder of the inputs, called with sizes.inputs.
        encoder: makes the encoder, called with the embedder's width.
        decoder: makes the decoder, called with (the encoder's width, sizes.targets).
        sizes: input and target ids that there are.
        metrics: by name.
        learning: optimiser and schedule.
        max_length: tokens to write at most.
        label_smoothing: share of a target's probability spread over all ids in the training loss.

    Example:
        >>> from seqmodels import Sizes
        >>> from seqmodels.nn.decoders import RecurrentDecoder
        >>> from seqmodels.nn.embedders import TokenEmbedder
        >>> from seqmodels.nn.encoders import RecurrentEncoder
        >>> model = EncoderDecoder(TokenEmbedder, RecurrentEncoder, RecurrentDecoder, Sizes(100, 90))
    """

    def __init__(
        self,
        embedder: Callable[[int], Embedder],
        encoder: Callable[[int], Encoder],
        decoder: Callable[[int, int], Decoder],
        sizes: Sizes,
        metrics: Mapping[str, Metric] | None = None,
        learning: Learning | None = None,
        max_length: Positive = 100,
        label_smoothing: Probability = 0.0,
    ):
        super().__init__(metrics, learning)
        self.embedder = embedder(sizes.inputs)
        self.encoder = encoder(self.embedder.output_size)
        self.decoder = decoder(self.encoder.output_size, sizes.targets)
        self.max_length = max_length
        self.label_smoothing = label_smoothing

    def encode(self, inputs: Padded) -> Encoded:
        """What the decoder reads."""
        return self.encoder(self.embedder(inputs))

    def forward(self, inputs: Padded) -> Padded:
        return greedy(self.decoder, self.encode(inputs), self.max_length)  # (B, U)

    def loss(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return self._forced_loss(self.encode(batch.inputs), batch.targets, self.label_smoothing)

    def steps(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return (batch.targets.lengths + 1).sum()  # the end of a sequence is written too

    def evaluate(self, batch: Batch) -> Evaluated:
        assert batch.targets is not None
        source = self.encode(batch.inputs)
        predictions = greedy(self.decoder, source, self.max_length)
        return Evaluated(self._forced_loss(source, batch.targets, 0.0), self.steps(batch), predictions)

    def _forced_loss(self, source: Encoded, targets: Padded, label_smoothing: float) -> Tensor:
        shifted = shift(targets)
        scores = self.decoder(shifted.inputs.data, source)  # (B, U + 1, C)
        return cross_entropy(Padded(scores, shifted.outputs.lengths), shifted.outputs, label_smoothing)


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
