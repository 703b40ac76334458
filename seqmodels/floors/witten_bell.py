"""Probabilities of what comes next, from counts of what came after the same contexts."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class Counts(NamedTuple):
    """What followed the contexts of one length.

    Args:
        contexts: sorted keys of the contexts seen, each its shorter context's place and what it has more than that one.
        seen: c(h), how often each was seen.
        kinds: T(h), how many different tokens followed it.
        pairs: sorted keys of a context's place and a token behind it.
        times: c(h, w), how often each pair was seen.
    """

    contexts: Tensor
    seen: Tensor
    kinds: Tensor
    pairs: Tensor
    times: Tensor


class WittenBell:
    """Witten-Bell interpolation (Witten & Bell 1991, method C; Chen & Goodman 1998, section 2.3).

        p(w | h) = (c(h, w) + T(h) p(w | h')) / (c(h) + T(h))

    with h' the context h without what it has more than a shorter one, T(h) the number of different tokens seen behind
    h, p(w | h') where h was never seen, and 1 / classes below the shortest context.

    Args:
        before: for contexts of growing length, what each step's has more than the shorter one, (N,) each.
        wanted: (N,), what followed.
        classes: how many tokens there are.

    Example:
        >>> from seqmodels.floors.witten_bell import WittenBell
        >>> model = WittenBell([torch.zeros(3, dtype=torch.int64)], torch.tensor([1, 1, 0]), classes=4)
        >>> model.probabilities([torch.zeros(1, dtype=torch.int64)], torch.tensor([1]))
        tensor([0.5000], dtype=torch.float64)
    """

    def __init__(self, before: Sequence[Tensor], wanted: Tensor, classes: int):
        self.classes = classes
        self.width = 1 + max(classes, *(int(tokens.max()) for tokens in before if len(tokens)))
        self.levels: list[Counts] = []
        place = torch.zeros_like(wanted)  # (N,), of each step's context among those of its length
        for tokens in before:
            contexts, place, seen = torch.unique(place * self.width + tokens, return_inverse=True, return_counts=True)
            pairs, times = torch.unique(place * classes + wanted, return_counts=True)
            kinds = torch.bincount(pairs // classes, minlength=len(contexts))
            self.levels.append(Counts(contexts, seen, kinds, pairs, times))

    def probabilities(self, before: Sequence[Tensor], wanted: Tensor) -> Tensor:
        """p(wanted | context) at every step, (N,) float64."""
        p = torch.full_like(wanted, 1 / self.classes, dtype=torch.float64)  # (N,)
        place, known = torch.zeros_like(wanted), torch.ones_like(wanted, dtype=torch.bool)  # (N,)
        for tokens, level in zip(before, self.levels, strict=True):
            place, found = _find(place * self.width + tokens, level.contexts)
            known = known & found & (tokens < self.width)  # what was never seen was not seen with more before it
            pair, met = _find(place * self.classes + wanted, level.pairs)
            times = torch.where(met, level.times[pair], 0)
            seen, kinds = level.seen[place], level.kinds[place]
            p = torch.where(known, (times + kinds * p) / (seen + kinds), p)
        return p


def tokens_before(inputs: Sequence[Tensor], order: int, start: int) -> list[Tensor]:
    """What stood 1, 2, ..., ``order`` steps before each step of sequences that are read up to it, (N,) each.

    Args:
        inputs: (T,), each token read before the step at its place.
        order: how many.
        start: what stands before a sequence begins.
    """
    return [torch.cat([_shifted(ids, back, start) for ids in inputs]) for back in range(order)]


def _shifted(ids: Tensor, back: int, start: int) -> Tensor:
    """What stood so many steps before each step, (T,)."""
    return torch.cat([ids.new_full((min(back, len(ids)),), start), ids[: max(0, len(ids) - back)]])


def _find(keys: Tensor, among: Tensor) -> tuple[Tensor, Tensor]:
    """Places of keys in a sorted list, and whether they stand there; any place where they do not."""
    place = torch.searchsorted(among, keys).clamp(max=len(among) - 1)
    return place, among[place] == keys
