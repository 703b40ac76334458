"""Symbols to be said again after a long time, made in-process."""

from collections.abc import Sequence
from random import Random

from seqmodels.data.faults import Faults
from seqmodels.data.generated import Lengths
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.types import Positive

SYMBOLS, BLANK, NOW = "abcdefgh", "_", ">"


class CopyMemory(Reader):
    """The copying problem: ten symbols, a time without any, a sign, and then the same symbols again.

    As Arjovsky, Shah & Bengio 2016, section 5.1, have it (after Hochreiter & Schmidhuber 1997): ten of eight symbols,
    T - 1 blanks, the sign, ten blanks; what is wanted is a blank at each of the first T + 10 steps, then the ten
    symbols in their order. Who keeps no memory but knows the time pays 10·log 8 / (T + 20) nats a step.

    Training examples are of all T from the shortest to the longest, so that there is something to learn before the long
    ones can be learnt; those to choose by and to judge with are of the longest.

    Args:
        train, val, test: examples in each split, all drawn independently.
        shortest, longest: T of a training example at least and at most.
        further: T of examples in further test splits, ``delay50`` and so on.
        symbols: how many are to be remembered, where it shall not be ten.

    Raises:
        InputError: the lengths are none.

    Example:
        >>> from seqmodels.data import CopyMemory
        >>> example = CopyMemory(train=1, val=1, test=1, shortest=3, longest=3, symbols=2).read().test[0]
        >>> example.inputs, " ".join(example.targets)
        ('c d _ _ > _ _', '_ _ _ _ _ c d')
    """

    def __init__(
        self,
        train: Positive = 10000,
        val: Positive = 200,
        test: Positive = 500,
        shortest: Positive = 1,
        longest: Positive = 200,
        further: Sequence[Positive] = (),
        symbols: Positive = 10,
    ):
        self.sizes = {"train": train, "val": val, "test": test}
        self.lengths = Lengths(shortest, longest)
        self.symbols = symbols
        self.further = {f"delay{steps}": CopyMemory(1, 1, test, steps, steps, symbols=symbols) for steps in further}

    def read(self, faults: Faults | None = None) -> Splits:  # what is made here has none
        return Splits(*(self._examples(name) for name in Splits._fields))

    def _examples(self, split: str) -> list[Example]:
        draw = Random(f"copy memory {split} {self.lengths.longest}")
        return [
            self._example(delay, draw, f"{split} copy {i + 1}")
            for i, delay in enumerate(self.lengths.drawn(split, self.sizes[split], draw))
        ]

    def _example(self, delay: int, draw: Random, origin: str) -> Example:
        symbols = draw.choices(SYMBOLS, k=self.symbols)
        read = [*symbols, *[BLANK] * (delay - 1), NOW, *[BLANK] * self.symbols]
        wanted = [BLANK] * (delay + self.symbols) + symbols
        return Example(" ".join(read), wanted, origin)
