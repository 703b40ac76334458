"""The mean of a text's word vectors, in which no order is left."""

from collections.abc import Sequence

import numpy as np

from seqmodels.floors.base import Item
from seqmodels.floors.label_floor import LabelFloor, text_of
from seqmodels.floors.logistic import Logistic
from seqmodels.floors.nearest_text import WORD
from seqmodels.text import Vocab, read_vectors
from seqmodels.types import Positive, PositiveFloat


class AveragedVectors(LabelFloor):
    """Logistic regression over the mean of the vectors of a text's words, each number scaled to mean 0, deviation 1.

    Vectors are read from a file, or learnt from the training texts by latent semantic analysis: the right singular
    vectors of the matrix of TF-IDF weights (Deerwester et al. 1990). Words without a vector count as 0.

    Args:
        vectors: a text file of a word and its numbers a line (GloVe, fastText, word2vec); None learns them.
        size: numbers of a vector that is learnt.
        strength: C, as ``Logistic`` has it.
        balanced: whether all labels count the same, however often they occur.

    Example:
        >>> from seqmodels.floors import AveragedVectors
        >>> floor = AveragedVectors(size=2); floor.fit(["good tea", "bad tea"], ["+", "-"])
        >>> floor.predict(["tea good", "bad bad"])
        ['+', '-']
    """

    def __init__(
        self,
        vectors: str | None = None,
        size: Positive = 300,
        strength: PositiveFloat = 0.1,
        balanced: bool = False,
    ):
        self.vectors = vectors
        self.size = size
        self.model = Logistic(strength, balanced)

    def learn(self, inputs: Sequence[Item], wanted: np.ndarray) -> None:
        texts = list(map(text_of, inputs))
        self.learnt = {} if self.vectors is not None else self._analysed(texts)
        means = self._means(texts)
        self.center, deviation = means.mean(axis=0), means.std(axis=0)
        self.scale = np.where(deviation > 1e-12, deviation, 1.0)
        self.model.fit((means - self.center) / self.scale, wanted)

    def judge(self, inputs: Sequence[Item]) -> np.ndarray:
        return self.model.probabilities((self._means(list(map(text_of, inputs))) - self.center) / self.scale)

    def _means(self, texts: Sequence[str]) -> np.ndarray:
        """(N, D)."""
        from sklearn.feature_extraction.text import CountVectorizer

        counter = CountVectorizer(token_pattern=WORD, lowercase=self.vectors is None)
        counts = counter.fit_transform(texts)  # (N, words)
        table = self._table(counter.get_feature_names_out().tolist())  # (words, D)
        return np.asarray(counts @ table) / np.asarray(counts.sum(axis=1)).clip(min=1)

    def _table(self, words: Sequence[str]) -> np.ndarray:
        if self.vectors is not None:
            return read_vectors(self.vectors, Vocab(words)).table.numpy()
        width = len(next(iter(self.learnt.values())))
        return np.stack([self.learnt.get(word, np.zeros(width)) for word in words])

    def _analysed(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """A vector for every word of the training texts."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.utils.extmath import randomized_svd

        vectorizer = TfidfVectorizer(token_pattern=WORD, sublinear_tf=True)
        weights = vectorizer.fit_transform(texts)  # (N, words)
        _, _, right = randomized_svd(weights, min(self.size, *weights.shape), random_state=0)
        return dict(zip(vectorizer.get_feature_names_out(), right.T, strict=True))
