"""The floor that is hard to beat: words and pairs of words, the telling ones weighted up."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from seqmodels.floors.base import Item
from seqmodels.floors.label_floor import LabelFloor, text_of
from seqmodels.floors.logistic import Logistic
from seqmodels.floors.nearest_text import WORD
from seqmodels.nn.wide.buckets import check_ngrams
from seqmodels.types import Positive, PositiveFloat, check_choice

Unit = Literal["word", "character"]


class Tfidf(LabelFloor):
    """Logistic regression over n-grams, each (1 + log tf) · (1 + log((1 + n) / (1 + df))), texts of length 1.

    Args:
        unit: ``word``, in lower case; or ``character``, n-grams within words, their ends marked by blanks.
        ngrams: the least and the greatest length.
        min_freq: n-grams that stand in fewer training texts do not count.
        strength: C, as ``Logistic`` has it.
        balanced: whether all labels count the same, however often they occur.

    Raises:
        InputError: no such lengths.
        ValueError: another unit.

    Example:
        >>> from seqmodels.floors import Tfidf
        >>> floor = Tfidf(); floor.fit(["not good at all", "good", "not bad", "bad"], ["-", "+", "+", "-"])
        >>> floor.predict(["it is not bad"])
        ['+']
    """

    def __init__(
        self,
        unit: Unit = "word",
        ngrams: Sequence[Positive] = (1, 2),
        min_freq: Positive = 1,
        strength: PositiveFloat = 30.0,
        balanced: bool = False,
    ):
        check_choice("unit", unit, Unit)
        lengths = check_ngrams(ngrams)
        words = {"token_pattern": WORD} if unit == "word" else {"analyzer": "char_wb"}
        self.settings: dict[str, Any] = {"ngram_range": lengths, "min_df": min_freq, "sublinear_tf": True, **words}
        self.model = Logistic(strength, balanced)

    def learn(self, inputs: Sequence[Item], wanted: np.ndarray) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.vectorizer = TfidfVectorizer(**self.settings)
        self.model.fit(self.vectorizer.fit_transform(list(map(text_of, inputs))), wanted)

    def judge(self, inputs: Sequence[Item]) -> np.ndarray:
        return self.model.probabilities(self.vectorizer.transform(list(map(text_of, inputs))))
