"""The floor of pronunciation."""

import math
from itertools import combinations_with_replacement, pairwise

import pytest

from seqmodels.floors import LetterByLetter
from seqmodels.floors.letter_by_letter import MOST, UNSEEN, _aligned

TABLE = {"c": "K", "a": "AE", "t": "T", "x": "K S", "e": "", "s": "S"}
WORDS = ["cat", "tax", "act", "sate", "case", "taste", "axes", "exact", "cats", "sea", "tea", "ax", "exta", "xes", "te"]


def said(word):
    return " ".join(filter(None, (TABLE[letter] for letter in word)))


def test_letters_that_always_write_the_same_are_learnt_and_read():
    words = [one + other for one in WORDS for other in WORDS]
    floor = LetterByLetter()
    floor.fit(words, [said(word) for word in words])
    new = ["catsex", "xxat", "stace", "q", "tacs"]
    assert floor.predict(new) == [said(word) if word != "q" else "" for word in new]


def test_a_letter_is_read_by_what_stands_beside_it():
    floor = LetterByLetter()
    floor.fit(["ce", "ca", "ke", "ka"] * 3, ["S E", "K A", "K E", "K A"] * 3)
    assert floor.predict(["ceca", "kace"]) == ["S E K A", "K A S E"]


def test_lists_are_taken_as_they_are():
    floor = LetterByLetter()
    floor.fit([["c", "a"], ["a"]], [["K", "AE"], ["AE"]])
    assert floor.predict([["a", "c"]]) == [["AE", "K"]]


def all_cuts(letters, units):
    """Every way to cut units into a part for each letter."""
    for ends in combinations_with_replacement(range(len(units) + 1), letters - 1):
        cuts = [0, *ends, len(units)]
        parts = [tuple(units[a:b]) for a, b in pairwise(cuts)]
        if all(len(part) <= MOST for part in parts):
            yield parts


@pytest.mark.parametrize("word", ["x", "axe", "caxe", "exact"])
def test_the_alignment_is_the_cheapest_of_all(word):
    costs = {letter: {tuple(TABLE[letter].split()): 0.5, ("T",): 1.0, (): 2.0} for letter in TABLE}
    units = said(word).split()

    def cost(parts):
        return sum(costs[letter].get(part, -math.log(UNSEEN)) for letter, part in zip(word, parts, strict=True))

    found = _aligned(list(word), units, costs)
    assert sum(found, ()) == tuple(units)
    assert cost(found) == pytest.approx(min(map(cost, all_cuts(len(word), units))))
