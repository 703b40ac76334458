"""Many-to-many, own length: a sequence for a sequence."""

from collections.abc import Callable, Mapping
from typing import Any

from torch import nn
from torchmetrics import Metric

from seqmodels.decode import Search
from seqmodels.learning import Learning
from seqmodels.nn.decoders import AttentiveDecoder, Decoder
from seqmodels.nn.embedders import Embedder, TokenEmbedder
from seqmodels.nn.encoders import Encoder
from seqmodels.topologies.teacher_forcing import check_forcing
from seqmodels.topologies.writer import Writer
from seqmodels.types import Encoded, Padded, Probability, Sizes


class EncoderDecoder(Writer):
    """Reads a sequence and writes another one: translation, pronunciation, dates.

    inputs (B, T) → embedder (B, T, D) → encoder (B, T, H) → decoder (B, U, C)

    Args:
        embedder: makes the embedder of the inputs, called with sizes.inputs.
        encoder: makes the encoder, called with the embedder's width.
        decoder: makes the decoder, called with (the encoder's width, sizes.targets).
        sizes: input and target ids that there are.
        metrics: by name.
        learning: optimiser and schedule.
        search: how to look for what to write; greedily if not given.
        label_smoothing: share of a target's probability spread over all ids in the training loss.

    Raises:
        ValueError: what is to be tied does not fit, or the decoder's scores cannot be smoothed.

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
        search: Search | None = None,
        label_smoothing: Probability = 0.0,
    ):
        super().__init__(metrics, learning, search, label_smoothing)
        self.embedder = embedder(sizes.inputs)
        self.encoder = encoder(self.embedder.output_size)
        self.decoder = decoder(self.encoder.output_size, sizes.targets)
        check_forcing(self.decoder, label_smoothing)
        if isinstance(self.decoder, AttentiveDecoder) and self.decoder.options.tied == "source_and_target":
            _share_table(self)
            self.register_load_state_dict_post_hook(_share_table)  # loading may have put two tensors in the one's place

    def encode(self, inputs: Padded) -> Encoded:
        """What the decoder reads."""
        return self.encoder(self.embedder(inputs))


def _share_table(model: nn.Module, loaded: Any = None) -> None:
    """Let the source be read with the target's embeddings."""
    assert isinstance(model, EncoderDecoder)
    assert isinstance(model.decoder, AttentiveDecoder)
    mine, theirs = model.embedder, model.decoder.table
    if not isinstance(mine, TokenEmbedder) or mine.frozen:
        raise ValueError(
            f"tied=source_and_target: {type(mine).__name__} found, wanted model/embedder=tokens with frozen=false"
        )
    found = [tuple(table.weight.shape) for table in (mine.table, theirs)]
    if found[0] != found[1]:
        raise ValueError(
            f"tied=source_and_target: embeddings of {found[0]} and {found[1]} found, wanted one vocabulary for "
            "both sides and one embedding_size; or tied=target"
        )
    mine.table.weight = theirs.weight
