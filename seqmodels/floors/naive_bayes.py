"""Words and pairs of words, each weighted by how much more one label has of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqmodels.floors.base import Item
from seqmodels.floors.label_floor import LabelFloor, text_of
from seqmodels.floors.logistic import Logistic
from seqmodels.floors.nearest_text import WORD
from seqmodels.nn.wide.buckets import check_ngrams
from seqmodels.nn.wide.ngram_linear import naive_bayes_ratio
from seqmodels.types import Positive, PositiveFloat


class NaiveBayesWeighted(LabelFloor):
    """Logistic regression over the n-grams that a text has, each weighted as naive Bayes would (Wang & Manning 2012).

        r = log((p / ‖p‖₁) / (q / ‖q‖₁)),  p = α + Σ_{y=c} f,  q = α + Σ_{y≠c} f,  f being 0 or 1 for each n-gram

    One regression for each label against all others; their probabilities are then made to be 1 together.

    Args:
        ngrams: the least and the greatest length, in words.
        smoothing: α.
        strength: C, as ``Logistic`` has it.
        balanced: whether a label counts as much as all others together, however often it occurs.

    Raises:
        InputError: no such lengths.

    Example:
        >>> from seqmodels.floors import NaiveBayesWeighted
        >>> floor = NaiveBayesWeighted(); floor.fit(["not good", "good", "not bad", "bad"], ["-", "+", "+", "-"])
        >>> floor.predict(["it is not bad"])
        ['+']
    """

    def __init__(
        self,
        ngrams: Sequence[Positive] = (1, 2),
        smoothing: PositiveFloat = 1.0,
        strength: PositiveFloat = 10.0,
        balanced: bool = False,
    ):
        self.ngrams = check_ngrams(ngrams)
        self.smoothing = smoothing
        self.strength = strength
        self.balanced = balanced
        Logistic(strength)  # refuses what is none

    def learn(self, inputs: Sequence[Item], wanted: np.ndarray) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        self.vectorizer = CountVectorizer(token_pattern=WORD, ngram_range=self.ngrams, binary=True, dtype=np.float64)
        there = self.vectorizer.fit_transform(list(map(text_of, inputs)))  # (N, F), sparse
        # Of two labels one regression says all.
        count = len(self.labels)
        self.parts = [self._part(there, wanted == place) for place in (range(count) if count > 2 else range(1, count))]

    def _part(self, there: Any, mine: np.ndarray) -> tuple[np.ndarray, Logistic]:
        weights = naive_bayes_ratio(there, mine, self.smoothing)  # (F,)
        model = Logistic(self.strength, self.balanced)
        model.fit(there.multiply(weights).tocsr(), mine.astype(int))
        return weights, model

    def judge(self, inputs: Sequence[Item]) -> np.ndarray:
        there = self.vectorizer.transform(list(map(text_of, inputs)))
        mine = [model.probabilities(there.multiply(weights).tocsr())[:, 1] for weights, model in self.parts]
        if not mine:
            return np.ones((len(inputs), 1))
        said = np.stack([1 - mine[0], mine[0]] if len(mine) == 1 else mine, axis=1)  # (N, C)
        return said / said.sum(axis=1, keepdims=True)
