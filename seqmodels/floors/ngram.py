"""The floor of language models."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.floors.base import LossFloor
from seqmodels.types import NonNegative


class Counts(NamedTuple):
    """What followed the contexts of one length.

    Args:
        contexts: sorted keys of the contexts seen, each its shorter context's place and one token before it.
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


class NGram(LossFloor):
    """An n-gram model by Witten-Bell interpolation (Witten & Bell 1991, method C; Chen & Goodman 1998, section 2.3).

        p(w | h) = (c(h, w) + T(h) p(w | h')) / (c(h) + T(h))

    with h' the context h without its oldest token, T(h) the number of different tokens seen behind h, p(w | h') where
    h was never seen, and 1 / classes below the empty context. Before a sequence begins stands a symbol of its own.

    Args:
        order: tokens of context at most.

    Example:
        >>> from seqmodels.floors import NGram
        >>> floor = NGram(order=1); text = torch.tensor([4, 5, 4, 5, 4])
        >>> floor.fit([text[:-1]], [text[1:]], classes=6); round(floor.loss([text[:-1]], [text[1:]]), 4)
        0.2278
    """

    def __init__(self, order: NonNegative = 5):
        self.order = order

    def fit(self, inputs: Sequence[Tensor], targets: Sequence[Tensor], classes: int) -> None:
        self.classes = classes
        self.levels: list[Counts] = []
        wanted = torch.cat(list(targets))  # (N,)
        place = torch.zeros_like(wanted)  # (N,), of each step's context among those of its length
        for before in self._before(inputs):
            contexts, place, seen = torch.unique(
                place * (self.classes + 1) + before, return_inverse=True, return_counts=True
            )
            pairs, times = torch.unique(place * self.classes + wanted, return_counts=True)
            kinds = torch.bincount(pairs // self.classes, minlength=len(contexts))
            self.levels.append(Counts(contexts, seen, kinds, pairs, times))

    def loss(self, inputs: Sequence[Tensor], targets: Sequence[Tensor]) -> float:
        return float(-self.probabilities(inputs, targets).log().mean())

    def probabilities(self, inputs: Sequence[Tensor], targets: Sequence[Tensor]) -> Tensor:
        """p(target | what was read up to it) at every step of all sequences, (N,) float64."""
        wanted = torch.cat(list(targets))  # (N,)
        p = torch.full_like(wanted, 1 / self.classes, dtype=torch.float64)  # (N,)
        place, known = torch.zeros_like(wanted), torch.ones_like(wanted, dtype=torch.bool)  # (N,)
        for before, level in zip(self._before(inputs), self.levels, strict=True):
            place, found = _find(place * (self.classes + 1) + before, level.contexts)
            known = known & found  # what was never seen was not seen with more before it
            pair, met = _find(place * self.classes + wanted, level.pairs)
            times = torch.where(met, level.times[pair], 0)
            seen, kinds = level.seen[place], level.kinds[place]
            p = torch.where(known, (times + kinds * p) / (seen + kinds), p)
        return p

    def _before(self, inputs: Sequence[Tensor]) -> Iterator[Tensor]:
        """For contexts of length 0, 1, ...: the token that each step's context has more than the shorter one, (N,)."""
        yield torch.zeros_like(torch.cat(list(inputs)))
        for back in range(self.order):
            yield torch.cat([_shifted(ids, back, self.classes) for ids in inputs])


def _shifted(ids: Tensor, back: int, start: int) -> Tensor:
    """What stood so many steps before each step, (T,)."""
    return torch.cat([ids.new_full((min(back, len(ids)),), start), ids[: max(0, len(ids) - back)]])


def _find(keys: Tensor, among: Tensor) -> tuple[Tensor, Tensor]:
    """Places of keys in a sorted list, and whether they stand there; any place where they do not."""
    place = torch.searchsorted(among, keys).clamp(max=len(among) - 1)
    return place, among[place] == keys
