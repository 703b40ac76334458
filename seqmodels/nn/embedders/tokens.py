"""A learnt vector for every token."""

import torch
from torch import Tensor, nn

from seqmodels.nn.dropout import Dropout, dropout
from seqmodels.nn.embedders.base import Embedder
from seqmodels.types import UNK, Padded, Positive, PositiveFloat, Probability


class TokenEmbedder(Embedder):
    """Look up a learnt vector for every token id; of inputs in several columns, that of the first.

    Args:
        input_size: number of token ids C.
        embedding_size: width D of a vector.
        dropout: share of the numbers set to zero in training.
        word_dropout: share of the tokens that training reads as ``<unk>``, so that its vector is learnt too
            (Bowman et al. 2016, section 3.1).
        deviation: of the normal distribution that the first vectors are drawn from; 1 as torch has it.
        frozen: whether pretrained vectors stay as they are; those that the file lacks are learnt in any case.
        embedding_dropout: share of all tokens whose vector is zero for a training batch, wherever they stand in it, the
            others' larger by as much (Gal & Ghahramani 2016, section 4.2; Merity et al. 2018, section 4.3).

    Example:
        >>> from seqmodels.nn.embedders import TokenEmbedder
        >>> from seqmodels import Padded
        >>> TokenEmbedder(10, 4)(Padded(torch.tensor([[4, 5]]), torch.tensor([2]))).data.shape
        torch.Size([1, 2, 4])
    """

    pretrained: Tensor
    fixed: Tensor

    def __init__(
        self,
        input_size: Positive,
        embedding_size: Positive = 128,
        dropout: Probability = 0.0,
        word_dropout: Probability = 0.0,
        deviation: PositiveFloat = 1.0,
        frozen: bool = False,
        embedding_dropout: Probability = 0.0,
    ):
        super().__init__(embedding_size)
        self.table = nn.Embedding(input_size, embedding_size)
        self.deviation = deviation
        if deviation != 1:
            nn.init.normal_(self.table.weight, std=deviation)
        self.frozen = frozen
        if frozen:  # beside the table, where no optimiser and no weight decay finds them
            self.register_buffer("pretrained", torch.zeros(input_size, embedding_size))
            self.register_buffer("fixed", torch.zeros(input_size, dtype=torch.bool))
        self.dropout = Dropout(dropout)
        self.word_dropout = word_dropout
        self.embedding_dropout = embedding_dropout

    def begin_tied(self) -> None:
        """First vectors from [-0.1, 0.1), unless a deviation was set: as those of scores they would be too large."""
        if self.deviation == 1:
            nn.init.uniform_(self.table.weight, -0.1, 0.1)

    def load_vectors(self, table: Tensor, found: Tensor) -> None:
        """Take pretrained vectors for the ids for which there is one.

        Args:
            table: (C, D).
            found: (C,) bool, which rows to take.

        Raises:
            ValueError: the vectors' width is not D.
        """
        if table.shape != self.table.weight.shape:
            raise ValueError(
                f"pretrained vectors are {tuple(table.shape)}, the embedder's {tuple(self.table.weight.shape)}: "
                f"wanted embedding_size={table.shape[1]}"
            )
        with torch.no_grad():
            self.table.weight[found] = table[found].to(self.table.weight)
            if self.frozen:
                self.pretrained.copy_(table)
                self.fixed.copy_(found)

    def forward(self, inputs: Padded) -> Padded:
        ids = inputs.zeroed().data  # so that nothing past an end is looked up
        ids = ids if ids.dim() == 2 else ids[..., 0]  # (B, T)
        if self.training and self.word_dropout:
            ids = ids.masked_fill(torch.rand(ids.shape, device=ids.device) < self.word_dropout, UNK)
        vectors = self.table(ids)  # (B, T, D)
        if self.frozen:
            vectors = torch.where(self.fixed[ids][..., None], self.pretrained[ids].to(vectors), vectors)
        if self.training and self.embedding_dropout:
            kept = dropout(vectors.new_ones(len(self.table.weight)), self.embedding_dropout)  # (C,)
            vectors = vectors * kept[ids][..., None]
        vectors = self.dropout(vectors)
        return Padded(vectors, inputs.lengths).zeroed()
