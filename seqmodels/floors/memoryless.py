"""The floor of long memory."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import torch
from torch import Tensor

from seqmodels.floors.base import Item
from seqmodels.floors.step_label_floor import StepLabelFloor

ENOUGH = 100  # how often a case has to be seen before its labels are believed
SMALL = 0.01  # times that every label is counted in advance

Case = tuple[str, int | None]


class Memoryless(StepLabelFloor):
    """Knows of each step what is read there and how many steps are left, and nothing of what was read before.

        p(y_t | x_t, T - t), and p(y_t | x_t) where training has too few of such steps

    counted in training. Where symbols are to be copied it pays log 8 for each and nothing elsewhere, as whoever has a
    clock and no memory (Arjovsky, Shah & Bengio 2016, section 5.1).

    Example:
        >>> from seqmodels.floors import Memoryless
        >>> floor = Memoryless(); floor.fit(["a _"] * 100, [["_", "a"]] * 100)
        >>> floor.predict(["a _ _"])
        [['_', 'a', 'a']]
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        self.counts: dict[Case, Counter[str]] = defaultdict(Counter)
        for item, labels in zip(inputs, targets, strict=True):
            for token, left, label in zip(_tokens(item), range(len(labels) - 1, -1, -1), labels, strict=True):
                self.counts[token, left][label] += 1
        self.overall: Counter[str] = Counter()
        for (token, _), counted in list(self.counts.items()):
            self.counts[token, None].update(counted)
            self.overall.update(counted)

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        known = {case: self._seen(case).most_common(1)[0][0] for case in _cases(inputs)}
        return [[known[case] for case in _steps(item)] for item in inputs]

    def log_probabilities(self, inputs: Sequence[Item], names: Sequence[str]) -> list[Tensor]:
        known = {case: [self._seen(case)[name] for name in names] for case in _cases(inputs)}
        return [self._log_p([known[case] for case in _steps(item)]) for item in inputs]

    def _seen(self, case: Case) -> Counter[str]:
        """How often each label was seen in such a case."""
        found = [self.counts[one] for one in (case, (case[0], None)) if one in self.counts]
        return next((counted for counted in found if counted.total() >= ENOUGH), found[-1] if found else self.overall)

    def _log_p(self, counts: list[list[int]]) -> Tensor:
        seen = torch.tensor(counts, dtype=torch.float64) + SMALL  # (T, C)
        return (seen / seen.sum(dim=1, keepdim=True)).log()


def _tokens(item: Item) -> list[str]:
    return item.split() if isinstance(item, str) else list(item)


def _steps(item: Item) -> list[Case]:
    """What is read at each step, and how many are left."""
    tokens = _tokens(item)
    return [(token, len(tokens) - 1 - t) for t, token in enumerate(tokens)]


def _cases(inputs: Sequence[Item]) -> set[Case]:
    return {case for item in inputs for case in _steps(item)}
