"""What a sequence of CTC scores says: the best path, or the best sequences."""

import math
from collections import defaultdict
from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.types import Padded, Positive

INFINITY = math.inf


class Hypothesis(NamedTuple):
    """A sequence, and how probable it is.

    Args:
        ids: U of them, without blanks.
        log_probability: the sum over all of its alignments that were kept, as a natural logarithm.
    """

    ids: tuple[int, ...]
    log_probability: float


def best_path(scores: Padded, blank: int) -> Padded:
    """The most probable class at every step, repeats joined and blanks taken out (Graves et al. 2006, section 3.2).

    Args:
        scores: (B, T, C + 1).
        blank: the id that says nothing.

    Returns:
        Ids (B, U), zero past every end; a sequence of blanks has length 0.

    Example:
        >>> scores = torch.eye(3)[torch.tensor([[0, 0, 2, 0, 1]])]
        >>> best_path(Padded(scores, torch.tensor([5])), blank=2).data
        tensor([[0, 0, 1]])
    """
    path = scores.data.argmax(dim=-1)  # (B, T)
    before = torch.cat([path.new_full((len(path), 1), blank), path[:, :-1]], dim=1)  # (B, T)
    kept = (path != blank) & (path != before) & scores.mask  # (B, T)
    lengths = kept.sum(dim=1)  # (B,)
    order = torch.argsort(~kept, dim=1, stable=True)  # those that are kept first, in their order
    ids = path.gather(1, order)[:, : int(lengths.max())] if len(path) else path  # (B, U)
    return Padded(ids, lengths).zeroed()


def beam_search(log_probabilities: Tensor, blank: int, beam_width: Positive) -> list[Hypothesis]:
    """The most probable sequences, each over all of its alignments (prefix search, Hannun et al. 2014, algorithm 1).

    Every prefix keeps the probability of its alignments that end in a blank apart from that of those that do not: only
    behind a blank does the same class once more begin a new one.

    Args:
        log_probabilities: (T, C + 1) of one sequence.
        blank: the id that says nothing.
        beam_width: prefixes that are kept at every step; with as many as there are, the result is exact.

    Returns:
        At most ``beam_width``, the best first.

    Raises:
        ValueError: a score is no logarithm of a probability.

    Example:
        >>> [best, *others] = beam_search(torch.tensor([[0.6, 0.4], [0.6, 0.4]]).log(), blank=0, beam_width=2)
        >>> best.ids, round(best.log_probability, 4)
        ((1,), -0.4463)
    """
    wrong = (log_probabilities.isnan() | log_probabilities.isposinf()).nonzero()  # (N, 2)
    if len(wrong):
        step, k = wrong[0].tolist()
        told = f"{float(log_probabilities[step, k])} found for class {k} at step {step}"
        raise ValueError(f"{told}, wanted log-probabilities: did the training diverge?")
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, -INFINITY)}  # log p ending in a blank, and not
    for row in log_probabilities.double().tolist():
        grown: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [-INFINITY, -INFINITY])
        for prefix, (blanked, other) in beams.items():
            both = _added(blanked, other)
            here = grown[prefix]
            here[0] = _added(here[0], both + row[blank])
            for k, score in enumerate(row):
                if k == blank:
                    continue
                next_prefix = (*prefix, k)
                longer = grown[next_prefix]
                if prefix and prefix[-1] == k:
                    here[1] = _added(here[1], other + score)
                    longer[1] = _added(longer[1], blanked + score)
                else:
                    longer[1] = _added(longer[1], both + score)
        # Of equally probable ones the first in their order of ids, so that nothing else decides.
        ranked = sorted(grown.items(), key=lambda item: (-_added(item[1][0], item[1][1]), item[0]))
        beams = {prefix: (blanked, other) for prefix, (blanked, other) in ranked[:beam_width]}
    found = [Hypothesis(prefix, _added(blanked, other)) for prefix, (blanked, other) in beams.items()]
    return [hypothesis for hypothesis in found if hypothesis.log_probability > -INFINITY]


def _added(one: float, other: float) -> float:
    """log(exp(one) + exp(other))"""
    high, low = max(one, other), min(one, other)
    return high if low == -INFINITY else high + math.log1p(math.exp(low - high))
