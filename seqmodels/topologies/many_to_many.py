"""Many-to-many, same length: a label at every step."""

from collections.abc import Callable, Mapping

from torchmetrics import Metric

from seqmodels.learning import Learning
from seqmodels.nn.embedders import Embedder
from seqmodels.nn.encoders import Encoder
from seqmodels.nn.heads import Head
from seqmodels.topologies.answerer import Answerer
from seqmodels.types import Padded, Sizes


class ManyToMany(Answerer):
    """Reads a sequence and writes a label for every step: tags, entities, slots.

    inputs (B, T) → embedder (B, T, D) → encoder (B, T, H) → head (B, T, C)

    Args:
        embedder: makes the embedder, called with sizes.inputs.
        encoder: makes the encoder, called with the embedder's width.
        head: makes the head, called with (the encoder's width, sizes.targets).
        sizes: input ids and labels that there are.
        metrics: by name.
        learning: optimiser and schedule.
        causal: refuse an encoder or a head that sees later steps (a model of the next step must not).

    Raises:
        ValueError: the model is causal, and the encoder or the head sees the future.

    Example:
        >>> from seqmodels import Sizes
        >>> from seqmodels.nn.embedders import TokenEmbedder
        >>> from seqmodels.nn.encoders import RecurrentEncoder
        >>> from seqmodels.nn.heads import CategoricalHead
        >>> model = ManyToMany(TokenEmbedder, RecurrentEncoder, CategoricalHead, Sizes(inputs=100, targets=5))
    """

    def __init__(
        self,
        embedder: Callable[[int], Embedder],
        encoder: Callable[[int], Encoder],
        head: Callable[[int, int], Head],
        sizes: Sizes,
        metrics: Mapping[str, Metric] | None = None,
        learning: Learning | None = None,
        causal: bool = False,
    ):
        super().__init__(metrics, learning)
        self.embedder = embedder(sizes.inputs)
        self.encoder = encoder(self.embedder.output_size)
        self.head = head(self.encoder.output_size, sizes.targets)
        if causal and self.encoder.sees_future:
            raise ValueError(
                f"causal=true, but this {type(self.encoder).__name__} sees the future: choose one that reads from the "
                "left; of recurrent ones set model.encoder.bidirectional=false"
            )
        if causal and self.head.sees_future:
            raise ValueError(
                f"causal=true, but a {type(self.head).__name__} weighs what may follow, so it sees the future: "
                "set model/head=categorical"
            )

    def scores(self, inputs: Padded) -> Padded:
        """(B, T, C) for inputs (B, T)."""
        return self.head(self.encoder(self.embedder(inputs)).outputs)
