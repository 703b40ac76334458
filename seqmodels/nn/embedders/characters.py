"""The letters of each word, as sequences of their own."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.embedders.word_parts import part_columns
from seqmodels.nn.wide.buckets import MIX
from seqmodels.types import PAD, Padded, Size


class Spelt(NamedTuple):
    """The words of a batch, each once: half of a batch's words are there already.

    Args:
        letters: (N, W) ids, W at least 1.
        which: (words of the batch,), which of the N each of them is.
        mask: (B, T), where they stand.
    """

    letters: Padded
    which: Tensor
    mask: Tensor

    def put_back(self, vectors: Tensor, lengths: Tensor) -> Padded:
        """Vectors (N, D) of the words at their places, (B, T, D)."""
        placed = vectors.new_zeros(*self.mask.shape, vectors.shape[1])  # (B, T, D)
        placed[self.mask] = F.embedding(self.which, vectors)
        return Padded(placed, lengths)


def each_once(rows: Tensor) -> tuple[Tensor, Tensor]:
    """The different rows among (N, W) ids, in any order, and which of them each is (N,).

    On a CPU torch.unique compares rows with each other, a fiftieth of a tagger's training step: here each row becomes
    one number, Σ rᵢ·mⁱ modulo 2⁶⁴, and should two rows have the same one by chance, torch's own decides.

    Example:
        >>> each_once(torch.tensor([[7, 8], [7, 8]]))[1].tolist()
        [0, 0]
    """
    if rows.device.type == "cpu":
        powers = torch.full((rows.shape[1],), MIX).cumprod(dim=0)  # (W,)
        numbers, which = torch.unique((rows * powers).sum(dim=1), return_inverse=True)
        first = torch.empty_like(numbers).scatter_(0, which, torch.arange(len(rows)))
        once = rows[first]
        if torch.equal(once[which], rows):
            return once, which
    return torch.unique(rows, dim=0, return_inverse=True)


class Letters(nn.Module):
    """A learnt vector for each letter of each word.

    Args:
        input_size: a size with the part ``characters``.
        embedding_size: width of a letter's vector.
        embedder: whose letters they are, for messages.

    Raises:
        ValueError: there is no such part.

    Example:
        >>> from seqmodels.nn.embedders.characters import Letters
        >>> letters = Letters(Size(9, parts={"words": Size(9), "characters": Size(5)}), 16, "CharacterCnn")
    """

    def __init__(self, input_size: int, embedding_size: int, embedder: str):
        super().__init__()
        self.start = part_columns(input_size, "characters", embedder).start
        assert isinstance(input_size, Size)
        self.table = nn.Embedding(input_size.parts["characters"], embedding_size, padding_idx=PAD)
        nn.init.normal_(self.table.weight, std=embedding_size**-0.5)
        with torch.no_grad():
            self.table.weight[PAD] = 0

    def spell(self, inputs: Padded) -> Spelt:
        """The words' letters as ids, for inputs (B, T, K)."""
        mask = inputs.mask  # (B, T)
        letters = inputs.data[mask][:, self.start :]  # (N, W)
        letters = letters if letters.shape[1] else letters.new_zeros(len(letters), 1)
        letters, which = each_once(letters)
        lengths = (letters != PAD).sum(dim=1)  # (N,)
        return Spelt(Padded(letters, lengths.clamp(min=1)), which, mask)  # a word without letters is one of padding

    def forward(self, letters: Padded) -> Padded:
        """Their vectors (N, W, E)."""
        return Padded(self.table(letters.data), letters.lengths).zeroed()
