"""The floor of saying something about a text."""

from collections.abc import Sequence

from seqmodels.floors.base import Floor, Item
from seqmodels.floors.label_floor import text_of

WORD = r"\w+|[^\w\s]"
MANY = 256  # texts compared at once


class NearestText(Floor):
    """Says what the most similar training text has: the one whose words have the highest cosine, each weighted by
    tf · (1 + log((1 + n) / (1 + df))) (scikit-learn's TF-IDF, in lower case, words of one letter too).

    Of equally near ones the first counts, and the very first where no word is known. A list of tokens is taken as its
    words.

    Example:
        >>> from seqmodels.floors import NearestText
        >>> floor = NearestText(); floor.fit(["ein Hund rennt", "eine Katze schläft"], ["a dog runs", "a cat sleeps"])
        >>> floor.predict(["die Katze springt"])
        ['a cat sleeps']
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.vectorizer = TfidfVectorizer(token_pattern=WORD)
        self.known = self.vectorizer.fit_transform(
            [text_of(item) for item in inputs]
        )  # (N, words), sparse, of length 1
        self.targets = list(targets)

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        nearest: list[int] = []
        for start in range(0, len(inputs), MANY):
            rows = self.vectorizer.transform([text_of(item) for item in inputs[start : start + MANY]])
            nearest += (rows @ self.known.T).toarray().argmax(axis=1).tolist()
        return [self.targets[place] for place in nearest]
