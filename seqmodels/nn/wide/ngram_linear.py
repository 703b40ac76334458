"""A linear part over n-grams that is solved for before training."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.wide.base import Wide
from seqmodels.nn.wide.buckets import NONE, different_buckets, ngram_buckets, ngram_lengths
from seqmodels.types import Padded, Positive, PositiveFloat, Share, check_choice, pad

Weighting = Literal["naive_bayes", "tfidf"]
STEPS = 2000  # of the regression, at most
AT_ONCE = 512  # examples that are counted together: padded to the longest of all, many would take much room


class NGramLinear(Wide):
    """How probable each label is by which n-grams stand in a sequence, in whatever order: the mean of log σ(s).

        s_c = (Σ_g u_g r_cg v_cg) / √(Σ_g u_g²) + b_c

    over the different n-grams g of the ids between a mark of the beginning and one of the end, those of them that
    training has, for each weighting:

        ``naive_bayes``: u = 1 and r_c = log((p_c / ‖p_c‖₁) / (q_c / ‖q_c‖₁)), how much more of them texts of the label
            have than all others, p and q being 1 + how many have it (Wang & Manning 2012)
        ``tfidf``: u = 1 + log((1 + n) / (1 + how many of the n texts have it)) and r = 1

    v and b are the logistic regression of each label against all others. Its best is known, so that ``fit`` solves for
    it at once, and training changes nothing of it. N-grams of one hash share their numbers (Weinberger et al. 2009).

    It has a share w of the answer, p ~ p_wide^w p_deep^(1 - w), and none of what is said in training: the rest learns
    as if it were not there, since beside one that knows the training labels already it would learn little.

    Args:
        input_size: how many ids there are; of several columns the first is read.
        output_size: C, labels.
        ngrams: the least and the greatest length.
        buckets: rows of weights.
        weightings: one or both of them, each with a regression of its own.
        strength: of the regressions, how much training labels count against small weights.
        balanced: whether a label counts as much as all others together, however often it occurs.
        share: how much it counts, from 0 to 1, against what answers beside it.

    Raises:
        ValueError: no such lengths, weightings, strength or share, or too few rows.

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
        weightings: Sequence[Weighting] = ("naive_bayes", "tfidf"),
        strength: PositiveFloat = 10.0,
        balanced: bool = False,
        share: Share = 0.5,
    ):
        super().__init__()
        self.lengths = ngram_lengths(ngrams, buckets)
        if isinstance(weightings, str) or not weightings or len(set(weightings)) < len(weightings):
            raise ValueError(f"weightings={weightings!r} found, wanted a list of different ones, one at least")
        for weighting in weightings:
            check_choice("weightings", weighting, Weighting)
        if not (strength > 0 and 0 <= share <= 1):
            raise ValueError(f"strength={strength}, share={share} found, wanted one above 0 and one from 0 to 1")
        self.buckets = buckets
        self.weightings = list(weightings)
        self.strength = strength
        self.balanced = balanced
        self.share = share
        kinds = len(self.weightings)
        self.weight = _found_once(buckets, kinds, output_size)  # u r v, (buckets, K, C)
        self.bias = _found_once(kinds, output_size)  # (K, C)
        self.importance = _found_once(buckets, kinds)  # u, (buckets, K)
        self.fitted: Tensor
        self.register_buffer("fitted", torch.tensor(False))

    @torch.no_grad()
    def fit(self, inputs: Sequence[Tensor], labels: Tensor) -> None:
        """Learn from training examples.

        Args:
            inputs: of each its ids (T,), or (T, K) in columns.
            labels: (N,), their places among the C labels; one that no example has, or all have, is told by how
                frequent it is alone.

        Raises:
            ValueError: no n-gram in any of them, or a label that there is not.
        """
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        which, count = labels.numpy(), self.bias.shape[1]
        if len(which) and not 0 <= which.min() <= which.max() < count:
            raise ValueError(f"labels from {which.min()} to {which.max()} found, wanted some of 0 to {count - 1}")
        there, buckets = self._there(inputs)  # (N, F) sparse, (F,)
        if not len(buckets):
            raise ValueError(f"ngrams={[self.lengths[0], self.lengths[-1]]}: no n-gram found in what training reads")
        for table in (self.weight, self.bias, self.importance):
            table.zero_()  # of an earlier time
        self.fitted.fill_(True)
        balance = "balanced" if self.balanced else None
        with threadpool_limits(1):  # the same weights on any number of cores
            for k, weighting in enumerate(self.weightings):
                importance = _importance(weighting, there)  # (F,)
                self.importance[buckets, k] = torch.from_numpy(importance).to(self.importance)
                features = there.multiply(importance).tocsr()
                lengths = np.sqrt(np.asarray(features.multiply(features).sum(axis=1)))  # (N, 1)
                features = features.multiply(1 / np.maximum(lengths, 1e-9))
                for label in range(count):
                    mine = which == label
                    if mine.all() or not mine.any():
                        self.bias[k, label] = float(np.log((1 + mine.sum()) / (1 + (~mine).sum())))
                        continue
                    ratio = naive_bayes_ratio(there, mine) if weighting == "naive_bayes" else np.ones(there.shape[1])
                    model = LogisticRegression(C=self.strength, class_weight=balance, max_iter=STEPS)
                    model.fit(features.multiply(ratio).tocsr(), mine)
                    found = torch.from_numpy(model.coef_[0] * ratio * importance)
                    self.weight[buckets, k, label] = found.to(self.weight)
                    self.bias[k, label] = float(model.intercept_[0])

    def forward(self, inputs: Padded) -> Tensor:
        """(B, C) for ids (B, T), or (B, T, K) in columns.

        Raises:
            ValueError: it was not fitted, or what is read are numbers.
        """
        if not self.fitted:
            raise ValueError("NGramLinear was not fitted: call its fit with the training examples first")
        found = different_buckets(self.hashed(inputs))  # (B, N)
        summed = F.embedding_bag(found, self.weight.flatten(1), mode="sum", padding_idx=NONE)  # (B, K * C)
        squares = F.embedding_bag(found, self.importance**2, mode="sum", padding_idx=NONE)  # (B, K)
        scores = summed.view(len(found), *self.bias.shape) / squares.sqrt().clamp(min=1e-9)[..., None] + self.bias
        return F.logsigmoid(scores).mean(dim=1)  # (B, C)

    def beside(self, scores: Tensor, inputs: Padded) -> Tensor:
        """Its share of the answer and the rest's (B, C), or in training the rest's alone."""
        return scores if self.training else scores.lerp(self(inputs).to(scores), self.share)

    def hashed(self, inputs: Padded) -> Tensor:
        """The bucket of every n-gram (B, N)."""
        return ngram_buckets(inputs, self.lengths, self.buckets)

    def _there(self, inputs: Sequence[Tensor]) -> tuple[Any, Tensor]:
        """1 wherever an n-gram stands in an example (N, F), sparse; and the buckets (F,) of the columns."""
        from scipy.sparse import csr_matrix, vstack

        parts = []
        for start in range(0, len(inputs), AT_ONCE):
            found = different_buckets(self.hashed(pad(list(inputs[start : start + AT_ONCE])))).numpy()  # (B, N)
            rows, places = (found != NONE).nonzero()
            ones = np.ones(len(rows))
            parts.append(csr_matrix((ones, (rows, found[rows, places])), shape=(len(found), self.buckets)))
        counted = vstack(parts).tocsr()
        buckets = np.unique(counted.indices)
        return counted[:, buckets], torch.from_numpy(buckets).long()


