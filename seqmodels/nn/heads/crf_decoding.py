"""The best path through a linear-chain conditional random field, and the n best ones."""

from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.nn.heads.crf_recursions import Chain
from seqmodels.types import Padded

FEW = 16  # sentences that are better taken one by one


class Ranked(NamedTuple):
    """A path of one sentence and what it scores.

    Args:
        ids: (T,).
        score: s(y).
    """

    ids: Tensor
    score: Tensor


class _Order(NamedTuple):
    """Longest sentences first, so that those with a step t stand in front.

    Args:
        places: (B,), where each stood.
        lengths: (B,), falling.
        counts: for every step that a sentence has, how many do.
    """

    places: Tensor
    lengths: Tensor
    counts: list[int]


def _ordered(emissions: Padded) -> _Order:
    lengths, places = emissions.lengths.sort(descending=True, stable=True)
    return _Order(places, lengths, [count for count in emissions.mask.sum(dim=0).tolist() if count])


def best_path(emissions: Padded, chain: Chain) -> Padded:
    """The Viterbi algorithm (Rabiner 1989, section III.B) over the whole batch: (B, T), zero past every end.

    The maxima alone are kept on the way there; what they were reached from is found again on the way back, for the
    path's own labels. Sentences stand in the last dimension, where a processor takes several at once.
    """
    order = _ordered(emissions)
    data = emissions.data.index_select(0, order.places)  # (B, T, C)
    turned = chain.transitions.T.contiguous()
    best = [(data[:, 0] + chain.starts).T]  # of every step (C, count)
    for t, count in enumerate(order.counts[1:], 1):
        best.append(_reached(best[-1][:, :count], chain.transitions, turned) + data[:count, t].T)
    behind = [*order.counts[1:], 0]  # how many sentences go on
    final = torch.cat([step[:, count:] for step, count in zip(best[::-1], behind[::-1], strict=True)], dim=1)  # (C, B)
    label = (final + chain.ends[:, None]).argmax(dim=0)  # (B,)
    path = label.expand(len(best), -1).clone()  # (T, B)
    for t in range(len(best) - 2, -1, -1):
        into = turned.index_select(0, path[t + 1, : behind[t]])  # (count, C), and so is the sum: argmax is fast in rows
        path[t, : behind[t]] = (into + best[t][:, : behind[t]].T).argmax(dim=1)
    found = torch.zeros_like(emissions.data[:, :, 0], dtype=torch.int64)
    found[:, : len(best)].index_copy_(0, order.places, path.T)
    return Padded(found, emissions.lengths).zeroed()


def _reached(best: Tensor, transitions: Tensor, turned: Tensor) -> Tensor:
    """max_i best_i + W_i of all sentences (C, count), the dimension that several are taken at once from being long."""
    if best.shape[1] < FEW:
        return (best.T[:, None] + turned).amax(dim=2).T
    return (best[:, None] + transitions[:, :, None]).amax(dim=0)


def best_paths(emissions: Padded, chain: Chain, n: int) -> list[list[Ranked]]:
    """The n best paths of every sentence, best first; fewer where there are no more that are not forbidden.

    Every label keeps the n best ways to reach it, which are among the n best of the labels before it.
    """
    order = _ordered(emissions)
    steps = emissions.data.index_select(0, order.places).transpose(0, 1)  # (T, B, C)
    (_, batch, classes), slots = steps.shape, steps.shape[2] * n
    moves = chain.transitions.T.repeat_interleave(n, dim=1)  # (C, C * n)
    best = steps.new_full((batch, classes, n), -torch.inf)
    best[:, :, 0] = steps[0] + chain.starts
    origins = [torch.zeros(batch, slots, dtype=torch.int64, device=steps.device)]
    for t, count in enumerate(order.counts[1:], 1):
        top = (best[:count].view(count, 1, slots) + moves).topk(n, dim=2)
        best[:count] = top.values + steps[t, :count, :, None]
        origins.append(top.indices.view(count, slots))
    final = (best + chain.ends[:, None]).view(batch, slots).topk(n, dim=1)
    place = final.indices  # (B, n), a label and which of the ways to it
    path = place.expand(len(origins), -1, -1).clone()  # (T, B, n)
    for t in range(len(origins) - 2, -1, -1):
        count = order.counts[t + 1]
        path[t, :count] = origins[t + 1].gather(1, path[t + 1, :count])
    found: list[list[Ranked]] = [[] for _ in range(batch)]
    for row, (where, length) in enumerate(zip(order.places.tolist(), order.lengths.tolist(), strict=True)):
        ways = int((final.values[row] > -torch.inf).sum())
        found[where] = [Ranked(path[:length, row, way] // n, final.values[row, way]) for way in range(ways)]
    return found
