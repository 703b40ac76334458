"""Several embedders side by side."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.embedders.base import Embedder, Restepped, steps_of
from seqmodels.types import Padded, Probability


class JoinedEmbedder(Embedder, Restepped):
    """x = [x₁; x₂; ...]: what several embedders make of the same inputs, joined.

    Args:
        input_size: what each of them is called with.
        embedders: by name, each makes an embedder.
        dropout: share of the joined numbers set to zero in training.

    Raises:
        ValueError: there is none, or some read ids and others numbers.

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
        self.reads_ids = next(iter(made.values())).reads_ids
        if other := next((name for name, part in made.items() if part.reads_ids != self.reads_ids), None):
            kinds = ("ids", "numbers") if self.reads_ids else ("numbers", "ids")
            raise ValueError(f"embedders: {next(iter(made))} reads {kinds[0]} and {other} {kinds[1]}; take one of them")
        self.embedders = nn.ModuleDict(made)
        self.dropout = Dropout(dropout)

    def steps(self, lengths: Tensor) -> Tensor:
        return steps_of(next(iter(self.embedders.values())), lengths)

    def forward(self, inputs: Padded) -> Padded:
        made = [embedder(inputs) for embedder in self.embedders.values()]
        vectors = torch.cat([part.data for part in made], dim=-1)  # (B, T, D)
        return Padded(self.dropout(vectors), made[0].lengths)
