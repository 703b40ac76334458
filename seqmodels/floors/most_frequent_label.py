"""The floor of tagging."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from seqmodels.floors.base import Floor, Item


class MostFrequentLabel(Floor):
    """Each word gets the label it has most often in training; a word never seen gets the one most frequent overall.

    Example:
        >>> from seqmodels.floors import MostFrequentLabel
        >>> floor = MostFrequentLabel(); floor.fit([["a", "cat"]], [["DET", "NOUN"]])
        >>> floor.predict([["a"]])
        [['DET']]
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for words, labels in zip(inputs, targets, strict=True):
            for word, label in zip(words, labels, strict=True):
                counts[word][label] += 1
        self.of_word = {word: counter.most_common(1)[0][0] for word, counter in counts.items()}
        self.overall = sum(counts.values(), Counter()).most_common(1)[0][0]

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        return [[self.of_word.get(word, self.overall) for word in words] for words in inputs]
