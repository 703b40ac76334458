"""A label at every step, the whole sequence of them scored together."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.heads.base import Head
from seqmodels.nn.heads.crf_decoding import best_path, best_paths
from seqmodels.nn.heads.crf_loss import chain_loss
from seqmodels.nn.heads.crf_recursions import Chain, all_paths, log_partition
from seqmodels.nn.linear import Linear
from seqmodels.nn.precision import at_least_single
from seqmodels.text.schemes import Scheme, end_fault, faults, label_fault
from seqmodels.types import Padded, Positive, Probability, Size, check_choice

Rules = Literal["bio", "bioes"]  # of which labels may follow one another


class Answer(NamedTuple):
    """One answer for a sentence.

    Args:
        ids: (T,), its labels.
        log_probability: log p(ids | sentence).
    """

    ids: Tensor
    log_probability: float


class CrfHead(Head):
    """A linear-chain conditional random field (Lafferty et al. 2001; over a network, Lample et al. 2016, section 2.2).

        p(y | x) ∝ exp(a_{y_1} + Σ_t (U x_t + b)_{y_t} + Σ_{t>1} W_{y_{t-1}, y_t} + z_{y_T})

    The loss is -log p(y | x) a step, the answer the most probable y. With a scheme, sequences that it does not allow
    have no probability, and are never the answer.

    Args:
        input_size: width H of the features.
        output_size: number of labels C; a ``Size`` with their names where a scheme is given.
        dropout: share of the features set to zero in training.
        scheme: what the labels follow, ``bio`` or ``bioes``; None allows every sequence.

    Raises:
        ValueError: a scheme is given, but no names of labels, or such as it does not have.

    Example:
        >>> from seqmodels.nn.heads import CrfHead
        >>> head = CrfHead(4, Size(3, names=("B-x", "I-x", "O")), scheme="bio")
        >>> head.predict(Padded(torch.tensor([[[0.0, 9.0, 0.0], [0.0, 9.0, 0.0]]]), torch.tensor([2]))).data
        tensor([[0, 1]])
    """

    sees_future = True  # p(y_t | x) sums over all that may follow
    forbidden: Tensor | None

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        dropout: Probability = 0.0,
        scheme: Rules | None = None,
    ):
        super().__init__()
        check_choice("scheme", scheme or "bio", Rules)
        self.dropout = Dropout(dropout)
        self.scores = Linear(input_size, output_size)
        self.transitions = nn.Parameter(torch.empty(output_size, output_size).uniform_(-0.1, 0.1))
        self.starts = nn.Parameter(torch.empty(output_size).uniform_(-0.1, 0.1))
        self.ends = nn.Parameter(torch.empty(output_size).uniform_(-0.1, 0.1))
        self.scheme = scheme
        self.names = output_size.names if isinstance(output_size, Size) else ()
        # Persistent: what a checkpoint is loaded into was made on the meta device, where nothing else has numbers.
        self.register_buffer("forbidden", torch.tensor(forbidden(self.names, scheme)) if scheme else None)

    def forward(self, features: Padded) -> Padded:
        data = self.dropout(features.zeroed().data)
        return Padded(self.scores(data), features.lengths).zeroed()  # (B, T, C)

    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        """Scalar: -log p of all sequences / real steps.

        Raises:
            ValueError: the scheme does not allow a target.
        """
        loss = chain_loss(_wide(scores), self._chain(), targets)
        if self.forbidden is not None and bool(loss.isinf()):
            self._refuse(targets)
        return loss

    def predict(self, scores: Padded) -> Padded:
        with torch.no_grad():
            return best_path(_wide(scores), self._chain())  # (B, T)

    def n_best(self, scores: Padded, n: Positive) -> list[list[Answer]]:
        """The n most probable answers of every sentence, best first; fewer where no more are allowed."""
        with torch.no_grad():
            # A path's sum and that of all paths, both in double precision: their difference is a probability's.
            scores = Padded(scores.data.double(), scores.lengths)
            chain = Chain(*(part.double() for part in self._chain()))
            totals = log_partition(scores, chain).tolist()
            ranked = best_paths(scores, chain, n)
        return [
            [Answer(ids, float(score) - total) for ids, score in paths]
            for paths, total in zip(ranked, totals, strict=True)
        ]

    def marginals(self, scores: Padded) -> Padded:
        """The probability of each label at each step (B, T, C), zero past every end."""
        scores = _wide(scores)
        return Padded(all_paths(scores, self._chain()).marginals.to(scores.data.dtype), scores.lengths)

    def _chain(self) -> Chain:
        parts = self.starts, self.transitions, self.ends
        if self.forbidden is None:
            return Chain(*parts)
        masks = self.forbidden[-2], self.forbidden[:-2], self.forbidden[-1]
        return Chain(*(part.masked_fill(mask, -torch.inf) for part, mask in zip(parts, masks, strict=True)))

    def _refuse(self, targets: Padded) -> None:
        assert self.scheme is not None
        for place, row in enumerate(targets.rows()):
            names = [self.names[i] for i in row.tolist()]
            if wrong := faults(names, self.scheme):
                raise ValueError(f"targets of sentence {place} in the batch: {wrong[0]} (scheme={self.scheme})")


def _wide(scores: Padded) -> Padded:
    """Scores with as many digits as sums of them need."""
    return Padded(at_least_single(scores.data), scores.lengths)


def forbidden(names: Sequence[str], scheme: Scheme) -> list[list[bool]]:
    """What a scheme does not allow: (C + 2, C), from row to column; then what may not come first; then what not last.

    Raises:
        ValueError: there are no names, one is of another scheme, or none can stand alone.

    Example:
        >>> forbidden(["B-x", "I-x"], "bio")
        [[False, False], [False, False], [False, True], [False, False]]
    """
    if not names:
        raise ValueError(
            f"scheme={scheme} found without names of labels, wanted output_size=Size(C, names=...) with them"
        )
    strange = [fault for name in names if (fault := label_fault(name, None, scheme))]
    if strange:
        raise ValueError(strange[0])
    moves = [[label_fault(name, before, scheme) is not None for name in names] for before in names]
    first = [label_fault(name, "O", scheme) is not None for name in names]
    last = [end_fault(name, scheme) is not None for name in names]
    if all(first[i] or last[i] or moves[i][i] for i in range(len(names))):
        raise ValueError(f"scheme={scheme}: labels {', '.join(names)} found, wanted O or another that may stand alone")
    return [*moves, first, last]
