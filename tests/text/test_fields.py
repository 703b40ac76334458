"""A field turns one side of an example into ids and back."""

import unicodedata
from typing import get_args

import pytest
import torch

from seqmodels.errors import InputError
from seqmodels.text import Field, Label, StepLabels, Subwords, Tokens
from seqmodels.text.fields import Form, TokenizerName
from seqmodels.types import UNK

FIELDS = [Tokens, StepLabels, Label]


@pytest.mark.parametrize("field_class", FIELDS)
def test_a_field_that_was_not_fitted_says_so(field_class: type[Field]) -> None:
    for ask in (lambda field: field.size, lambda field: field.encode("a"), lambda field: field.decode([0])):
        with pytest.raises(ValueError, match=f"{field_class.__name__} was not fitted"):
            ask(field_class())


@pytest.mark.parametrize("field_class", FIELDS)
def test_ids_are_a_flat_int64_tensor_also_of_nothing(field_class: type[Field]) -> None:
    field = field_class()
    field.fit([["a", "b"], ["c"]] if field_class is not Label else ["a", "b"])
    items = ["a"] if field_class is Label else [["a", "b", "a"], []]
    for item in items:
        ids = field.encode(item)
        assert ids.dtype == torch.int64
        assert ids.shape == (len(item),)


@pytest.mark.parametrize("name", get_args(TokenizerName))
def test_known_text_comes_back_as_it_was(name: TokenizerName) -> None:
    field = Tokens(name)
    field.fit(["two cats run", "a cat"])
    assert field.decode(field.encode("a cat run").tolist()) == "a cat run"


@pytest.mark.parametrize("text", ["3. März 2026", "4 марта 2026\u202fг.", "2026年3月4日", " a  b "])
def test_characters_of_every_script_come_back_as_they_were(text: str) -> None:
    field = Tokens("characters")
    field.fit([text])
    assert field.decode(field.encode(text).tolist()) == text


def test_a_list_is_taken_as_tokens_whatever_the_tokenizer() -> None:
    field = Tokens("characters")
    field.fit([["New York", "is"], ["is"]])
    assert field.vocab.tokens[4:] == ["is", "New York"]
    assert field.encode(["New York", "is"]).tolist() == [5, 4]


def test_unknown_tokens_are_unk() -> None:
    field = Tokens()
    field.fit(["two cats"])
    assert field.encode("two dogs Cats").tolist() == [field.vocab.ids["two"], UNK, UNK]
    assert field.decode([UNK]) == "<unk>"


def test_lowercase_makes_a_capital_the_same_word_in_fitting_and_encoding() -> None:
    field = Tokens(lowercase=True)
    field.fit(["The cat", ["THE", "Straße"]])
    assert field.vocab.tokens[4:] == ["the", "cat", "straße"]
    assert field.encode("tHe STRASSE CAT").tolist() == [4, UNK, 5]
    assert field.encode(["tHe", "CAT"]).tolist() == [4, 5]


def test_capitals_are_other_words_without_lowercase() -> None:
    field = Tokens()
    field.fit(["The the"])
    assert field.vocab.tokens[4:] == ["The", "the"]
    assert field.encode("THE").tolist() == [UNK]


def test_split_shows_the_tokens_as_a_person_wrote_them() -> None:
    assert Tokens(lowercase=True).split("The Cat") == ["The", "Cat"]
    assert Tokens("characters").split(["The", "Cat"]) == ["The", "Cat"]


def test_min_freq_and_max_size_bound_the_vocabulary() -> None:
    text = ["a a a b b c"]
    sizes = []
    for min_freq, max_size in [(1, None), (2, None), (1, 1), (3, 9)]:
        field = Tokens(min_freq=min_freq, max_size=max_size)
        field.fit(text)
        sizes.append(field.size - 4)
    assert sizes == [3, 2, 1, 1]


def test_labels_of_steps_come_back_as_they_were() -> None:
    field = StepLabels()
    field.fit([["NOUN", "VERB"], ["ADJ"]])
    assert field.size == 3
    assert field.encode(["VERB", "ADJ", "NOUN"]).tolist() == [2, 0, 1]
    assert field.decode([2, 0, 1]) == ["VERB", "ADJ", "NOUN"]


def test_one_label_is_one_id_and_comes_back_as_it_was() -> None:
    field = Label()
    field.fit(["fr", "de", "de"])
    assert field.encode("fr").tolist() == [1]
    assert field.decode([1]) == "fr"
    with pytest.raises(ValueError, match="too many values"):
        field.decode([0, 1])


def test_a_label_may_be_longer_than_a_letter_and_hold_blanks() -> None:
    field = Label()
    field.fit(["New York", "Rome"])
    assert field.vocab.tokens == ["New York", "Rome"]


@pytest.mark.parametrize(("field", "items", "wrong"), [(StepLabels(), [["b", "a"]], ["a", "x"]), (Label(), "ba", "x")])
def test_a_label_not_seen_in_training_is_refused_with_the_known_ones(
    field: Field, items: list[str], wrong: str | list[str]
) -> None:
    field.fit(items)
    with pytest.raises(InputError, match="label 'x' does not occur in the training split, which has a, b;"):
        field.encode(wrong)


@pytest.mark.parametrize("field_class", FIELDS)
def test_loaded_tokens_replace_what_was_fitted(field_class: type[Field]) -> None:
    field = field_class()
    field.fit("z" if field_class is Label else [["z"]])
    field.load_learnt({"tokens": ["<pad>", "<unk>", "<bos>", "<eos>", "b", "a"]})
    assert field.size == 6
    assert field.encode("a" if field_class is Label else ["a"]).tolist() == [5]


def test_a_text_is_no_label_for_every_step() -> None:
    field = StepLabels()
    with pytest.raises(InputError, match="text 'NOUN' found, wanted a label for every step; for one of the whole"):
        field.fit(["NOUN", "VERB"])
    field.fit([["N", "O"]])
    with pytest.raises(InputError, match="text 'NO' found"):
        field.encode("NO")


@pytest.mark.parametrize("field_class", [Tokens, Subwords])
@pytest.mark.parametrize("form", ["NFC", "NFKC", None])
def test_texts_are_brought_to_a_form_of_unicode(field_class: type[Tokens] | type[Subwords], form: Form | None) -> None:
    text = "u\u0308ber \ufb01n"  # a letter in two parts, and two letters in one
    field = field_class(normalize=form)
    field.fit([text] * 3)
    assert field.decode(field.encode(text).tolist()) == (unicodedata.normalize(form, text) if form else text)


@pytest.mark.parametrize("field_class", [Tokens, Subwords])
def test_another_form_is_refused(field_class: type[Tokens] | type[Subwords]) -> None:
    with pytest.raises(ValueError, match="normalize='NFX' found, wanted one of: NFC, NFKC"):
        field_class(normalize="NFX")  # type: ignore[arg-type]
