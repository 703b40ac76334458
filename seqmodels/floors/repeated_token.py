"""The floor of writing a sequence that is not aligned with the input."""

from collections import Counter
from collections.abc import Sequence

from seqmodels.floors.base import Floor, Item


class RepeatedToken(Floor):
    """Always says the most frequent training token, as many times as training targets are long on average.

    Tokens are words between blanks; a list of tokens is taken as it is.

    Example:
        >>> from seqmodels.floors import RepeatedToken
        >>> floor = RepeatedToken(); floor.fit(["x", "y", "z"], ["3 1 3", "4", "3 1"])
        >>> floor.predict(["w"])
        ['3 3']
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        tokens = [target.split() if isinstance(target, str) else list(target) for target in targets]
        token = Counter(token for target in tokens for token in target).most_common(1)[0][0]
        count = max(1, round(sum(map(len, tokens)) / len(tokens)))
        self.answer: Item = " ".join([token] * count) if isinstance(targets[0], str) else [token] * count

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        return [self.answer] * len(inputs)
