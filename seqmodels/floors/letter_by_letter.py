"""The floor of pronunciation."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from seqmodels.floors.base import Floor, Item

MOST = 2  # units that a letter writes at most, x as K S
LEARNT_FROM = 5_000  # pairs, spread evenly over the training split
ROUNDS = 4
UNSEEN = 1e-4  # how probable it is that a letter writes what it did not in the round before

Units = tuple[str, ...]


class LetterByLetter(Floor):
    """Each letter writes what it has most often in training beside the same two letters, else before the same letter,
    else at all: nothing, one unit or two.

    What belongs to which letter is found by Viterbi training: p(units | letter) by counting, from an even distribution
    over each word, then the most probable alignment of each pair, four times. Texts are read letter by letter, and
    targets are units between blanks; lists are taken as they are.

    Example:
        >>> from seqmodels.floors import LetterByLetter
        >>> floor = LetterByLetter(); floor.fit(["cat", "at", "scat"], ["K AE T", "AE T", "S K AE T"])
        >>> floor.predict(["tac"])
        ['T AE K']
    """

    def fit(self, inputs: Sequence[Item], targets: Sequence[Item]) -> None:
        self.blanks = isinstance(targets[0], str)
        step = max(1, len(inputs) // LEARNT_FROM)
        pairs = [(list(one), _units(other)) for one, other in zip(inputs[::step], targets[::step], strict=True)]
        pairs = [(letters, units) for letters, units in pairs if len(units) <= MOST * len(letters)]
        aligned = [_evenly(len(letters), units) for letters, units in pairs]
        for _ in range(ROUNDS):
            costs = _costs([letters for letters, _ in pairs], aligned)
            aligned = [_aligned(letters, units, costs) for letters, units in pairs]
        written: dict[Units, Counter[Units]] = defaultdict(Counter)
        for (letters, _), parts in zip(pairs, aligned, strict=True):
            for i, part in enumerate(parts):
                for context in _contexts(letters, i):
                    written[context][part] += 1
        self.most = {context: counts.most_common(1)[0][0] for context, counts in written.items()}

    def predict(self, inputs: Sequence[Item]) -> list[Item]:
        said = [[unit for i in range(len(text)) for unit in self._part(list(text), i)] for text in inputs]
        return [" ".join(units) if self.blanks else units for units in said]

    def _part(self, letters: list[str], i: int) -> Units:
        return next((self.most[context] for context in _contexts(letters, i) if context in self.most), ())


def _units(target: Item) -> list[str]:
    return target.split() if isinstance(target, str) else list(target)


def _contexts(letters: list[str], i: int) -> list[Units]:
    """What a letter stands beside, from the most to the least."""
    before, after = ("", *letters, "")[i], (*letters, "")[i + 1]
    return [(before, letters[i], after), (letters[i], after), (letters[i],)]


def _evenly(letters: int, units: list[str]) -> list[Units]:
    cuts = [round(i * len(units) / max(1, letters)) for i in range(letters + 1)]
    return [tuple(units[a:b]) for a, b in pairwise(cuts)]


def _costs(texts: list[list[str]], aligned: list[list[Units]]) -> dict[str, dict[Units, float]]:
    """-log p(units | letter)."""
    counts: dict[str, Counter[Units]] = defaultdict(Counter)
    for letters, parts in zip(texts, aligned, strict=True):
        for letter, part in zip(letters, parts, strict=True):
            counts[letter][part] += 1
    return {
        letter: {part: -math.log(count / sum(found.values())) for part, count in found.items()}
        for letter, found in counts.items()
    }


def _aligned(letters: list[str], units: list[str], costs: dict[str, dict[Units, float]]) -> list[Units]:
    """The cheapest way to cut units into a part for each letter."""
    unseen = -math.log(UNSEEN)
    best: list[tuple[float, list[Units]] | None] = [None] * (len(units) + 1)  # by how many units are written
    best[0] = (0.0, [])
    for letter in letters:
        of_letter, before = costs[letter], best
        best = [None] * (len(units) + 1)
        for end in range(len(units) + 1):
            for start in range(max(0, end - MOST), end + 1):
                found = before[start]
                if found is None:
                    continue
                part = tuple(units[start:end])
                cost = found[0] + of_letter.get(part, unseen)
                kept = best[end]
                if kept is None or cost < kept[0]:
                    best[end] = (cost, [*found[1], part])
    last = best[-1]
    assert last is not None  # there are letters enough
    return last[1]
