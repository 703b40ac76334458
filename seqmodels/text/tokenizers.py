"""Split a string into tokens, and join tokens into a string again."""

from collections.abc import Callable
from typing import NamedTuple

from torchtext.data.utils import get_tokenizer

# Torchtext's tokenizers that work offline and without another package.
TORCHTEXT = ("basic_english",)


class Tokenizer(NamedTuple):
    """A way to cut text: ``split`` makes tokens of a string, ``join`` a string of tokens."""

    split: Callable[[str], list[str]]
    join: Callable[[list[str]], str]


def tokenizer(name: str) -> Tokenizer:
    """The tokenizer of that name: ``characters``, ``whitespace`` or torchtext's ``basic_english``.

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
    if name in TORCHTEXT:
        return Tokenizer(get_tokenizer(name), " ".join)
    choices = ", ".join(("characters", "whitespace", *TORCHTEXT))
    raise ValueError(f"tokenizer={name!r} is not known; choose one of: {choices}")
