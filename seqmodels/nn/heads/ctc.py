"""A sequence that is not aligned with the features it is written from."""

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.decode.ctc import Hypothesis, beam_search, best_path
from seqmodels.nn.dropout import Dropout
from seqmodels.nn.heads.base import Head
from seqmodels.nn.linear import Linear
from seqmodels.nn.precision import at_least_single
from seqmodels.types import Padded, Positive, Probability, pad


class CtcHead(Head):
    """p = softmax(W x + b) over C classes and a blank at every step; the loss is -log of the sum of all alignments
    (connectionist temporal classification, Graves et al. 2006, equations 3 and 8).

    An alignment says a class or the blank, whose id is C, at every step; repeats are joined, then blanks taken out. So
    a target needs as many steps as it has ids, and one more for every id that repeats the one before.

    Args:
        input_size: width H of the features.
        output_size: number of classes C.
        dropout: share of the features set to zero in training.
        beam_width: prefixes that prediction keeps; 1 takes the best alignment instead of the best sequence.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.heads import CtcHead
        >>> CtcHead(4, 3)(Padded(torch.zeros(2, 5, 4), torch.tensor([5, 2]))).data.shape
        torch.Size([2, 5, 4])
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        dropout: Probability = 0.0,
        beam_width: Positive = 1,
    ):
        super().__init__()
        self.blank = int(output_size)
        self.dropout = Dropout(dropout)
        self.scores = Linear(input_size, self.blank + 1)
        self.beam_width = beam_width

    def forward(self, features: Padded) -> Padded:
        return Padded(self.scores(self.dropout(features.data)), features.lengths).zeroed()  # (B, T, C + 1)

    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        """Scalar: the sum over sequences / the number of target ids.

        Raises:
            ValueError: a target is longer than any alignment of so many steps.
        """
        wanted = targets.zeroed()  # (B, U)
        needed = steps_needed(wanted)  # (B,)
        if bool((needed > scores.lengths).any()):
            row = int((needed > scores.lengths).nonzero()[0])
            raise ValueError(
                f"row {row} of the batch: {int(wanted.lengths[row])} target ids need {int(needed[row])} steps, "
                f"{int(scores.lengths[row])} found"
            )
        costs = self._costs(Padded(_log_probabilities(scores), scores.lengths), wanted)
        return costs.sum() / wanted.lengths.sum().clamp(min=1)

    def _costs(self, logs: Padded, targets: Padded) -> Tensor:
        """-log of the sum of all alignments, (B,), of log p (B, T, C + 1) and targets (B, U)."""
        steps = logs.data.transpose(0, 1)  # (T, B, C + 1)
        return F.ctc_loss(steps, targets.data, logs.lengths, targets.lengths, self.blank, reduction="none")

    def predict(self, scores: Padded) -> Padded:
        """Ids (B, U) of as many as the scores say, none of them blank; zero past every end."""
        if self.beam_width == 1:
            return best_path(scores, self.blank)
        best = [found[0].ids for found in self.n_best(scores)]
        said = pad([torch.tensor(ids, dtype=torch.int64) for ids in best])
        return Padded(*(tensor.to(scores.lengths.device) for tensor in said))  # (B, U)

    def n_best(self, scores: Padded) -> list[list[Hypothesis]]:
        """For each row the sequences that the search kept, the most probable first, with their probabilities; of a beam
        of 1 what ``predict`` takes, with all of its alignments."""
        logs = Padded(_log_probabilities(scores), scores.lengths)
        if self.beam_width == 1:
            said = best_path(scores, self.blank)
            costs = self._costs(logs, Padded(F.pad(said.data, (0, 1)), said.lengths))  # of no ids, too
            pairs = zip(said.rows(), costs.tolist(), strict=True)
            return [[Hypothesis(tuple(ids.tolist()), -cost)] for ids, cost in pairs]
        return [beam_search(row, self.blank, self.beam_width) for row in logs.rows()]


def steps_needed(targets: Padded) -> Tensor:
    """(B,) how many steps the shortest alignment of each target (B, U) has.

    Example:
        >>> steps_needed(Padded(torch.tensor([[5, 5, 6]]), torch.tensor([3])))
        tensor([4])
    """
    repeats = (targets.data[:, 1:] == targets.data[:, :-1]) & targets.mask[:, 1:]  # (B, U - 1)
    return targets.lengths + repeats.sum(dim=1)


def _log_probabilities(scores: Padded) -> Tensor:
    data = scores.zeroed().data
    return F.log_softmax(at_least_single(data), dim=-1)  # (B, T, C + 1)
