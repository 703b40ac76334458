"""A linear part over n-grams, beside a model that reads in order."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.types import BOS, EOS, Padded, Positive, PositiveFloat, Probability, pad

NONE = 0  # the bucket of no n-gram, whose scores stay zero
STEPS = 2000  # of the regression, at most
AT_ONCE = 512  # examples that are counted together: padded to the longest of all, many would take much room
MIX = 0x9E3779B97F4A7C15 - 2**64  # 2⁶⁴ over the golden ratio, as int64 has it: spreads neighbouring numbers (Knuth 6.4)


class NGramLinear(nn.Module):
    """How probable each label is by which n-grams stand in a sequence, in whatever order: log σ(s).

        s_c = (1 / √N) Σ_g w_cg + b_c,  w_cg = v_cg · r_cg,  r_c = log((p_c / ‖p_c‖₁) / (q_c / ‖q_c‖₁))

    over the N different n-grams g of the ids between a mark of the beginning and one of the end. r says how much more
    of them texts of that label have (p) than all others (q); v is the logistic regression of that label against all
    others (Wang & Manning 2012). Its best is known, so that ``fit`` solves for it at once; training changes nothing of
    it. Until then all labels are as probable. N-grams of one hash share a weight (Weinberger et al. 2009).

    Args:
        input_size: how many ids there are; of several columns the first is read.
        output_size: C, labels.
        ngrams: the least and the greatest length.
        buckets: rows of weights.
        share: how much it counts, from 0 to 1, against what answers beside it.
        strength: of the regression, how much training labels count against small weights.
        balanced: whether a label counts as much as all others together, however often it occurs.

    Raises:
        ValueError: no such lengths, or too few rows.

    Example:
        >>> from seqmodels.nn.wide import NGramLinear
        >>> wide = NGramLinear(100, 2, ngrams=[1, 2], buckets=1000)
        >>> wide.fit([torch.tensor([5, 6]), torch.tensor([6, 7])], torch.tensor([0, 1]))
        >>> wide(Padded(torch.tensor([[5, 6], [7, 0]]), torch.tensor([2, 1]))).argmax(dim=1).tolist()
        [0, 1]
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        ngrams: Sequence[Positive] = (1, 2),
        buckets: Positive = 2**18,
        share: Probability = 0.5,
        strength: PositiveFloat = 10.0,
        balanced: bool = False,
    ):
        super().__init__()
        lengths = list(ngrams)
        if len(lengths) != 2 or not 1 <= lengths[0] <= lengths[1]:
            raise ValueError(f"ngrams={lengths} found, wanted the least and the greatest length, such as [1, 2]")
        if buckets < 2:
            raise ValueError(f"buckets={buckets} found, wanted 2 at least: one is that of no n-gram")
        self.lengths = range(lengths[0], lengths[1] + 1)
        self.buckets = buckets
        self.share = share
        self.strength = strength
        self.balanced = balanced
        self.weight = nn.Parameter(torch.zeros(buckets, int(output_size)), requires_grad=False)  # (buckets, C)
        self.bias = nn.Parameter(torch.zeros(int(output_size)), requires_grad=False)  # (C,)

    @torch.no_grad()
    def fit(self, inputs: Sequence[Tensor], labels: Tensor) -> None:
        """Learn the weights from training examples.

        Args:
            inputs: of each its ids (T,), or (T, K) in columns.
            labels: (N,), their places among the C labels; one that no example has, or all have, is left alone.
        """
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        there, buckets = self._found(inputs)
        once = there.sign()  # (N, F), 1 where an n-gram stands
        which = labels.numpy()
        with threadpool_limits(1):  # the same weights on any number of cores
            for label in range(len(self.bias)):
                mine = which == label
                if mine.all() or not mine.any():
                    continue
                p, q = (1 + np.asarray(once[rows].sum(axis=0)).ravel() for rows in (mine, ~mine))
                ratio = np.log(p / p.sum()) - np.log(q / q.sum())  # (F,)
                weights = "balanced" if self.balanced else None
                model = LogisticRegression(C=self.strength, class_weight=weights, max_iter=STEPS)
                model.fit(there.multiply(ratio).tocsr(), mine)
                self.weight[buckets, label] = torch.from_numpy(model.coef_[0] * ratio).to(self.weight)
                self.bias[label] = float(model.intercept_[0])

    def forward(self, inputs: Padded) -> Tensor:
        """(B, C) for ids (B, T), or (B, T, K) in columns.

        Raises:
            ValueError: what is read are numbers.
        """
        found = self.different(inputs)  # (B, N)
        count = (found != NONE).sum(dim=1, keepdim=True).clamp(min=1)  # (B, 1)
        scores = F.embedding_bag(found, self.weight, mode="sum", padding_idx=NONE) / count.sqrt() + self.bias
        return F.logsigmoid(scores)

    def different(self, inputs: Padded) -> Tensor:
        """The bucket of every different n-gram (B, N), once each, ``NONE`` for every further one."""
        found = self.hashed(inputs).sort(dim=1).values  # (B, N)
        found[:, 1:] = found[:, 1:].masked_fill(found[:, 1:] == found[:, :-1], NONE)
        return found

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

    def _found(self, inputs: Sequence[Tensor]) -> tuple[Any, Tensor]:
        """1/√N wherever an n-gram stands in an example, (N, F), sparse; and the buckets (F,) of the columns."""
        from scipy.sparse import csr_matrix, vstack

        parts = []
        for start in range(0, len(inputs), AT_ONCE):
            found = self.different(pad(list(inputs[start : start + AT_ONCE]))).numpy()  # (B, N)
            rows, places = (found != NONE).nonzero()
            each = (found != NONE).sum(axis=1)  # (B,)
            parts.append(
                csr_matrix((each[rows] ** -0.5, (rows, found[rows, places])), shape=(len(found), self.buckets))
            )
        counted = vstack(parts).tocsr()
        buckets = np.unique(counted.indices)
        return counted[:, buckets], torch.from_numpy(buckets).long()
