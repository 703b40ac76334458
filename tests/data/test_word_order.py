"""Pairs that only order tells apart, and texts without order."""

from collections import Counter

import pytest

from seqmodels.data import Shuffled, WordOrder
from seqmodels.data.word_order import CONSTRUCTIONS, ENDINGS, OPENINGS
from seqmodels.errors import InputError
from seqmodels.floors import AveragedVectors, BagOfWords, Tfidf


@pytest.fixture(scope="module")
def splits():
    return WordOrder(200, 50, 100).read()


def test_both_of_a_pair_have_the_same_words_and_opposite_labels(splits):
    for split in splits:
        for one, other in zip(split[::2], split[1::2], strict=True):
            assert sorted(one.inputs.split()) == sorted(other.inputs.split())
            assert one.inputs != other.inputs
            assert (one.targets, other.targets) == ("animal", "person")
            assert one.origin == other.origin


def test_no_sentence_stands_twice_and_reading_again_gives_the_same(splits):
    assert len({example.inputs for split in splits for example in split}) == 2 * 350
    assert WordOrder(200, 50, 100).read() == splits


def template(sentence):
    opening = max((part for part in OPENINGS if sentence.startswith(part)), key=len)
    ending = max((part for part in ENDINGS if sentence.endswith(part)), key=len)
    marks = {"passive": " by ", "who": " who ", "whom": " whom "}
    return opening, next((name for name, mark in marks.items() if mark in sentence), "active"), ending


def test_no_template_is_in_two_splits_and_every_part_of_one_is_in_training(splits):
    train, val, test = ({template(example.inputs) for example in split} for split in splits)
    assert not train & val
    assert not train & test
    assert not val & test
    assert {part for one in train for part in one} == {*OPENINGS, *CONSTRUCTIONS, *ENDINGS}


@pytest.mark.parametrize("floor", [BagOfWords(), Tfidf(ngrams=[1, 1]), AveragedVectors(size=8)])
def test_whoever_reads_no_order_is_right_in_half_of_them_exactly(floor, splits):
    floor.fit([e.inputs for e in splits.train], [e.targets for e in splits.train])
    said = floor.predict([e.inputs for e in splits.test])
    assert sum(a == e.targets for a, e in zip(said, splits.test, strict=True)) == len(splits.test) / 2


def test_more_pairs_than_there_are_is_refused():
    with pytest.raises(InputError, match=r"data\.val=999,999,999 found, wanted no more than"):
        WordOrder(val=999_999_999).read()


def test_shuffled_texts_have_the_same_words_in_the_same_splits_in_an_order_of_their_own(splits):
    plain, shuffled = WordOrder(200, 50, 100), Shuffled(WordOrder(200, 50, 100))
    moved = 0
    for split, other in zip(plain.read(), shuffled.read(), strict=True):
        for one, two in zip(split, other, strict=True):
            assert Counter(one.inputs.split()) == Counter(two.inputs.split())
            assert one[1:] == two[1:]
            moved += one.inputs != two.inputs
    assert moved > 0.95 * 700
    assert shuffled.read() == shuffled.read()
    assert Shuffled(plain, seed=1).read() != shuffled.read()


def test_what_is_no_text_is_told():
    with pytest.raises(InputError, match="dict found, wanted a text whose words are shuffled"):
        Shuffled(Named()).read()


class Named(WordOrder):
    """Texts by name."""

    def read(self, faults=None):
        return super().read(faults)._replace(train=[super().read().train[0]._replace(inputs={"a": "b"})])
