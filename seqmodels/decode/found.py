"""What a search found."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.decode.trail import Trail
from seqmodels.types import Padded


class Found(NamedTuple):
    """K sequences for each of B sources, the best first (drawn ones: in the order in which they were drawn).

    Where fewer than K can be written at all, the others have the score -inf and no token.

    Args:
        tokens: (B, K, U), zero past every end; the end itself is no token.
        lengths: (B, K), 0 for a sequence that ended at once.
        scores: (B, K), log p / U^length_penalty with the end counted.
        ended: (B, K) bool, false where a sequence had not come to its end at the greatest length.
        weights: (B, K, U, S), how much of each step of the source was read for each token; S = 0 where nothing is.
    """

    tokens: Tensor
    lengths: Tensor
    scores: Tensor
    ended: Tensor
    weights: Tensor

    def best(self) -> Padded:
        """The first sequence of each source, (B, U)."""
        lengths = self.lengths[:, 0]
        longest = int(lengths.max()) if len(lengths) else 0
        return Padded(self.tokens[:, 0, :longest], lengths)


class Closed(NamedTuple):
    """Sequences that are not written on.

    Args:
        numbers: (F,), whose they are.
        scores: (F,).
        tokens: (F, U), all equally long.
        rows: (F,), where they were in their last step.
        ended: whether they came to their end.
    """

    numbers: Tensor
    scores: Tensor
    tokens: Tensor
    rows: Tensor
    ended: bool


def ranked(closed: Sequence[Closed], trail: Trail, sources: int, count: int) -> Found:
    """The best of each source: those that ended before others, then by score, then those that ended earlier.

    Args:
        closed: in the order in which they were closed, at least one entry.
        trail: where they come from.
        sources: how many there are, B.
        count: sequences for each, K.
    """
    longest = max(part.tokens.shape[1] for part in closed)
    parts = [(part.numbers, part.scores, part.rows) for part in closed]
    numbers, scores, rows = (torch.cat(part) for part in zip(*parts, strict=True))  # (F,)
    tokens = torch.cat([F.pad(part.tokens, (0, longest - part.tokens.shape[1])) for part in closed])  # (F, U)
    lengths = torch.cat([torch.full_like(part.numbers, part.tokens.shape[1]) for part in closed])
    ended = torch.cat([torch.full_like(part.numbers, part.ended, dtype=torch.bool) for part in closed])
    order = scores.argsort(descending=True, stable=True)
    order = order[(~ended[order]).long().argsort(stable=True)]
    order = order[numbers[order].argsort(stable=True)]
    source = numbers[order]  # (F,)
    first = torch.searchsorted(source, torch.arange(sources, device=source.device))  # (B,)
    place = torch.arange(len(source), device=source.device) - first[source]  # (F,), among those of its source
    order, source, place = (part[place < count] for part in (order, source, place))
    weights = trail.weights(lengths[order], rows[order])
    used = weights.shape[1]
    empty = Found(
        tokens.new_zeros(sources, count, used),
        lengths.new_zeros(sources, count),
        scores.new_full((sources, count), -torch.inf),
        ended.new_zeros(sources, count),
        weights.new_zeros(sources, count, *weights.shape[1:]),
    )
    kept = (tokens[order, :used], lengths[order], scores[order], ended[order], weights)
    return Found(*(e.index_put((source, place), part) for e, part in zip(empty, kept, strict=True)))
