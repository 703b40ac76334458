"""Words by a convolution over their letters."""

import torch
from torch.nn import functional as F

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.embedders.base import Embedder
from seqmodels.nn.embedders.characters import Letters
from seqmodels.nn.linear import Linear
from seqmodels.types import Padded, Positive, Probability


class CharacterCnn(Embedder):
    """x = max_t (W [e_{t-k}, ..., e_{t+k}] + b) over the letters t of a word.

    After dos Santos & Zadrozny 2014, section 2.1.2, and Ma & Hovy 2016, section 2.1.

    Args:
        input_size: a size with the part ``characters``, as words have it.
        filters: width D of a word's vector.
        embedding_size: width of a letter's vector.
        width: letters that a filter sees, an odd number.
        dropout: share of the letters' numbers set to zero in training.

    Raises:
        ValueError: the inputs have no letters, or the width is even.

    Example:
        >>> from seqmodels.nn.embedders import CharacterCnn
        >>> from seqmodels.types import Size
        >>> CharacterCnn(Size(9, parts={"words": Size(9), "characters": Size(5)}), filters=50).output_size
        50
    """

    def __init__(
        self,
        input_size: int,
        filters: Positive = 50,
        embedding_size: Positive = 30,
        width: Positive = 3,
        dropout: Probability = 0.0,
    ):
        if width % 2 == 0:
            raise ValueError(f"width={width} found, wanted an odd number of letters")
        super().__init__(filters)
        self.letters = Letters(input_size, embedding_size, type(self).__name__)
        self.dropout = Dropout(dropout)
        self.reach = width // 2
        # A product instead of a convolution, whose numbers depend on how many threads there are.
        self.filters = Linear(width * embedding_size, filters)

    def forward(self, inputs: Padded) -> Padded:
        spelt = self.letters.spell(inputs)
        vectors = self.dropout(self.letters(spelt.letters).data)  # (N, W, E)
        padded = F.pad(vectors, (0, 0, self.reach, self.reach))  # (N, W + 2k, E)
        steps = vectors.shape[1]
        windows = torch.cat([padded[:, i : i + steps] for i in range(2 * self.reach + 1)], dim=-1)  # (N, W, (2k + 1) E)
        found = self.filters(windows).masked_fill(~spelt.letters.mask[..., None], float("-inf"))  # (N, W, D)
        return spelt.put_back(found.amax(dim=1), inputs.lengths)  # (B, T, D)
