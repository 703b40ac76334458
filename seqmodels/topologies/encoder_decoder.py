"""Many-to-many, own length: a sequence for a sequence."""

from collections.abc import Callable, Mapping

from torch import Tensor
from torchmetrics import Metric

from seqmodels.decode import greedy
from seqmodels.learning import Learning
from seqmodels.nn.decoders import Decoder
from seqmodels.nn.embedders import Embedder
from seqmodels.nn.encoders import Encoder
from seqmodels.topologies.base import Evaluated, Topology
from seqmodels.topologies.teacher_forcing import forced_loss, forced_steps
from seqmodels.types import Batch, Encoded, Padded, Positive, Probability, Sizes


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
        source = self.encode(batch.inputs)
        return forced_loss(self.decoder, source, batch.targets, self.label_smoothing, self.global_step)

    def steps(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return forced_steps(batch.targets)

    def evaluate(self, batch: Batch) -> Evaluated:
        assert batch.targets is not None
        source = self.encode(batch.inputs)
        predictions = greedy(self.decoder, source, self.max_length)
        return Evaluated(forced_loss(self.decoder, source, batch.targets), self.steps(batch), predictions)
