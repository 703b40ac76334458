"""Sampling: tokens drawn from what a model gives for the next one."""

import hashlib
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from seqmodels.decode.settings import Sampling
from seqmodels.decode.top import top
from seqmodels.types import Padded


def distribution(scores: Tensor, how: Sampling) -> Tensor:
    """The probabilities that are drawn from.

    Args:
        scores: (N, C), logits or log-probabilities; -inf for what is never to be drawn.
        how: temperature and what is left out.

    Returns:
        (N, C) float64.

    Example:
        >>> from seqmodels.decode import Sampling
        >>> distribution(torch.tensor([[0.5, 0.3, 0.2]]).log(), Sampling(top_p=0.6))
        tensor([[0.6250, 0.3750, 0.0000]], dtype=torch.float64)
    """
    ids, kept = _kept(scores, how)
    return kept.new_zeros(scores.shape).scatter(1, ids, kept / kept.sum(dim=-1, keepdim=True))


def pick(scores: Tensor, draws: Tensor, how: Sampling) -> Tensor:
    """An id for every row, where a number drawn evenly from [0, 1) falls among the probabilities, the best one first.

    Args:
        scores: (N, C).
        draws: (N,).
        how: temperature and what is left out.

    Returns:
        (N,) int64.
    """
    ids, kept = _kept(scores, how)
    heights = kept.cumsum(dim=-1)
    place = (heights <= draws.to(heights)[:, None] * heights[:, -1:]).sum(dim=-1)  # (N,)
    place = place.minimum((kept > 0).sum(dim=-1) - 1)  # rounding never reaches what was left out
    return ids.gather(1, place[:, None])[:, 0]


def _kept(scores: Tensor, how: Sampling) -> tuple[Tensor, Tensor]:
    """The ids that come into question, the best first, and their probabilities, 0 for what is left out; (N, M) each."""
    classes = scores.shape[-1]
    most = 1 if how.temperature == 0 else min(how.top_k or classes, classes)
    if most < classes:
        values, ids = top(scores.double(), most)  # (N, M)
    else:
        values, ids = scores.double().sort(dim=-1, descending=True, stable=True)
    kept = ((values - values[:, :1]) / (how.temperature or 1)).softmax(dim=-1)
    if how.top_p is not None:
        places = torch.arange(most, device=scores.device)
        before = kept.cumsum(dim=-1) - kept
        kept = kept.masked_fill((before >= how.top_p) & (places > 0), 0)
    return ids, kept


def draws(how: Sampling, sources: Padded, count: int, length: int, before: Tensor | None = None) -> Tensor:
    """Numbers from [0, 1), which the seed and each source decide by themselves.

    Args:
        how: the seed.
        sources: B of them, of any width.
        count: sequences for each.
        length: numbers for each sequence.
        before: (B,), how many sequences were drawn for each source before; none if not given.

    Returns:
        (B, count, length) float64.
    """
    rows = [str(_trimmed(row.tolist())) for row in sources.rows()]
    firsts = [0] * len(rows) if before is None else before.tolist()
    keys = [(row, i) for row, first in zip(rows, firsts, strict=True) for i in range(first, first + count)]
    numbers = [_drawn(f"{how.seed} {row}" + (f" {i}" if i else ""), length) for row, i in keys]
    return torch.stack(numbers).view(len(rows), count, length)


def _trimmed(row: Sequence[Any]) -> Sequence[Any]:
    """Without the zeros that fill up steps of several ids to the widest of a batch."""
    if not row or not isinstance(row[0], list) or not isinstance(row[0][0], int):
        return row
    most = max(max((i + 1 for i, number in enumerate(step) if number), default=0) for step in row)
    return [step[:most] for step in row]


def _drawn(key: str, count: int) -> Tensor:
    """(count,)"""
    digest = hashlib.sha256(key.encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)
    return torch.rand(count, generator=generator, dtype=torch.float64)
