"""Words in columns, and labels of several kinds."""

import json

import pytest
import torch

from seqmodels.errors import InputError
from seqmodels.text import JointLabels, Label, StepLabels, Words
from seqmodels.text.words import shape_of
from seqmodels.types import PAD, UNK

SENTENCES = [["Ada", "wrote", "programs", "in", "1843"], ["She", "wrote", "notes"], ["Ada", "wrote"]]


def fitted(**settings):
    field = Words(**settings)
    field.fit(SENTENCES)
    return field


def test_every_column_says_what_the_word_shows():
    field = fitted(min_freq=1)
    size = field.size
    assert list(size.parts) == [
        "words",
        *(f"prefix{n}" for n in (1, 2, 3)),
        *(f"suffix{n}" for n in (1, 2, 3, 4)),
        "shape",
        "characters",
    ]
    ids = field.encode(["Ada", "1843"])
    read = [
        {name: [size.parts[name].names[i] for i in row[size.columns(name)].tolist() if i != PAD] for name in size.parts}
        for row in ids
    ]
    assert read[0] == {
        "words": ["ada"],
        "prefix1": ["a"],
        "prefix2": ["ad"],
        "prefix3": ["ada"],
        "suffix1": ["a"],
        "suffix2": ["da"],
        "suffix3": ["ada"],
        "suffix4": ["ada"],
        "shape": ["Xx"],
        "characters": ["A", "d", "a"],
    }
    assert (read[1]["words"], read[1]["shape"], read[1]["characters"]) == (["0000"], ["d"], ["1", "8", "4", "3"])


def test_a_word_that_training_lacks_shows_its_parts():
    field = fitted(min_freq=1)
    (row,) = field.encode(["Wrong"])
    size = field.size
    assert row[size.columns("words")].tolist() == [UNK]
    assert size.parts["prefix3"].names[row[size.columns("prefix3")]] == "wro"
    assert size.parts["shape"].names[row[size.columns("shape")]] == "Xx"


def test_what_is_rare_is_unknown_but_letters_never_are():
    field = fitted(min_freq=2)
    size = field.size
    assert set(size.parts["words"].names[4:]) == {"ada", "wrote"}
    assert {"v", "g", "8"} & set(size.parts["characters"].names) == {"g", "8"}  # every letter that was seen once
    assert field.encode(["zz"])[0, size.columns("characters")].tolist() == [UNK, UNK]


def test_a_sentence_is_the_same_whatever_was_encoded_before():
    one, other = fitted(), fitted()
    other.encode(["incomprehensibilities", "Ada"])
    assert torch.equal(one.encode(["Ada", "wrote"]), other.encode(["Ada", "wrote"]))
    assert one.encode("Ada wrote").shape == one.encode(["Ada", "wrote"]).shape


def test_a_field_that_learns_anew_forgets_what_it_encoded():
    field, fresh = Words(min_freq=1), fitted(min_freq=1)
    field.fit([["notes", "wrote", "Ada", "Grace"]])
    field.encode(["Ada"])
    field.fit(SENTENCES)
    assert torch.equal(field.encode(["Ada"]), fresh.encode(["Ada"]))
    other = fitted(min_freq=2)
    field.load_learnt(other.learnt())
    assert torch.equal(field.encode(["Ada"]), other.encode(["Ada"]))


def test_an_empty_word_is_a_word():
    ids = fitted().encode(["", "Ada"])
    assert ids.shape[0] == 2
    assert ids[0, fitted().size.columns("characters")].tolist() == [PAD, PAD, PAD]


def test_what_was_learnt_survives_json_and_gives_the_same_ids():
    field, again = fitted(), Words()
    again.load_learnt(json.loads(json.dumps(field.learnt())))
    for sentence in [*SENTENCES, ["Grace", "", "U.S."]]:
        assert torch.equal(field.encode(sentence), again.encode(sentence))
    assert again.size == field.size
    assert again.size.parts == field.size.parts


