"""Several embedders side by side."""

from collections.abc import Callable, Mapping

import torch
from torch import nn

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.embedders.base import Embedder
from seqmodels.types import Padded, Probability


class JoinedEmbedder(Embedder):
    """x = [x₁; x₂; ...]: what several embedders make of the same inputs, joined.

    Args:
        input_size: what each of them is called with.
        embedders: by name, each makes an embedder.
        dropout: share of the joined numbers set to zero in training.

    Raises:
        ValueError: there is none.

    Example:
        >>> from functools import partial
        >>> from seqmodels.nn.embedders import JoinedEmbedder, OneHotEmbedder, TokenEmbedder
        >>> parts = {"words": partial(TokenEmbedder, embedding_size=4), "one_hot": OneHotEmbedder}
        >>> JoinedEmbedder(10, parts).output_size
        14
    """

    def __init__(
        self,
        input_size: int,
        embedders: Mapping[str, Callable[[int], Embedder]],
        dropout: Probability = 0.0,
    ):
        made = {name: embedder(input_size) for name, embedder in embedders.items()}
        if not made:
            raise ValueError("embedders={} found, wanted at least one")
        super().__init__(sum(embedder.output_size for embedder in made.values()))
        self.embedders = nn.ModuleDict(made)
        self.dropout = Dropout(dropout)

    def forward(self, inputs: Padded) -> Padded:
        made = [embedder(inputs) for embedder in self.embedders.values()]
        vectors = torch.cat([part.data for part in made], dim=-1)  # (B, T, D)
        return Padded(self.dropout(vectors), made[0].lengths)
