"""Inputs of several kinds, each by an embedder of its own."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.embedders.base import Embedder, Restepped, steps_of
from seqmodels.types import Padded, Probability, Size


class PartsEmbedder(Embedder, Restepped):
    """x_t = [x¹; x²; ...; xᴺ_t]: the parts that ``seqmodels.text.JointInputs`` puts one behind the other.

    Each part but the last is a single step, and joined to every step that the last one has: a language to every region
    of a picture.

    Args:
        input_size: a size with parts, as joint inputs have it.
        embedders: for every part, by its name, what makes an embedder when called with the part's size.
        dropout: share of the joined numbers set to zero in training.

    Raises:
        ValueError: these are not the parts that the inputs have.

    Example:
        >>> from functools import partial
        >>> from seqmodels.nn.embedders import FeatureEmbedder, PartsEmbedder, TokenEmbedder
        >>> parts = {"language": partial(TokenEmbedder, embedding_size=4), "frames": FeatureEmbedder}
        >>> size = Size(8, parts={"language": Size(3), "frames": Size(8)})
        >>> PartsEmbedder(size, parts).output_size
        132
    """

    def __init__(
        self,
        input_size: int,
        embedders: Mapping[str, Callable[[int], Embedder]],
        dropout: Probability = 0.0,
    ):
        sizes = dict(input_size.parts) if isinstance(input_size, Size) else {}
        if set(sizes) != set(embedders) or not sizes:
            raise ValueError(
                f"embedders={', '.join(embedders)} found, and the inputs have {', '.join(sizes) or 'one part alone'}: "
                "wanted one for each part of seqmodels.text.JointInputs"
            )
        made = {name: embedders[name](size) for name, size in sizes.items()}
        super().__init__(sum(embedder.output_size for embedder in made.values()))
        self.embedders = nn.ModuleDict(made)
        self.widths = {name: 1 if made[name].reads_ids else int(size) for name, size in sizes.items()}
        self.dropout = Dropout(dropout)

    def steps(self, lengths: Tensor) -> Tensor:
        *before, last = self.embedders.values()
        return steps_of(last, lengths - len(before))

    def forward(self, inputs: Padded) -> Padded:
        made = [self._part(i, name, inputs) for i, name in enumerate(self.widths)]
        last = made[-1]
        steps = last.data.shape[1]
        vectors = torch.cat([*(part.data.expand(-1, steps, -1) for part in made[:-1]), last.data], dim=-1)  # (B, S, D)
        return Padded(self.dropout(vectors), last.lengths).zeroed()

    def _part(self, place: int, name: str, inputs: Padded) -> Padded:
        """What a part's embedder makes of it."""
        last = place == len(self.widths) - 1
        mine = inputs.data[:, place : None if last else place + 1, : self.widths[name]]  # (B, T, K)
        lengths = inputs.lengths - place if last else torch.ones_like(inputs.lengths)
        embedder = self.embedders[name]
        assert isinstance(embedder, Embedder)
        if embedder.reads_ids:
            mine = Padded(mine, lengths).zeroed().data[..., 0].long()  # (B, T)
        embedded: Padded = embedder(Padded(mine, lengths))
        return embedded