@pytest.mark.parametrize(
    ("learnt", "words"),
    [
        ({}, "nothing found, wanted words"),
        ({"words": ["a"]}, "words found, wanted words, prefix1"),
        ({name: ["a"] for name in Words().parts}, "begins with"),
        ({name: 3 for name in Words().parts}, "int found, wanted a list"),
    ],
)
def test_a_vocabulary_of_something_else_is_refused(learnt, words):
    with pytest.raises(InputError, match=words):
        Words().load_learnt(learnt)


def test_words_that_were_not_fitted_say_so_and_have_a_size_of_their_kind():
    with pytest.raises(ValueError, match="Words was not fitted"):
        Words().encode(["a"])
    expected = Words(prefixes=[], suffixes=[1], shape=False).expected_size()
    assert list(expected.parts) == ["words", "suffix1", "characters"]


@pytest.mark.parametrize(
    ("word", "shape"),
    [("", ""), ("iPhone", "xXx"), ("B2B", "XdX"), ("don't", "x'x"), ("McDonald", "XxXx"), ("你好", "x"), ("--", "-")],
)
def test_a_shape_has_a_letter_for_each_run_of_a_kind(word, shape):
    assert shape_of(word) == shape


# Labels of several kinds


def joint():
    field = JointLabels({"slots": StepLabels(), "intent": Label()})
    field.fit([{"slots": ["O", "B-song"], "intent": "Play"}, {"slots": ["O"], "intent": "Stop"}])
    return field


def test_labels_come_back_as_they_were():
    field = joint()
    for item in ({"slots": ["B-song", "O", "O"], "intent": "Stop"}, {"slots": ["O"], "intent": "Play"}):
        ids = field.encode(item)
        assert ids.shape == (len(item["slots"]), 2)
        assert field.decode(ids.tolist()) == item


def test_joint_sizes_have_parts_with_names_and_count_as_the_first():
    size = joint().size
    assert (size, size.names) == (2, ("B-song", "O"))
    assert {name: part.names for name, part in size.parts.items()} == {
        "slots": ("B-song", "O"),
        "intent": ("Play", "Stop"),
    }


def test_joint_labels_survive_json():
    field, again = joint(), JointLabels({"slots": StepLabels(), "intent": Label()})
    again.load_learnt(json.loads(json.dumps(field.learnt())))
    assert again.size.parts == field.size.parts
    with pytest.raises(InputError, match="NoneType found, wanted a list"):
        again.load_learnt({"slots": ["O"]})


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"slots": ["O"]}, "labels slots found, wanted 'intent'"),
        ("O", "wanted 'slots' among them"),
        ({"slots": ["O", "Q"], "intent": "Play"}, "label 'Q' does not occur"),
    ],
)
def test_labels_that_do_not_fit_are_refused(item, words):
    with pytest.raises(InputError, match=words):
        joint().encode(item)


def test_kinds_of_different_lengths_are_refused():
    field = JointLabels({"a": StepLabels(), "b": StepLabels()})
    field.fit([{"a": ["x", "x"], "b": ["y"]}])
    with pytest.raises(InputError, match=r"labels of different numbers found: \{'a': 2, 'b': 1\}"):
        field.encode({"a": ["x", "x"], "b": ["y"]})


def test_labels_of_the_whole_alone_are_no_labels_a_step():
    with pytest.raises(ValueError, match="wanted one with a label for every step"):
        JointLabels({"intent": Label()})


def test_labels_that_only_help_take_what_training_lacks():
    field = StepLabels(others=True)
    field.fit([["b", "a"]])
    assert field.vocab.tokens == ["a", "b", "<other>"]
    assert field.encode(["c", "a"]).tolist() == [2, 0]
    refusing = StepLabels()
    refusing.fit([["b", "a"]])
    with pytest.raises(InputError, match="does not occur"):
        refusing.encode(["c"])
