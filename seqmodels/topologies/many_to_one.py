"""Many-to-one: one label for a sequence."""

from collections.abc import Callable, Mapping

from torch import Tensor
from torchmetrics import Metric

from seqmodels.learning import Learning
from seqmodels.nn.embedders import Embedder
from seqmodels.nn.encoders import Encoder
from seqmodels.nn.heads import Head, StepHead
from seqmodels.nn.pool import Pool
from seqmodels.topologies.base import Evaluated, Topology
from seqmodels.types import Batch, Padded, Sizes


class ManyToOne(Topology):
    """Reads a sequence and writes one label: sentiment, question type, language.

    inputs (B, T) → embedder (B, T, D) → encoder (B, T, H) → pool (B, H) → head (B, 1, C)

    Args:
        embedder: makes the embedder, called with sizes.inputs.
        encoder: makes the encoder, called with the embedder's width.
        pool: makes the pool, which makes one vector of what was read; called with the encoder's width.
        head: makes the head, called with (the pool's width, sizes.targets).
        sizes: input ids and labels that there are.
        metrics: by name.
        learning: optimiser and schedule.

    Example:
        >>> from seqmodels import Sizes
        >>> from seqmodels.nn.embedders import TokenEmbedder
        >>> from seqmodels.nn.encoders import RecurrentEncoder
        >>> from seqmodels.nn.heads import CategoricalHead
        >>> from seqmodels.nn.pool import LastState
        >>> model = ManyToOne(TokenEmbedder, RecurrentEncoder, LastState, CategoricalHead, Sizes(100, 5))
    """

    def __init__(
        self,
        embedder: Callable[[int], Embedder],
        encoder: Callable[[int], Encoder],
        pool: Callable[[int], Pool],
        head: Callable[[int, int], Head],
        sizes: Sizes,
        metrics: Mapping[str, Metric] | None = None,
        learning: Learning | None = None,
    ):
        super().__init__(metrics, learning)
        self.embedder = embedder(sizes.inputs)
        self.encoder = encoder(self.embedder.output_size)
        self.pool = pool(self.encoder.output_size)
        self.head = head(self.pool.output_size, sizes.targets)

    def scores(self, inputs: Padded) -> Padded:
        """(B, 1, C) for inputs (B, T)."""
        pooled = self.pool(self.encoder(self.embedder(inputs)))  # (B, H)
        return self.head(Padded(pooled[:, None], inputs.lengths.new_ones(len(pooled))))

    def forward(self, inputs: Padded) -> Padded:
        return self.head.predict(self.scores(inputs))  # (B, 1)

    def loss(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return self.head.loss(self.scores(batch.inputs), batch.targets)

    def steps(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return batch.targets.lengths.sum()

    def evaluate(self, batch: Batch) -> Evaluated:
        assert batch.targets is not None
        scores = self.scores(batch.inputs)
        head, wanted = self.head, self.scorer("val").reads_probabilities
        said = head.log_probabilities(scores) if wanted and isinstance(head, StepHead) else None
        return Evaluated(head.loss(scores, batch.targets), self.steps(batch), head.predict(scores), said)
