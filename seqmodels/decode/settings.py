"""How to search."""

import math
from dataclasses import dataclass

from seqmodels.types import NonNegative, NonNegativeFloat, Positive

LEAST = {"beam_size": 1, "count": 1, "max_length": 1, "min_length": 0, "no_repeat_ngram": 0}
STRONGEST = 10  # length penalty; a length to a greater power would run over


@dataclass(frozen=True)
class Sampling:
    """How to draw.

    Args:
        temperature: scores are divided by it; 0 takes the best one.
        top_k: draw among the k best only (Fan et al. 2018).
        top_p: draw among the fewest that have this probability together (Holtzman et al. 2020), after ``top_k``.
        seed: decides the draws, together with what was read.

    Raises:
        ValueError: one of them is out of its range.

    Example:
        >>> from seqmodels.decode import Sampling
        >>> Sampling(temperature=-1)
        Traceback (most recent call last):
        ValueError: temperature=-1 found, wanted 0 or more
    """

    temperature: NonNegativeFloat = 1.0
    top_k: Positive | None = None
    top_p: float | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < math.inf:
            raise ValueError(f"temperature={self.temperature} found, wanted 0 or more")
        if self.top_k is not None and self.top_k < 1:
            raise ValueError(f"top_k={self.top_k} found, wanted 1 or more")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ValueError(f"top_p={self.top_p} found, wanted more than 0 and 1 at most")


@dataclass(frozen=True)
class Search:
    """How to look for what a model should write: greedily as it stands, by a beam, or by drawing.

    The score of a sequence of U tokens, its end counted, is log p / U^length_penalty.

    Args:
        beam_size: sequences that are written side by side for a source; 1 is greedy search.
        count: sequences to find for a source: the best of the beam, or so many drawn ones.
        length_penalty: 0 for the most probable sequences; more makes longer ones better.
        max_length: tokens to write at most, the end being one; a sequence that has not ended by then is cut there.
        min_length: tokens to write at least before the end; with as many as ``max_length`` all are cut there.
        no_repeat_ngram: no run of so many tokens is written twice (Paulus et al. 2018, section 2.5); 0: any is.
        sampling: how to draw; not given, nothing is drawn.

    Raises:
        ValueError: one of them is out of its range, or they contradict each other.

    Example:
        >>> from seqmodels.decode import Search
        >>> Search(beam_size=5, count=3).length_penalty
        1.0
    """

    beam_size: Positive = 1
    count: Positive = 1
    length_penalty: NonNegativeFloat = 1.0
    max_length: Positive = 100
    min_length: NonNegative = 0
    no_repeat_ngram: NonNegative = 0
    sampling: Sampling | None = None

    def __post_init__(self) -> None:
        for name, least in LEAST.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name}={getattr(self, name)} found, wanted {least} or more")
        if self.min_length > self.max_length:
            raise ValueError(f"min_length={self.min_length} found, wanted at most the max_length, {self.max_length}")
        if not 0 <= self.length_penalty <= STRONGEST:
            raise ValueError(f"length_penalty={self.length_penalty} found, wanted 0 to {STRONGEST}")
        if self.sampling is not None and self.beam_size > 1:
            raise ValueError(f"beam_size={self.beam_size} found, but sampling draws and has no beam; choose one")
        if self.sampling is None and self.count > self.beam_size:
            raise ValueError(f"count={self.count} found, wanted at most the beam_size, {self.beam_size}")
