"""One-to-one: one label or value for one vector."""

from collections.abc import Callable, Mapping

from torchmetrics import Metric

from seqmodels.learning import Learning
from seqmodels.nn.embedders import Embedder
from seqmodels.nn.encoders import Encoder
from seqmodels.nn.heads import Head
from seqmodels.topologies.answerer import Answerer
from seqmodels.types import Padded, Sizes


class OneToOne(Answerer):
    """Reads one thing and writes one label, or a few numbers: what is drawn here, what a row of a table stands for.

    inputs (B, 1, D) → embedder (B, 1, D) → encoder (B, 1, H) → head (B, 1, C)

    There is no order to be read, so that this is the floor of the other topologies: what is left of them when all that
    they read is a single step. Dense layers (``MlpEncoder`` of length 1) are the usual encoder; a recurrent one makes
    its first step from zeros, which is a layer with gates.

    Args:
        embedder: makes the embedder, called with sizes.inputs.
        encoder: makes the encoder, called with the embedder's width.
        head: makes the head, called with (the encoder's width, sizes.targets).
        sizes: what is read, and labels or numbers that there are.
        metrics: by name.
        learning: optimiser and schedule.

    Raises:
        ValueError: (of a batch) the embedder makes several steps of an input.

    Example:
        >>> from functools import partial
        >>> from seqmodels import Sizes
        >>> from seqmodels.nn.embedders import FeatureEmbedder
        >>> from seqmodels.nn.encoders import MlpEncoder
        >>> from seqmodels.nn.heads import CategoricalHead
        >>> model = OneToOne(FeatureEmbedder, partial(MlpEncoder, length=1), CategoricalHead, Sizes(64, 10))
    """

    def __init__(
        self,
        embedder: Callable[[int], Embedder],
        encoder: Callable[[int], Encoder],
        head: Callable[[int, int], Head],
        sizes: Sizes,
        metrics: Mapping[str, Metric] | None = None,
        learning: Learning | None = None,
    ):
        super().__init__(metrics, learning)
        self.embedder = embedder(sizes.inputs)
        self.encoder = encoder(self.embedder.output_size)
        self.head = head(self.encoder.output_size, sizes.targets)

    def scores(self, inputs: Padded) -> Padded:
        """(B, 1, C) for inputs of one step."""
        embedded = self.embedder(inputs)  # (B, 1, D)
        steps = embedded.data.shape[1]
        if steps != 1:
            raise ValueError(
                f"{steps} steps found in an input, and OneToOne reads one: read a sequence by ManyToOne, and a picture "
                "as one vector (model.embedder.regions=false)"
            )
        return self.head(self.encoder(embedded).outputs)
