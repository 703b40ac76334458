"""Split a string into tokens, and join tokens into a string again."""

import random
from typing import get_args

import pytest
from torchtext.data.utils import get_tokenizer

from seqmodels.text import tokenizer
from seqmodels.text.fields import TokenizerName
from seqmodels.text.tokenizers import JOINER

TEXTS = ["two cats", "3. März 2026", "4 марта 2026\u202fг.", "2026年3月4日", "", " ", "a\u0301 e", "\U0001f600\u200d"]


@pytest.mark.parametrize(
    ("name", "text", "tokens"),
    [
        ("characters", "3. M\u00e4", ["3", ".", " ", "M", "\u00e4"]),
        ("characters", "", []),
        ("whitespace", " Two  cats,\nno\u00a0dogs\t", ["Two", "cats,", "no", "dogs"]),
        ("whitespace", " \n", []),
        (
            "words_and_marks",
            "You  can't.\n<br/>3. März",
            ["You", "can", "'", "t", ".", "<", "br", "/", ">", "3", ".", "März"],
        ),
        ("basic_english", "You can't, can you?", ["you", "can", "'", "t", ",", "can", "you", "?"]),
    ],
)
def test_a_text_is_cut_into_these_tokens(name: str, text: str, tokens: list[str]) -> None:
    assert tokenizer(name).split(text) == tokens


@pytest.mark.parametrize("text", TEXTS)
def test_characters_joined_are_the_text_that_was_cut(text: str) -> None:
    characters = tokenizer("characters")
    assert characters.join(characters.split(text)) == text
    assert all(len(token) == 1 for token in characters.split(text))


@pytest.mark.parametrize("name", get_args(TokenizerName))
@pytest.mark.parametrize("text", TEXTS)
def test_cutting_what_was_joined_gives_the_same_tokens(name: str, text: str) -> None:
    split, join = tokenizer(name)
    tokens = split(text)
    assert split(join(tokens)) == tokens


@pytest.mark.parametrize("text", ["Mr. Smith's 3 cats; two -- (no) dogs!", 'He said: "Go<br />now"'])
def test_basic_english_is_torchtexts(text: str) -> None:
    assert tokenizer("basic_english").split(text) == get_tokenizer("basic_english")(text)


@pytest.mark.parametrize("name", ["spacy", "moses", "", "Characters"])
def test_a_tokenizer_that_is_not_known_is_refused_with_the_choices(name: str) -> None:
    with pytest.raises(ValueError, match="choose one of: characters, whitespace, words, words_and_marks, b") as caught:
        tokenizer(name)
    assert repr(name) in str(caught.value)


def test_the_names_that_a_field_accepts_are_those_that_exist() -> None:
    for name in get_args(TokenizerName):
        assert tokenizer(name).split("a b")


def test_words_are_cut_at_punctuation_with_joiners_where_no_blank_stands() -> None:
    cut = [token.replace(JOINER, "+") for token in tokenizer("words").split("It's (so) new, isn't it? 3.5 km")]
    assert " ".join(cut) == "It +'+ s (+ so +) new +, isn +'+ t it +? 3 +.+ 5 km"


def test_words_joined_are_the_text_that_was_cut_whatever_it_holds() -> None:
    draw = random.Random(0)
    letters = "ab1 ,.'(\t\n%\u00a0\u0e4d\u0301\U0001f600" + JOINER
    words = tokenizer("words")
    texts = ["".join(draw.choices(letters, k=draw.randint(0, 9))) for _ in range(5_000)]
    assert [words.join(words.split(text)) for text in texts] == texts


def test_marks_of_letters_stay_with_them() -> None:
    assert tokenizer("words").split("हिन्दी भाषा") == ["हिन्दी", "भाषा"]
