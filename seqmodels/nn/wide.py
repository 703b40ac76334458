"""A linear part over n-grams, beside a model that reads in order."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.types import BOS, EOS, Padded, Positive, PositiveFloat, Probability

NONE = 0  # the bucket of no n-gram, whose scores stay zero
MIX = 0x9E3779B97F4A7C15 - 2**64  # 2⁶⁴ over the golden ratio, as int64 has it: spreads neighbouring numbers (Knuth 6.4)


class NGramLinear(nn.Module):
    """Scores by which n-grams stand in a sequence, in whatever order: the wide part of Cheng et al. 2016.

        s = (α / √N) Σ_g W[hash(g)]

    over all N n-grams g of the ids between a mark of the beginning and one of the end. The rows of W begin as zeros, so
    that a model begins as if it had no such part; n-grams of one hash share a row (Weinberger et al. 2009).

    Args:
        input_size: how many ids there are; of several columns the first is read.
        output_size: C, labels.
        ngrams: the least and the greatest length.
        buckets: rows of W.
        scale: α, how much faster than other weights these act.
        dropout: share of the n-grams that training does not see.

    Raises:
        ValueError: no such lengths, or too few rows.

    Example:
        >>> from seqmodels.nn.wide import NGramLinear
        >>> wide = NGramLinear(100, 2, ngrams=[1, 2], buckets=1000)
        >>> wide(Padded(torch.tensor([[5, 6], [7, 0]]), torch.tensor([2, 1]))).tolist()
        [[0.0, 0.0], [0.0, 0.0]]
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        ngrams: Sequence[Positive] = (1, 2),
        buckets: Positive = 2**18,
        scale: PositiveFloat = 10.0,
        dropout: Probability = 0.0,
    ):
        super().__init__()
        lengths = list(ngrams)
        if len(lengths) != 2 or not 1 <= lengths[0] <= lengths[1]:
            raise ValueError(f"ngrams={lengths} found, wanted the least and the greatest length, such as [1, 2]")
        if buckets < 2:
            raise ValueError(f"buckets={buckets} found, wanted 2 at least: one is that of no n-gram")
        self.lengths = range(lengths[0], lengths[1] + 1)
        self.buckets = buckets
        self.scale = scale
        self.dropout = dropout
        self.weight = nn.Parameter(torch.zeros(buckets, int(output_size)))

    def forward(self, inputs: Padded) -> Tensor:
        """(B, C) for ids (B, T), or (B, T, K) in columns.

        Raises:
            ValueError: what is read are numbers.
        """
        found = self.hashed(inputs)  # (B, N)
        if self.training and self.dropout:
            found = found.masked_fill(torch.rand(found.shape, device=found.device) < self.dropout, NONE)
        count = (found != NONE).sum(dim=1, keepdim=True).clamp(min=1)  # (B, 1)
        return F.embedding_bag(found, self.weight, mode="sum", padding_idx=NONE) * self.scale / count.sqrt()

    def hashed(self, inputs: Padded) -> Tensor:
        """The bucket of every n-gram (B, N), ``NONE`` behind the end of a shorter sequence."""
        ids, lengths = inputs.data, inputs.lengths
        if ids.is_floating_point():
            raise ValueError("NGramLinear counts ids, and what is read are numbers: leave model.wide out")
        ids = ids[..., 0] if ids.dim() == 3 else ids
        marked = F.pad(ids, (1, 1))  # (B, T + 2)
        marked[:, 0] = BOS
        marked.scatter_(1, lengths[:, None] + 1, EOS)
        return torch.cat([self._hashed(marked, lengths + 2, length) for length in self.lengths], dim=1)

    def _hashed(self, ids: Tensor, lengths: Tensor, length: int) -> Tensor:
        """The buckets of the n-grams of one length; ids that are too few have none."""
        if ids.shape[1] < length:
            return ids[:, :0]
        windows = ids.unfold(1, length, 1)  # (B, M, n)
        key = torch.full_like(windows[..., 0], length) * MIX  # (B, M), no small number that an id could undo
        for place in range(length):
            key = (key ^ windows[..., place]) * MIX  # modulo 2⁶⁴
            key = key ^ (key >> 29)
        begins = torch.arange(windows.shape[1], device=ids.device)
        inside = begins + length <= lengths[:, None]  # (B, M)
        return (key % (self.buckets - 1) + 1).masked_fill(~inside, NONE)
