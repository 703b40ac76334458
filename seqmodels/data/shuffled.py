"""Texts whose words stand in any order."""

import random

from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.text import tokenizer
from seqmodels.types import NonNegative


class Shuffled(Reader):
    """What another reader reads, the words and marks of each text in an order drawn anew: what is left without order.

    A text has the same order wherever it stands, whatever else was read.

    Args:
        reader: whose texts these are.
        seed: which of many such orders.

    Raises:
        InputError: (of an example) it is no text.

    Example:
        >>> from seqmodels.data import Shuffled, WordOrder
        >>> Shuffled(WordOrder(1, 1, 1)).read().test[0].inputs
        'the farmer again the park goat was in young old by chased the'
    """

    def __init__(self, reader: Reader, seed: NonNegative = 0):
        self.reader = reader
        self.seed = seed
        self.cut = reader.cut
        self.further = {name: Shuffled(one, seed) for name, one in reader.further.items()}

    def read(self, faults: Faults | None = None) -> Splits:
        return Splits(*([self.shuffled(example) for example in split] for split in self.reader.read(faults)))

    def shuffled(self, example: Example) -> Example:
        """The same example without its order."""
        text = example.inputs
        if not isinstance(text, str):
            raise InputError(f"{example.origin}: {type(text).__name__} found, wanted a text whose words are shuffled")
        words = tokenizer("words_and_marks").split(text)
        random.Random(f"{self.seed} {text}").shuffle(words)
        return example._replace(inputs=" ".join(words))
