"""Split a string into tokens, and join tokens into a string again."""

import re
import unicodedata
from collections.abc import Callable
from itertools import groupby
from typing import NamedTuple

from torchtext.data.utils import get_tokenizer

JOINER = "\uffed"  # written to a token where no blank stands between it and its neighbour
MARKS = re.compile(r"\w+|[^\w\s]")
ESCAPED = "%ffed"  # for a joiner that stands in a text; no token of one, whose % would be by itself

# Torchtext's tokenizers that work offline and without another package.
TORCHTEXT = ("basic_english",)


class Tokenizer(NamedTuple):
    """A way to cut text: ``split`` makes tokens of a string, ``join`` a string of tokens."""

    split: Callable[[str], list[str]]
    join: Callable[[list[str]], str]


def tokenizer(name: str) -> Tokenizer:
    """The tokenizer of that name: one of ours, or torchtext's ``basic_english``.

    ``words`` cuts at punctuation too, and marks each mark of it, so that any text comes back as it was.
    ``words_and_marks`` cuts there as well and forgets where blanks stood, several times as fast: for what is only read.

    Raises:
        ValueError: there is none of that name.

    Example:
        >>> from seqmodels.text import tokenizer
        >>> tokenizer("characters").split("3. M")
        ['3', '.', ' ', 'M']
    """
    if name == "characters":
        return Tokenizer(list, "".join)
    if name == "whitespace":
        return Tokenizer(str.split, " ".join)
    if name == "words":
        return Tokenizer(_marked_words, _text_of_words)
    if name == "words_and_marks":
        return Tokenizer(MARKS.findall, " ".join)
    if name in TORCHTEXT:
        return Tokenizer(get_tokenizer(name), " ".join)
    choices = ", ".join(("characters", "whitespace", "words", "words_and_marks", *TORCHTEXT))
    raise ValueError(f"tokenizer={name!r} is not known; choose one of: {choices}")


def _marked_words(text: str) -> list[str]:
    """Words, and all else character by character, with a joiner where two of these touch; a blank between two is none.

    Example:
        >>> [token.replace(JOINER, "+") for token in _marked_words("It's (so) new.")]
        ['It', "+'+", 's', '(+', 'so', '+)', 'new', '+.']
    """
    pieces = _pieces(text)
    tokens: list[str] = []
    touches, after_word = False, False  # what came before
    for i, (piece, word) in enumerate(pieces):
        if piece == " " and touches and i + 1 < len(pieces):
            touches = False  # implied
            continue
        if touches and not after_word and word:
            tokens[-1] += JOINER
        tokens.append(JOINER * (touches and not word) + (ESCAPED if piece == JOINER else piece))
        touches, after_word = True, word
    return tokens


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Runs of letters with their marks and digits, and the characters between them; whether each is such a run."""
    runs = groupby(text, lambda character: unicodedata.category(character)[0] in "LMN")
    return [piece for word, run in runs for piece in ([("".join(run), True)] if word else [(c, False) for c in run])]


def _text_of_words(tokens: list[str]) -> str:
    """The text that was cut so."""
    text, touches = "", True
    for token in tokens:
        piece = token.removeprefix(JOINER)
        text += " " * (not touches and piece == token)
        touches = piece.endswith(JOINER)
        piece = piece.removesuffix(JOINER)
        text += JOINER if piece == ESCAPED else piece
    return text


def letters(token: str) -> int:
    """How many characters of a text a token of it stands for, joiners aside.

    Example:
        >>> [letters(token) for token in _marked_words("It's so.")]
        [2, 1, 1, 2, 1]
    """
    return len(token.replace(ESCAPED, " ").replace(JOINER, ""))
