"""One of very many classes at every step, the rare ones in groups."""

from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.nn.adaptive_softmax import adaptive_softmax
from seqmodels.nn.dropout import Dropout
from seqmodels.nn.heads.base import StepHead
from seqmodels.types import Padded, Positive, PositiveFloat, Probability, Size


class AdaptiveSoftmaxHead(StepHead):
    """The adaptive softmax (Grave et al. 2017): a softmax over the frequent classes and groups of the others.

        p(y | x) = softmax(W x)_y                              for y among the frequent classes
        p(y | x) = softmax(W x)_g · softmax(V_g P_g x)_y       for y in group g, P_g to a width of H / divisor^g

    Classes have to stand in the order of their frequency, as a vocabulary's do (labels stand by alphabet). What
    ``forward`` returns are features (B, T, H) and no scores of classes: the loss then works out no group at steps whose
    target is not in it, which is most of the time that is saved. ``log_probabilities`` works out all of them.

    Args:
        input_size: width H of the features.
        output_size: number of classes C.
        cutoffs: rising shares of the classes at which the frequent ones end, and each group but the last.
        divisor: by how much each group's width is narrower than the one before.
        dropout: share of the features set to zero in training.

    Raises:
        ValueError: the cutoffs do not rise, a group's width comes to nothing, there is but one class, or classes are
            known to stand in another order.

    Example:
        >>> from seqmodels.nn.heads import AdaptiveSoftmaxHead
        >>> head = AdaptiveSoftmaxHead(16, 100)
        >>> head.softmax.cutoffs, head(Padded(torch.zeros(2, 5, 16), torch.tensor([5, 2]))).data.shape
        ([5, 25, 100], torch.Size([2, 5, 16]))
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        cutoffs: Sequence[Probability] = (0.05, 0.25),
        divisor: PositiveFloat = 4.0,
        dropout: Probability = 0.0,
    ):
        super().__init__()
        counts = output_size.counts if isinstance(output_size, Size) else ()
        if list(counts) != sorted(counts, reverse=True):
            raise ValueError(
                "labels found, in the order of the alphabet, and frequent classes have to stand before rare ones, as "
                "the tokens of a language model do; use model/head=categorical"
            )
        self.dropout = Dropout(dropout)
        self.softmax = adaptive_softmax(input_size, output_size, cutoffs, divisor)

    def forward(self, features: Padded) -> Padded:
        return Padded(self.dropout(features.data), features.lengths).zeroed()  # (B, T, H)

    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        with _exactly(scores):
            loss: Tensor = self.softmax(self._rows(scores), targets.data[targets.mask]).loss
        return loss

    def log_probabilities(self, scores: Padded) -> Padded:
        mask = scores.mask  # (B, T)
        with _exactly(scores):
            rows = self.softmax.log_prob(self._rows(scores))  # (N, C)
        return Padded(rows.new_zeros(*mask.shape, rows.shape[-1]).masked_scatter(mask[..., None], rows), scores.lengths)

    def predict(self, scores: Padded) -> Padded:
        mask = scores.mask  # (B, T)
        with _exactly(scores):
            best = self.softmax.predict(self._rows(scores))  # (N,)
        return Padded(best.new_zeros(mask.shape).masked_scatter(mask, best), scores.lengths)  # (B, T)

    def _rows(self, scores: Padded) -> Tensor:
        return scores.data[scores.mask].to(self.softmax.head.weight.dtype)  # (N, H)


def _exactly(scores: Padded) -> torch.autocast:
    """Without lower precision: torch's module mixes the kinds of numbers that autocast would make in it."""
    return torch.autocast(scores.data.device.type, enabled=False)
