"""Capitals put back into lower-cased texts."""

from random import Random

import pytest

from seqmodels.data import Example
from seqmodels.data.fitting import fit_fields
from seqmodels.errors import InputError
from seqmodels.text import Casing, Subwords

TEXTS = [
    "Ein Hund in Rom. Die Hand!",
    'Der Hund sagt "Rom" und "Hand!" Er ging.',
    "Ein iPhone, die Hand.",
    "Die NATO tagt.",
]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_like_those_that_were_seen_come_back(text):
    assert Casing.of_texts(TEXTS).restored(text.lower()) == text


def test_a_first_word_does_not_say_how_a_word_is_written():
    casing = Casing.of_texts(["Ein Hund.", "Es ist ein Hund."])
    assert casing.restored("hund und ein hund") == "Hund und ein Hund"


def test_sentences_begin_as_most_do():
    casing = Casing.of_texts(["ein Hund.", "ein Hund.", "Ein Hund."])
    assert casing.restored("ein hund. ein hund.") == "ein Hund. ein Hund."


def test_the_most_frequent_form_counts_and_of_two_the_same_one_every_time():
    assert Casing.of_texts(["A US us us", "A IT It", "A Go go"]).restored("a us it go") == "A us IT go"


@pytest.mark.parametrize("text", ["", " ", "12 o'clock", "...", "東京 und rom", "ß", "a.b. c", "\n\nein  hund\t"])
def test_nothing_but_capitals_is_changed(text):
    assert Casing.of_texts(TEXTS).restored(text).lower() == text.lower()


def test_each_side_of_joint_subwords_has_capitals_of_its_own():
    pairs = [("Die Hand ist in Rom.", "I die: the hand is in Rome.")] * 3
    fields = {side: Subwords(vocab_size=80, lowercase=True, joint=True, recase=True) for side in ("inputs", "targets")}
    fit_fields(fields, [Example(*pair, "memory") for pair in pairs])
    for field, text in zip(fields.values(), pairs[0], strict=True):
        assert field.decode(field.encode(text).tolist()) == text
        again = Subwords(vocab_size=80, lowercase=True, joint=True, recase=True)
        again.load_learnt(field.learnt())
        assert again.decode(again.encode(text).tolist()) == text
    assert fields["inputs"].encode("the Hand").tolist() == fields["targets"].encode("The hand").tolist()


def test_pieces_that_vary_are_lower_case_still():
    field = Subwords(vocab_size=80, lowercase=True, recase=True, dropout=0.5)
    field.fit(TEXTS * 3)
    for i in range(20):
        ids = field.vary(field.encode(TEXTS[0]), Random(i))
        assert field.decode(ids.tolist()) == TEXTS[0]


def test_recase_of_what_is_not_lower_cased_is_refused():
    with pytest.raises(ValueError, match="recase=true found with lowercase=false"):
        Subwords(recase=True)


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        ({}, "forms of words: wanted a list of strings"),
        ({"forms": [1], "starts": [True]}, "forms of words: wanted a list of strings"),
        ({"forms": ["Rom"], "starts": [1]}, r"starts: \[1\] found, wanted \[true\] or \[false\]"),
        ({"forms": ["Rom"]}, "starts: None found"),
    ],
)
def test_damaged_files_are_told(case, fault):
    field = Subwords(vocab_size=80, lowercase=True, recase=True)
    field.fit(TEXTS)
    pieces = {name: value for name, value in field.learnt().items() if name not in ("forms", "starts")}
    with pytest.raises(InputError, match=fault):
        Subwords(vocab_size=80, lowercase=True, recase=True).load_learnt(pieces | case)
