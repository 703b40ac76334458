"""The floor of tagging."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from seqmodels.floors.base import Floor, Item


class MostFrequentLabel(Floor):
    """Each word gets the label it has most often in training.

    A word never seen gets the label that is most frequent among training words seen once that look like it: with a
    digit, with a capital letter at the front, or neither.

    Example:
        >>> from seqmodels.floors import MostFrequentLabel
        >>> floor = MostFrequentLabel(); floor.fit([["a", "cat"]], [["DET", "NOUN"]])
        >>> floor.predict([["a"]])
        [['DET']]
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        of_word: dict[str, Counter[str]] = defaultdict(Counter)
        of_look: dict[str, Counter[str]] = defaultdict(Counter)
        for words, labels in zip(inputs, targets, strict=True):
            for word, label in zip(words, labels, strict=True):
                of_word[word][label] += 1
        for word, counts in of_word.items():
            if sum(counts.values()) == 1:
                of_look[_look(word)].update(counts)
        overall = sum(of_word.values(), Counter())
        self.of_word = {word: counts.most_common(1)[0][0] for word, counts in of_word.items()}
        self.of_look = {look: counts.most_common(1)[0][0] for look, counts in of_look.items()}
        self.overall = overall.most_common(1)[0][0]

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        return [[self._label(word) for word in words] for words in inputs]

    def _label(self, word: str) -> str:
        return self.of_word.get(word) or self.of_look.get(_look(word), self.overall)


def _look(word: str) -> str:
    if any(letter.isdigit() for letter in word):
        return "digit"
    return "capital" if word[:1].isupper() else "other"
