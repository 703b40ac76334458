"""One-to-many: a sequence for a picture, a class or a row of numbers."""

from collections.abc import Callable, Mapping

from torchmetrics import Metric

from seqmodels.decode import Search
from seqmodels.learning import Learning
from seqmodels.nn.decoders import AttentiveDecoder, Decoder
from seqmodels.nn.embedders import Embedder
from seqmodels.topologies.teacher_forcing import check_forcing
from seqmodels.topologies.writer import Writer
from seqmodels.types import Encoded, Padded, Probability, Sizes


class OneToMany(Writer):
    """Reads one thing and writes a sequence: captions, names of a language, whatever a row of numbers stands for.

    inputs → embedder (B, S, D) → decoder (B, U, C)

    A class or a row of numbers is a memory of one step, so that attention has it to read at every step of the target; a
    picture is a memory of its regions, or of one vector. What the decoder begins with is the mean of the steps,
    s = (1/S) Σ x_t (Xu et al. 2015, section 3.1.2).

    Args:
        embedder: makes the embedder of the inputs, called with sizes.inputs.
        decoder: makes the decoder, called with (the embedder's width, sizes.targets).
        sizes: what is read, and target ids that there are.
        metrics: by name.
        learning: optimiser and schedule.
        search: how to look for what to write; greedily if not given.
        label_smoothing: share of a target's probability spread over all ids in the training loss.

    Raises:
        ValueError: embeddings are to be shared with the source, or the decoder's scores cannot be smoothed.

    Example:
        >>> from seqmodels import Sizes
        >>> from seqmodels.nn.decoders import RecurrentDecoder
        >>> from seqmodels.nn.embedders import TokenEmbedder
        >>> from seqmodels.topologies import OneToMany
        >>> model = OneToMany(TokenEmbedder, RecurrentDecoder, Sizes(18, 90))
    """

    def __init__(
        self,
        embedder: Callable[[int], Embedder],
        decoder: Callable[[int, int], Decoder],
        sizes: Sizes,
        metrics: Mapping[str, Metric] | None = None,
        learning: Learning | None = None,
        search: Search | None = None,
        label_smoothing: Probability = 0.0,
    ):
        super().__init__(metrics, learning, search, label_smoothing)
        self.embedder = embedder(sizes.inputs)
        self.decoder = decoder(self.embedder.output_size, sizes.targets)
        check_forcing(self.decoder, label_smoothing)
        if isinstance(self.decoder, AttentiveDecoder) and self.decoder.options.tied == "source_and_target":
            raise ValueError(
                "tied=source_and_target found, but what is read is no text in the target's words: tied=target"
            )

    def encode(self, inputs: Padded) -> Encoded:
        read = self.embedder(inputs)  # (B, S, D)
        mean = read.data.sum(dim=1) / read.lengths[:, None]  # (B, D); past the ends are zeros
        return Encoded(read, (mean[None],))
