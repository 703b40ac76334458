"""Sums of two numbers that stand far apart, made in-process."""

from collections.abc import Sequence
from random import Random

import torch

from seqmodels.data.faults import Faults
from seqmodels.data.generated import Lengths
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.series import Series, Window
from seqmodels.types import Positive

COLUMNS = ("number", "marked")


class Adding(Reader):
    """The adding problem of Hochreiter & Schmidhuber 1997, section 5.4: which two numbers are marked, and their sum.

    A step has a number, uniform from 0 to 1, and a mark, 1 at one step of the first half and at one of the second, 0 at
    all others (as in Arjovsky, Shah & Bengio 2016, section 5.2). What is wanted is the sum of the two marked numbers;
    who says its mean, 1, errs by 1/6 squared on average.

    Training examples are of all lengths from the shortest to the longest, so that there is something to learn before
    the long ones can be learnt; those to choose by and to judge with are of the longest.

    Args:
        train, val, test: examples in each split, all drawn independently.
        shortest, longest: steps of a training example at least and at most.
        further: steps of examples in further test splits, ``length50`` and so on.

    Raises:
        InputError: the lengths are none.

    Example:
        >>> from seqmodels.data import Adding
        >>> example = Adding(train=1, val=1, test=1).read().test[0]
        >>> number, marked = example.inputs.rows.T
        >>> len(number), int(marked.sum()), example.targets == [float(number @ marked)]
        (600, 2, True)
    """

    def __init__(
        self,
        train: Positive = 12000,
        val: Positive = 500,
        test: Positive = 1000,
        shortest: Positive = 10,
        longest: Positive = 600,
        further: Sequence[Positive] = (),
    ):
        self.sizes = {"train": train, "val": val, "test": test}
        self.lengths = Lengths(shortest, longest, 2)
        self.further = {f"length{steps}": Adding(1, 1, test, steps, steps) for steps in further}

    def read(self, faults: Faults | None = None) -> Splits:  # what is made here has none
        return Splits(*(self._examples(name) for name in Splits._fields))

    def _examples(self, split: str) -> list[Example]:
        """Windows of one series, so that a split is one block of numbers."""
        draw = Random(f"adding {split} {self.lengths.longest}")
        lengths = self.lengths.drawn(split, self.sizes[split], draw)
        generator = torch.Generator().manual_seed(draw.getrandbits(60))
        values = torch.rand(sum(lengths), 2, generator=generator, dtype=torch.float64)
        values[:, 1] = 0
        series = Series(COLUMNS, values, training=len(values), features=COLUMNS)
        examples, start = [], 0
        for i, steps in enumerate(lengths):
            for place in (draw.randrange(steps // 2), draw.randrange(steps // 2, steps)):
                values[start + place, 1] = 1
            number, marked = values[start : start + steps].T
            window = Window(series, start, start + steps, COLUMNS)
            examples.append(Example(window, [float(number @ marked)], f"{split} sum {i + 1}"))
            start += steps
        return examples
