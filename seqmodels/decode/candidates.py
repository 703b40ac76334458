"""The tokens that come into question next."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.decode.sample import pick
from seqmodels.decode.settings import Sampling, Search


class Candidates(NamedTuple):
    """What sequences could become with one token more, for each source the best first.

    Args:
        totals: (B, M), log p of all tokens; -inf for what is none.
        parents: (B, M), which of its source's sequences goes on.
        tokens: (B, M), with what.
    """

    totals: Tensor
    parents: Tensor
    tokens: Tensor


def normalised(scores: Tensor, eos: int) -> tuple[Tensor, Tensor]:
    """Scores (N, C), and what log p is less than they are, (N,).

    Where a model has no number for a token, it has none for the others: no log p is more than -inf there.
    """
    # A sum of probabilities would hold one more matrix than this.
    most = scores.amax(dim=-1, keepdim=True)  # (N, 1)
    less = (scores - most).exp_().sum(dim=-1).log_() + most[:, 0]  # (N,)
    wrong = ~less.isfinite()
    if bool(wrong.any()):
        nothing = torch.full_like(scores, -torch.inf)
        nothing[:, eos] = 0
        scores = torch.where(wrong[:, None], nothing, scores)
        less = less.masked_fill(wrong, torch.inf)
    return scores, less


def obey(scores: Tensor, written: Tensor, how: Search, never: Sequence[int], eos: int) -> Tensor:
    """Scores (N, C) of which those that the rules forbid are -inf; they are written into.

    Where the rules leave nothing, a sequence ends.

    Args:
        scores: of the next token.
        written: (N, U), the tokens before it.
        how: the rules.
        never: ids that are not written.
        eos: id of the end.
    """
    ends = scores[:, eos].clone()  # (N,)
    banned = [*never, *([eos] if written.shape[1] < how.min_length else [])]
    scores[:, banned] = -torch.inf
    if how.no_repeat_ngram:
        scores[_repeating(written, how.no_repeat_ngram)] = -torch.inf
    if scores.shape[1] <= len(banned) + written.shape[1]:
        stuck = scores.amax(dim=-1) == -torch.inf  # (N,)
        scores[:, eos] = torch.where(stuck, ends, scores[:, eos])
    return scores


def _repeating(written: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """Rows and tokens that would end a run of n tokens that a row has already."""
    if written.shape[1] < n:
        return written.new_zeros(0), written.new_zeros(0)
    runs = written.unfold(1, n, 1)  # (N, U - n + 1, n)
    last = written[:, written.shape[1] - n + 1 :]  # (N, n - 1)
    rows, places = (runs[..., :-1] == last[:, None]).all(dim=-1).nonzero(as_tuple=True)
    return rows, runs[rows, places, -1]


def best(scores: Tensor, less: Tensor, totals: Tensor, most: int) -> Candidates:
    """The ``most`` best ones of each source; of equal ones those of the first sequence, and the lowest id.

    Args:
        scores: (N, C).
        less: (N,), what log p is less than they are.
        totals: (B, K), log p of each sequence so far, K = N / B.
        most: of each source; fewer where there are not so many.
    """
    values, ids = top(scores, min(most, scores.shape[1]))  # (N, M)
    log_p = (values - less[:, None]).clamp_(max=0) + totals.view(-1, 1)
    of_source = log_p.view(len(totals), -1)  # (B, K * M)
    order = of_source.argsort(dim=1, descending=True, stable=True)[:, :most]
    parents = torch.div(order, values.shape[1], rounding_mode="floor")
    return Candidates(of_source.gather(1, order), parents, ids.view(of_source.shape).gather(1, order))


def top(scores: Tensor, most: int) -> tuple[Tensor, Tensor]:
    """The ``most`` greatest of each row and their places, the greatest first; of equal ones those that stand first.

    Example:
        >>> top(torch.tensor([[1.0, 3.0, 2.0, 3.0]]), 2)[1].tolist()
        [[1, 3]]
    """
    found = scores.topk(min(most + 1, scores.shape[1]))
    values, ids = found.values[:, :most], found.indices[:, :most]
    tied = (found.values[:, most - 1] == found.values[:, -1]) & (values[:, -1] > -torch.inf)  # (N,)
    if found.values.shape[1] > most and bool(tied.any()):  # topk may have taken any of the equal ones
        whole = scores[tied].sort(dim=1, descending=True, stable=True)
        ids = ids.index_put((tied,), whole.indices[:, :most])
    ids = ids.sort(dim=1).values
    values, order = scores.gather(1, ids).sort(dim=1, descending=True, stable=True)
    return values, ids.gather(1, order)


def drawn(scores: Tensor, less: Tensor, totals: Tensor, draws: Tensor, how: Sampling) -> Candidates:
    """One of each source, which has one sequence.

    Args:
        scores: (B, C).
        less: (B,), what log p is less than they are.
        totals: (B, 1), log p so far.
        draws: (B,), from [0, 1).
        how: how to draw.
    """
    tokens = pick(scores.cpu(), draws, how).to(scores.device)[:, None]  # (B, 1)
    log_p = (scores.gather(1, tokens) - less[:, None]).clamp_(max=0)
    return Candidates(totals + log_p, torch.zeros_like(tokens), tokens)
