"""Bits, and whether they were odd so far, made in-process."""

from collections.abc import Sequence
from itertools import accumulate
from operator import xor
from random import Random

from seqmodels.data.faults import Faults
from seqmodels.data.generated import Lengths
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.types import Positive


class Parity(Reader):
    """Random bits, and at every step whether the ones up to there are odd: y_t = x_1 ⊕ ... ⊕ x_t.

    One bit of memory is enough, for any length, if each step can turn it round. Training has short examples, of which
    there are more than anybody can know by heart; what is judged is whether longer ones come out right too.

    Args:
        train, val, test: examples in each split, all drawn independently.
        shortest, longest: bits of a training example at least and at most.
        length: bits of an example in the other splits.
        further: bits of examples in further test splits, ``length64`` and so on.

    Raises:
        InputError: the lengths are none.

    Example:
        >>> from seqmodels.data import Parity
        >>> example = Parity(train=1, val=1, test=1, length=5).read().test[0]
        >>> example.inputs, " ".join(example.targets)
        ('0 0 0 1 1', '0 0 0 1 0')
    """

    def __init__(
        self,
        train: Positive = 10000,
        val: Positive = 200,
        test: Positive = 500,
        shortest: Positive = 1,
        longest: Positive = 40,
        length: Positive = 256,
        further: Sequence[Positive] = (),
    ):
        self.sizes = {"train": train, "val": val, "test": test}
        self.lengths = Lengths(shortest, longest)
        self.length = length
        self.further = {f"length{steps}": Parity(1, 1, test, 1, 1, steps) for steps in further}

    def read(self, faults: Faults | None = None) -> Splits:  # what is made here has none
        return Splits(*(self._examples(name) for name in Splits._fields))

    def _examples(self, split: str) -> list[Example]:
        draw, count = Random(f"parity {split} {self.length}"), self.sizes[split]
        lengths = self.lengths.drawn(split, count, draw) if split == "train" else [self.length] * count
        return [self._example(steps, draw, f"{split} parity {i + 1}") for i, steps in enumerate(lengths)]

    def _example(self, steps: int, draw: Random, origin: str) -> Example:
        bits = [draw.getrandbits(1) for _ in range(steps)]
        return Example(" ".join(map(str, bits)), [str(bit) for bit in accumulate(bits, xor)], origin)
