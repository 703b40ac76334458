"""A field turns one side of an example (a text, labels per step, one label) into ids and back."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Literal

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.text.tokenizers import tokenizer as find_tokenizer
from seqmodels.text.vocab import SPECIALS, Vocab
from seqmodels.types import Positive

SHOWN = 30  # labels that a message lists
TokenizerName = Literal["characters", "whitespace", "basic_english"]


class Field(ABC):
    """One side of an example: fitted on the training split, then the same for ever."""

    specials: tuple[str, ...] = ()  # the symbols that its vocabulary begins with

    def __init__(self) -> None:
        self._vocab: Vocab | None = None

    @property
    def vocab(self) -> Vocab:
        """What the field learnt.

        Raises:
            ValueError: neither ``fit`` nor ``load_tokens`` was called before.
        """
        if self._vocab is None:
            raise ValueError(f"{type(self).__name__} was not fitted: call fit(items) first")
        return self._vocab

    @property
    def fitted(self) -> bool:
        """Whether it has its vocabulary, by ``fit`` or ``load_tokens``."""
        return self._vocab is not None

    @property
    def size(self) -> int:
        """How many ids there are."""
        return len(self.vocab)

    def load_tokens(self, tokens: Sequence[str]) -> None:
        """Take a vocabulary that was saved as a list of tokens.

        Raises:
            InputError: it does not begin with the field's special symbols, or is no vocabulary at all.
        """
        first = tuple(tokens[: len(self.specials)])
        if first != self.specials:
            raise InputError(f"vocabulary: it begins with {list(first)}, wanted {', '.join(self.specials)}")
        self._vocab = Vocab(tokens)

    @abstractmethod
    def fit(self, items: Iterable[str | Sequence[str]]) -> None:
        """Learn the vocabulary from training items."""

    @abstractmethod
    def encode(self, item: str | Sequence[str]) -> Tensor:
        """(T,) int64 ids of one item."""

    @abstractmethod
    def decode(self, ids: Sequence[int]) -> str | list[str]:
        """The item that the ids stand for."""


class Tokens(Field):
    """Text as a sequence of token ids, unknown tokens as ``<unk>``.

    Args:
        tokenizer: how a string is cut; a list of strings is taken as it is.
        lowercase: lower-case every token.
        min_freq: tokens seen less often in training become ``<unk>``.
        max_size: tokens to keep at most.

    Example:
        >>> from seqmodels.text import Tokens
        >>> field = Tokens("characters"); field.fit(["abc"])
        >>> field.decode(field.encode("cab").tolist())
        'cab'
    """

    specials = SPECIALS

    def __init__(
        self,
        tokenizer: TokenizerName = "whitespace",
        lowercase: bool = False,
        min_freq: Positive = 1,
        max_size: Positive | None = None,
    ):
        super().__init__()
        self.tokenizer = find_tokenizer(tokenizer)
        self.lowercase = lowercase
        self.min_freq = min_freq
        self.max_size = max_size

    def split(self, item: str | Sequence[str]) -> list[str]:
        """The tokens of an item as a person reads them, before lower-casing."""
        return self.tokenizer.split(item) if isinstance(item, str) else list(item)

    def _tokens(self, item: str | Sequence[str]) -> list[str]:
        tokens = self.split(item)
        return [token.lower() for token in tokens] if self.lowercase else tokens

    def fit(self, items: Iterable[str | Sequence[str]]) -> None:
        self._vocab = Vocab.of_texts((self._tokens(item) for item in items), self.min_freq, self.max_size)

    def encode(self, item: str | Sequence[str]) -> Tensor:
        return torch.tensor(self.vocab.encode(self._tokens(item)), dtype=torch.int64)  # (T,)

    def decode(self, ids: Sequence[int]) -> str:
        return self.tokenizer.join(self.vocab.decode(ids))


class StepLabels(Field):
    """A label for every step of the input.

    Example:
        >>> from seqmodels.text import StepLabels
        >>> field = StepLabels(); field.fit([["NOUN", "VERB"]])
        >>> field.encode(["VERB", "NOUN"])
        tensor([1, 0])
    """

    def fit(self, items: Iterable[str | Sequence[str]]) -> None:
        self._vocab = Vocab.of_labels(label for item in items for label in item)

    def encode(self, item: str | Sequence[str]) -> Tensor:
        return torch.tensor([_known(self.vocab, label) for label in item], dtype=torch.int64)  # (T,)

    def decode(self, ids: Sequence[int]) -> list[str]:
        return self.vocab.decode(ids)


class Label(Field):
    """One label for the whole input.

    Example:
        >>> from seqmodels.text import Label
        >>> field = Label(); field.fit(["de", "fr"])
        >>> field.decode(field.encode("fr").tolist())
        'fr'
    """

    def fit(self, items: Iterable[str | Sequence[str]]) -> None:
        self._vocab = Vocab.of_labels(str(item) for item in items)

    def encode(self, item: str | Sequence[str]) -> Tensor:
        return torch.tensor([_known(self.vocab, str(item))], dtype=torch.int64)  # (1,)

    def decode(self, ids: Sequence[int]) -> str:
        (only,) = self.vocab.decode(ids)
        return only


def _known(vocab: Vocab, label: str) -> int:
    if label not in vocab.ids:
        more = f" and {len(vocab) - SHOWN:,} more" if len(vocab) > SHOWN else ""
        raise InputError(
            f"label {label!r} does not occur in the training split, which has {', '.join(vocab.tokens[:SHOWN])}{more}; "
            "correct it if it is a slip, else add training examples of it or choose other labels"
        )
    return vocab.ids[label]
