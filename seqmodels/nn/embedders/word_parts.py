"""Vectors for what a word shows besides itself."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from seqmodels.nn.embedders.base import Embedder
from seqmodels.types import Padded, Positive, Size

WHOLE = ("words", "characters")  # parts that have embedders of their own


def part_columns(input_size: int, part: str, embedder: str) -> slice:
    """Where a part's ids stand.

    Raises:
        ValueError: the inputs have no such part.
    """
    parts = input_size.parts if isinstance(input_size, Size) else {}
    if part not in parts:
        raise ValueError(
            f"{embedder} reads {part!r}, and the inputs have {', '.join(parts) or 'one column alone'}: "
            "set fields.inputs._target_=seqmodels.text.Words, and have it make them"
        )
    assert isinstance(input_size, Size)
    return input_size.columns(part)


class WordPartsEmbedder(Embedder):
    """A learnt vector for each prefix, each suffix and the shape of a word, side by side.

    Args:
        input_size: a size with parts, as words have it.
        embedding_size: width of each of the vectors.
        parts: which to take; all but the word itself and its letters if not given.

    Raises:
        ValueError: the inputs lack one of them, or one is the word itself or its letters.

    Example:
        >>> from seqmodels.nn.embedders import WordPartsEmbedder
        >>> size = Size(9, parts={"words": Size(9), "suffix1": Size(5), "shape": Size(4)})
        >>> WordPartsEmbedder(size, 24).output_size
        48
    """

    offsets: Tensor

    def __init__(self, input_size: int, embedding_size: Positive = 24, parts: Sequence[str] | None = None):
        there = input_size.parts if isinstance(input_size, Size) else {}
        names = [name for name in there if name not in WHOLE] if parts is None else list(parts)
        if whole := [name for name in names if name in WHOLE]:
            raise ValueError(
                f"parts: {', '.join(whole)} found, wanted prefixes, suffixes or shape: they have embedders"
            )
        columns = [part_columns(input_size, name, type(self).__name__).start for name in names or ["prefix1"]]
        sizes = [int(there[name]) for name in names]
        super().__init__(embedding_size * len(names))
        self.columns = columns
        self.table = nn.Embedding(sum(sizes), embedding_size)  # one table for all: one look-up
        nn.init.normal_(self.table.weight, std=embedding_size**-0.5)
        # Made of numbers again where a checkpoint is loaded, so it must be part of what is stored.
        self.register_buffer("offsets", torch.tensor([sum(sizes[:i]) for i in range(len(sizes))]))  # (P,)

    def forward(self, inputs: Padded) -> Padded:
        ids = inputs.zeroed().data[..., self.columns] + self.offsets  # (B, T, P)
        return Padded(self.table(ids).flatten(2), inputs.lengths).zeroed()  # (B, T, P · E)