def _found_once(*shape: int) -> nn.Parameter:
    """Numbers that training does not change."""
    return nn.Parameter(torch.zeros(*map(int, shape)), requires_grad=False)


def _importance(weighting: Weighting, there: Any) -> np.ndarray:
    """u of every n-gram (F,)."""
    if weighting == "naive_bayes":
        return np.ones(there.shape[1])
    return 1 + np.log((1 + there.shape[0]) / (1 + np.asarray(there.sum(axis=0)).ravel()))


def naive_bayes_ratio(there: Any, mine: np.ndarray, smoothing: float = 1.0) -> np.ndarray:
    """How much more of each n-gram some texts have than all others: r = log((p / ‖p‖₁) / (q / ‖q‖₁)), (F,).

    Args:
        there: 1 where an n-gram stands in a text, (N, F), sparse.
        mine: which texts are meant, (N,).
        smoothing: what is added to the counts p and q.

    Example:
        >>> from scipy.sparse import csr_matrix
        >>> naive_bayes_ratio(csr_matrix([[1, 0], [0, 1]]), np.array([True, False])).round(2).tolist()
        [0.69, -0.69]
    """
    p, q = (smoothing + np.asarray(there[rows].sum(axis=0)).ravel() for rows in (mine, ~mine))
    found: np.ndarray = np.log(p / p.sum()) - np.log(q / q.sum())
    return found
