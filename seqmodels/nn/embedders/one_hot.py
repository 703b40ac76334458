"""Ids as they are: nothing learnt."""

from torch.nn import functional as F

from seqmodels.nn.embedders.base import Embedder
from seqmodels.types import Padded, Positive


class OneHotEmbedder(Embedder):
    """A one at the token's place and zeros elsewhere; of inputs in several columns, of the first.

    Args:
        input_size: number of token ids C, and width of a vector.

    Example:
        >>> import torch
        >>> from seqmodels.nn.embedders import OneHotEmbedder
        >>> OneHotEmbedder(3)(Padded(torch.tensor([[2, 0]]), torch.tensor([1]))).data.tolist()
        [[[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]]
    """

    def __init__(self, input_size: Positive):
        super().__init__(int(input_size))

    def forward(self, inputs: Padded) -> Padded:
        ids = inputs.zeroed().data
        ids = ids if ids.dim() == 2 else ids[..., 0]  # (B, T)
        return Padded(F.one_hot(ids, self.output_size).float(), inputs.lengths).zeroed()  # (B, T, C)
