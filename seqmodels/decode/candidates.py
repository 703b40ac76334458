"""The tokens that come into question next."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.decode.sample import pick
from seqmodels.decode.settings import Sampling, Search
from seqmodels.decode.top import top


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


def normalised(scores: Tensor, eos: int) -> Tensor:
    """log p, (N, C), of scores (N, C).

    Where a model has no number for a token, it has none for the others: no log p is more than -inf there.
    """
    log_p = scores.log_softmax(dim=-1)
    wrong = log_p[:, eos].isnan()  # (N,), as all of the row then is
    return log_p.masked_fill_(wrong[:, None], -torch.inf) if bool(wrong.any()) else log_p


def obey(log_p: Tensor, written: Tensor, how: Search, never: Sequence[int], eos: int) -> Tensor:
    """log p (N, C), -inf for what the rules forbid; it is written into.

    Where the rules leave nothing, a sequence ends.

    Args:
        log_p: of the next token.
        written: (N, U), the tokens before it.
        how: the rules.
        never: ids that are not written.
        eos: id of the end.
    """
    ends = log_p[:, eos].clone()  # (N,)
    banned = [*never, *([eos] if written.shape[1] < how.min_length else [])]
    log_p[:, banned] = -torch.inf
    if how.no_repeat_ngram:
        log_p[_repeating(written, how.no_repeat_ngram)] = -torch.inf
    if log_p.shape[1] <= len(banned) + written.shape[1]:
        stuck = log_p.amax(dim=-1) == -torch.inf  # (N,)
        log_p[:, eos] = torch.where(stuck, ends, log_p[:, eos])
    return log_p


def _repeating(written: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """Rows and tokens that would end a run of n tokens that a row has already."""
    if written.shape[1] < n:
        return written.new_zeros(0), written.new_zeros(0)
    runs = written.unfold(1, n, 1)  # (N, U - n + 1, n)
    last = written[:, written.shape[1] - n + 1 :]  # (N, n - 1)
    rows, places = (runs[..., :-1] == last[:, None]).all(dim=-1).nonzero(as_tuple=True)
    return rows, runs[rows, places, -1]


def best(log_p: Tensor, totals: Tensor, most: int) -> Candidates:
    """The ``most`` best ones of each source; of equal ones those of the first sequence, and the lowest id.

    Args:
        log_p: (N, C), of the next token.
        totals: (B, K), log p of each sequence so far, K = N / B.
        most: of each source; fewer where there are not so many.
    """
    values, ids = top(log_p, min(most, log_p.shape[1]))  # (N, M)
    of_source = (values.clamp(max=0) + totals.view(-1, 1)).view(len(totals), -1)  # (B, K * M)
    order = of_source.argsort(dim=1, descending=True, stable=True)[:, :most]
    parents = torch.div(order, values.shape[1], rounding_mode="floor")
    return Candidates(of_source.gather(1, order), parents, ids.view(of_source.shape).gather(1, order))


def drawn(log_p: Tensor, totals: Tensor, draws: Tensor, how: Sampling) -> Candidates:
    """One of each source, which has one sequence.

    Args:
        log_p: (B, C), of the next token.
        totals: (B, 1), log p so far.
        draws: (B,), from [0, 1).
        how: how to draw.
    """
    possible = (log_p > -torch.inf).any(dim=-1, keepdim=True)  # (B, 1)
    tokens = pick(torch.where(possible, log_p, 0).cpu(), draws, how).to(log_p.device)[:, None]  # (B, 1)
    return Candidates(totals + log_p.gather(1, tokens).clamp(max=0), torch.zeros_like(tokens), tokens)
