"""The floor of tagging."""

from typing import TYPE_CHECKING

import pytest

from seqmodels.floors import MostFrequentLabel

if TYPE_CHECKING:
    from seqmodels.data import Splits

# run: NOUN twice, VERB once. Seen once: Rome PROPN, Oslo PROPN, Go VERB; 1999 NUM, B2 PROPN, 7 NUM; oh INTJ.
WORDS = [["run", "run", "run", "Rome", "Oslo", "Go"], ["1999", "B2", "7", "oh"], ["the", "the", "The", "The"]]
LABELS = [
    ["NOUN", "VERB", "NOUN", "PROPN", "PROPN", "VERB"],
    ["NUM", "PROPN", "NUM", "INTJ"],
    ["DET", "DET", "DET", "DET"],
]


@pytest.fixture
def floor() -> MostFrequentLabel:
    floor = MostFrequentLabel()
    floor.fit(WORDS, LABELS)
    return floor


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("run", "NOUN"),
        ("Go", "VERB"),
        ("B2", "PROPN"),
        ("Paris", "PROPN"),
        ("3", "NUM"),
        ("A380", "NUM"),
        ("x1", "NUM"),
        ("cat", "INTJ"),
        ("iPhone", "INTJ"),
        ("!", "INTJ"),
    ],
    ids=lambda value: str(value),
)
def test_a_word_gets_its_own_most_frequent_label_or_that_of_rare_words_that_look_like_it(
    word: str, label: str, floor: MostFrequentLabel
) -> None:
    assert floor.predict([[word]]) == [[label]]


def test_an_unseen_word_that_looks_like_no_rare_one_gets_the_most_frequent_label_of_all() -> None:
    floor = MostFrequentLabel()
    floor.fit([["a", "a", "cats", "cats", "cats", "Rome"]], [["DET", "DET", "NOUN", "NOUN", "NOUN", "PROPN"]])
    assert floor.predict([["dogs", "7", "Oslo"]]) == [["NOUN", "NOUN", "PROPN"]]


def test_an_empty_word_looks_like_no_capital() -> None:
    floor = MostFrequentLabel()
    floor.fit([["", "cat", "Rome"]], [["X", "NOUN", "PROPN"]])
    assert floor.predict([["", "dog"]]) == [["X", "X"]]
    floor.fit([["cat", "Rome"]], [["NOUN", "PROPN"]])
    assert floor.predict([[""]]) == [["NOUN"]]


def test_every_word_gets_a_label(floor: MostFrequentLabel) -> None:
    sentences = [["the", "cat"], [], ["Run", "3", "!"]]
    assert [len(labels) for labels in floor.predict(sentences)] == [2, 0, 3]


def test_words_and_labels_of_different_number_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        MostFrequentLabel().fit([["two", "cats"]], [["NUM"]])


def test_it_is_right_on_between_885_and_890_of_1000_words_of_ewt(ewt: "Splits") -> None:
    floor = MostFrequentLabel()
    floor.fit([e.inputs for e in ewt.train], [e.targets for e in ewt.train])
    answers = floor.predict([e.inputs for e in ewt.test])
    pairs = [pair for e, answer in zip(ewt.test, answers, strict=True) for pair in zip(e.targets, answer, strict=True)]
    right = sum(target == answer for target, answer in pairs) / len(pairs)
    assert 0.885 <= right <= 0.890, f"{right:.4f} of the words are right"
