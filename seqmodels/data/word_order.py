"""Sentences whose words say nothing and whose order says all, made in-process."""

import random
from itertools import product
from typing import NamedTuple

from seqmodels.data.faults import Faults
from seqmodels.data.hashed_split import hashed_split
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.types import Positive

SPLIT_SEED = 0  # which sentences there are is part of the data set, not of a run
PEOPLE = ["man", "woman", "boy", "girl", "farmer", "nurse", "baker", "singer"]
ANIMALS = ["dog", "cat", "horse", "goose", "monkey", "goat", "parrot", "bear"]
VERBS = ["bit", "chased", "heard", "followed", "found", "watched", "scared", "pushed"]
PARTICIPLES = {"bit": "bitten"}  # the others are as the past
QUALITIES = ["", "old", "young", "big", "small", "angry"]
OPENINGS = ["", "yesterday", "this morning", "as we know", "in the park", "at noon", "they say that", "once again"]
CONSTRUCTIONS = {
    "active": "{doer} {verb} {other}",
    "passive": "{other} was {participle} by {doer}",
    "who": "it was {doer} who {verb} {other}",
    "whom": "it was {other} whom {doer} {verb}",
}
ENDINGS = ["", "again", "without a reason", "near the river", "for an hour", "behind the house"]


class Template(NamedTuple):
    """What stands around those that something is said of."""

    opening: str
    construction: str
    ending: str


class WordOrder(Reader):
    """Pairs of sentences of the same words, told apart by their order: whether an animal or a person did it.

    "The dog bit the man" is ``animal``, "the man bit the dog" ``person``; the same by passives and by sentences that
    single one of both out, with words before, behind and between. Both sentences of a pair are in one split, so that
    whoever reads words and no order is right in half of them, exactly. No template, an opening, a construction and an
    ending together, is in two splits.

    Args:
        train, val, test: pairs in each split.

    Raises:
        InputError: more pairs than there are different ones.

    Example:
        >>> from seqmodels.data import WordOrder
        >>> for example in WordOrder(1, 1, 1).read().test: print(example.inputs, "->", example.targets)
        in the park the young farmer was chased by the old goat again -> animal
        in the park the old goat was chased by the young farmer again -> person
    """

    def __init__(self, train: Positive = 3000, val: Positive = 300, test: Positive = 1000):
        self.sizes = {"train": train, "val": val, "test": test}

    def read(self, faults: Faults | None = None) -> Splits:  # what is made here has none
        templates = [Template(*words) for words in product(OPENINGS, CONSTRUCTIONS, ENDINGS)]
        held = len(templates) // 5
        parts = hashed_split([" | ".join(template) for template in templates], held // 2, held, SPLIT_SEED)
        dealt = {
            name: [template for template in templates if parts[" | ".join(template)] == name] for name in self.sizes
        }
        return Splits(*(self._split(name, dealt[name]) for name in Splits._fields))

    def _split(self, name: str, templates: list[Template]) -> list[Example]:
        there = len(templates) * len(PEOPLE) * len(ANIMALS) * len(VERBS) * len(QUALITIES) ** 2
        if self.sizes[name] > there // 2:  # more would take long to draw
            raise InputError(f"data.{name}={self.sizes[name]:,} found, wanted no more than {there // 2:,} pairs")
        draw, pairs = random.Random(f"{SPLIT_SEED} {name}"), dict[tuple[str, str], None]()
        while len(pairs) < self.sizes[name]:
            pairs[_pair(draw.choice(templates), draw)] = None
        sides = ("animal", "person")
        return [
            Example(sentence, side, f"{name} pair {number}")
            for number, pair in enumerate(pairs, start=1)
            for sentence, side in zip(pair, sides, strict=True)
        ]


def _pair(template: Template, draw: random.Random) -> tuple[str, str]:
    """Two sentences: an animal did it, a person did it."""
    animal, person = (_noun(draw.choice(QUALITIES), draw.choice(nouns)) for nouns in (ANIMALS, PEOPLE))
    verb = draw.choice(VERBS)
    said = [
        CONSTRUCTIONS[template.construction].format(
            doer=doer, other=other, verb=verb, participle=PARTICIPLES.get(verb, verb)
        )
        for doer, other in ((animal, person), (person, animal))
    ]
    first, second = (" ".join(part for part in (template.opening, one, template.ending) if part) for one in said)
    return first, second


def _noun(quality: str, noun: str) -> str:
    return " ".join(word for word in ("the", quality, noun) if word)
