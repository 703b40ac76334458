"""Sampling: tokens drawn from what a model gives for the next one, and texts that are made of them."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from seqmodels.types import BOS, EOS, PAD, UNK, Padded, Positive, State

# Reads tokens (B, T) from a state on; scores (B, C) of what comes next, and the state behind them.
Read = Callable[[Padded, State | None], tuple[Tensor, State]]


@dataclass(frozen=True)
class Sampling:
    """How to draw.

    Args:
        temperature: scores are divided by it; 0 takes the best one.
        top_k: draw among the k best only (Fan et al. 2018).
        top_p: draw among the fewest that have this probability together (Holtzman et al. 2020), after ``top_k``.
        seed: decides the draws, together with the prompt.

    Raises:
        ValueError: one of them is out of its range.

    Example:
        >>> Sampling(temperature=-1)
        Traceback (most recent call last):
        ValueError: temperature=-1 found, wanted 0 or more
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < math.inf:
            raise ValueError(f"temperature={self.temperature} found, wanted 0 or more")
        if self.top_k is not None and self.top_k < 1:
            raise ValueError(f"top_k={self.top_k} found, wanted 1 or more")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ValueError(f"top_p={self.top_p} found, wanted more than 0 and 1 at most")


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
    return torch.zeros_like(kept).scatter(1, ids, kept / kept.sum(dim=-1, keepdim=True))


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
    """Ids with the best first, and their probabilities, 0 for those that are left out."""
    best = scores.double().sort(dim=-1, descending=True, stable=True)
    places = torch.arange(scores.shape[-1], device=scores.device)
    most = 1 if how.temperature == 0 else how.top_k or len(places)
    sharp = (best.values - best.values[:, :1]) / (how.temperature or 1)
    kept = sharp.softmax(dim=-1).masked_fill(places >= most, 0)
    if how.top_p is not None:
        kept = kept / kept.sum(dim=-1, keepdim=True)
        before = kept.cumsum(dim=-1) - kept
        kept = kept.masked_fill((before >= how.top_p) & (places > 0), 0)
    return best.indices, kept


@torch.no_grad()
def sample(
    read: Read,
    prompts: Padded,
    length: Positive,
    how: Sampling,
    never: Sequence[int] = (PAD, UNK, BOS),
    eos: int = EOS,
) -> Padded:
    """What a model writes behind prompts, each until it says ``eos``.

    A prompt is read once; then one token after the other, all prompts side by side. The draws of a prompt are decided
    by the seed and its own tokens, so that it is gone on with in the same way whatever stands beside it.

    Args:
        read: the model.
        prompts: (B, T).
        length: tokens to write at most.
        how: how to draw.
        never: ids that are never drawn.
        eos: id that ends a text; it is not part of the result.

    Returns:
        Tokens (B, U), zero past every end; a text that ends at once has length 0.
    """
    draws = torch.stack([_draws(how.seed, row.tolist(), length) for row in prompts.rows()])  # (B, length)
    finished = torch.zeros_like(prompts.lengths, dtype=torch.bool)  # (B,)
    lengths, ones = torch.zeros_like(prompts.lengths), torch.ones_like(prompts.lengths)  # (B,)
    written: list[Tensor] = []
    given, state = prompts, None
    for step in range(length):
        scores, state = read(given, state)  # (B, C)
        scores = scores.cpu().index_fill(1, torch.tensor(list(never), dtype=torch.long), -math.inf)
        tokens = pick(scores, draws[:, step], how).to(lengths.device)  # (B,)
        finished = finished | (tokens == eos)
        if bool(finished.all()):
            break
        lengths = lengths + (~finished).long()
        written.append(tokens)
        given = Padded(tokens[:, None], ones)
    data = torch.stack(written, dim=1) if written else lengths.new_zeros(len(lengths), 0)  # (B, U)
    return Padded(data, lengths).zeroed()


def _draws(seed: int, prompt: Sequence[int], count: int) -> Tensor:
    """Numbers from [0, 1), (count,)."""
    key = hashlib.sha256(f"{seed} {prompt}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(key[:8], "big") >> 1)
    return torch.rand(count, generator=generator, dtype=torch.float64)
