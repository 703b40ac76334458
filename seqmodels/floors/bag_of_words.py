"""The floor of saying something about a text: which words are in it."""

from collections.abc import Sequence

import numpy as np

from seqmodels.floors.base import Item
from seqmodels.floors.label_floor import LabelFloor, text_of
from seqmodels.floors.logistic import Logistic
from seqmodels.floors.nearest_text import WORD
from seqmodels.types import PositiveFloat


class BagOfWords(LabelFloor):
    """Logistic regression over how often each word occurs, in lower case and in whatever order.

    Args:
        strength: C, as ``Logistic`` has it.
        balanced: whether all labels count the same, however often they occur.

    Example:
        >>> from seqmodels.floors import BagOfWords
        >>> floor = BagOfWords(); floor.fit(["good tea", "bad tea"], ["+", "-"])
        >>> floor.predict(["how good", "how bad"])
        ['+', '-']
    """

    def __init__(self, strength: PositiveFloat = 1.0, balanced: bool = False):
        self.model = Logistic(strength, balanced)

    def learn(self, inputs: Sequence[Item], wanted: np.ndarray) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        self.vectorizer = CountVectorizer(token_pattern=WORD)
        self.model.fit(self.vectorizer.fit_transform(list(map(text_of, inputs))), wanted)

    def judge(self, inputs: Sequence[Item]) -> np.ndarray:
        return self.model.probabilities(self.vectorizer.transform(list(map(text_of, inputs))))
