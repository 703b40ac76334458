"""Many-to-one: one label or value for a sequence."""

from collections.abc import Callable, Mapping

from torchmetrics import Metric

from seqmodels.learning import Learning
from seqmodels.nn.embedders import Embedder
from seqmodels.nn.encoders import Encoder
from seqmodels.nn.heads import CategoricalHead, Head
from seqmodels.nn.pool import Pool
from seqmodels.nn.wide import Wide
from seqmodels.topologies.answerer import Answerer
from seqmodels.types import Padded, Sizes


class ManyToOne(Answerer):
    """Reads a sequence and writes one label, or a few numbers: sentiment, question type, language, a sum.

    inputs (B, T) → embedder (B, T, D) → encoder (B, T, H) → pool (B, H) → head (B, 1, C)

    A wide part answers beside all that, from which n-grams stand there in whatever order (wide and deep, Cheng et al.
    2016); how the two are joined is the wide part's.

    Args:
        embedder: makes the embedder, called with sizes.inputs.
        encoder: makes the encoder, called with the embedder's width.
        pool: makes the pool, which makes one vector of what was read; called with the encoder's width.
        head: makes the head, called with (the pool's width, sizes.targets).
        sizes: input ids, and labels or numbers that there are.
        metrics: by name.
        learning: optimiser and schedule.
        wide: makes the wide part, called with (sizes.inputs, sizes.targets); none if not given. An
            ``NGramLinear`` is to be fitted before training begins.

    Raises:
        ValueError: a wide part beside a head that does not score each label by one number.

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
        wide: Callable[[int, int], Wide] | None = None,
    ):
        super().__init__(metrics, learning)
        self.embedder = embedder(sizes.inputs)
        self.encoder = encoder(self.embedder.output_size)
        self.pool = pool(self.encoder.output_size)
        self.head = head(self.pool.output_size, sizes.targets)
        self.wide = wide(sizes.inputs, sizes.targets) if wide else None
        if self.wide and not isinstance(self.head, CategoricalHead):
            raise ValueError(f"wide: {type(self.head).__name__} found for a head, wanted model/head=categorical")

    def scores(self, inputs: Padded) -> Padded:
        """(B, 1, C) for inputs (B, T)."""
        pooled = self.pool(self.encoder(self.embedder(inputs)))  # (B, H)
        scores = self.head(Padded(pooled[:, None], inputs.lengths.new_ones(len(pooled))))
        if self.wide is None:
            return scores
        return scores._replace(data=self.wide.beside(scores.data[:, 0], inputs)[:, None])
