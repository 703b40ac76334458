"""How long the examples are that are made."""

import math
from dataclasses import dataclass
from random import Random

from seqmodels.errors import InputError


@dataclass(frozen=True)
class Lengths:
    """Any length to learn from, equal ratios equally often, the longest to choose by and to judge with.

    Half of the examples are shorter than √(shortest · longest): they are learnt from first, and cost little.

    Args:
        shortest, longest: at least and at most.
        least: that the shortest may be.

    Raises:
        InputError: the shortest is longer than the longest, or too short.

    Example:
        >>> Lengths(3, 5).drawn("test", 2, Random(0))
        [5, 5]
    """

    shortest: int
    longest: int
    least: int = 1

    def __post_init__(self) -> None:
        if not self.least <= self.shortest <= self.longest:
            raise InputError(
                f"data.shortest={self.shortest}, data.longest={self.longest} found, wanted {self.least} or more, and "
                "the longest no less than the shortest"
            )

    def drawn(self, split: str, count: int, draw: Random) -> list[int]:
        """The lengths of a split's examples."""
        if split != "train":
            return [self.longest] * count
        low, high = math.log(self.shortest), math.log(self.longest + 1)
        return [min(self.longest, int(math.exp(draw.uniform(low, high)))) for _ in range(count)]
