"""A field turns one side of an example (a text, labels per step, one label) into ids and back."""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any, Literal

from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.text.tokenizers import tokenizer as find_tokenizer
from seqmodels.text.vocab import SPECIALS, Vocab
from seqmodels.types import UNK, Positive, Size, check_choice

EXPECTED = Size(3, names=("B-x", "I-x", "O"))  # before anything was counted; any scheme of tags has these
TokenizerName = Literal["characters", "whitespace", "words", "words_and_marks", "basic_english"]
Form = Literal["NFC", "NFKC"]  # of Unicode
Item = str | Sequence[Any] | Mapping[str, Any]  # a text, its tokens, a label a step, or several of these by name


class Field(ABC):
    """One side of an example: fitted on the training split, then the same for ever.

    What it learnt is lists of strings or numbers by name, so that a checkpoint can carry it as plain data.
    """

    per_step = False  # whether it has an id, or a row of ids, for every step of the input
    joint = False  # whether it learns from inputs and targets together
    unknown: int | None = None  # the id of everything that training never had, where there is one

    @property
    @abstractmethod
    def fitted(self) -> bool:
        """Whether it learnt what it needs, by ``fit`` or ``load_learnt``."""

    @property
    @abstractmethod
    def size(self) -> Size:
        """How many ids there are, or how wide the vectors are."""

    @abstractmethod
    def expected_size(self) -> Size:
        """A size of the kind that it will have, known before it is fitted."""

    @abstractmethod
    def fit(self, items: Iterable[Any]) -> None:
        """Learn what is needed from training items."""

    @abstractmethod
    def learnt(self) -> dict[str, list[Any]]:
        """What ``fit`` learnt, by name."""

    @abstractmethod
    def load_learnt(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        """Take what another one learnt.

        Raises:
            InputError: it is not of this kind of field, or damaged.
        """

    @abstractmethod
    def split(self, item: Any) -> list[str]:
        """The steps of an item as a person reads them; none where it has no words for them."""

    @abstractmethod
    def encode(self, item: Any) -> Tensor:
        """One item as (T,) int64 ids, (T, K) ids in columns, or (T, D) numbers."""

    @abstractmethod
    def decode(self, ids: Sequence[Any]) -> Any:
        """The item that the ids stand for."""


class Varied(ABC):
    """What a field promises besides, if it can write one item in several ways to learn from."""

    @property
    @abstractmethod
    def varies(self) -> bool:
        """Whether it is set to do so."""

    @abstractmethod
    def vary(self, ids: Tensor, draw: Random) -> Tensor:
        """What ``encode`` gave, in another way that stands for the same; all that is random comes from ``draw``."""


class VocabField(Field, ABC):
    """A field that learns one vocabulary."""

    specials: tuple[str, ...] = ()  # the symbols that its vocabulary begins with

    def __init__(self) -> None:
        self._vocab: Vocab | None = None
        self._counts: tuple[int, ...] = ()  # of labels, in the training split; a checkpoint has none

    @property
    def vocab(self) -> Vocab:
        """What the field learnt.

        Raises:
            ValueError: neither ``fit`` nor ``load_learnt`` was called before.
        """
        if self._vocab is None:
            raise ValueError(f"{type(self).__name__} was not fitted: call fit(items) first")
        return self._vocab

    @property
    def fitted(self) -> bool:
        return self._vocab is not None

    @property
    def size(self) -> Size:
        return Size(len(self.vocab), self.vocab.tokens, counts=self._counts)

    def expected_size(self) -> Size:
        return EXPECTED

    def learnt(self) -> dict[str, list[Any]]:
        return {"tokens": self.vocab.tokens}

    def load_learnt(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        self._vocab, self._counts = Vocab.loaded(learnt, "tokens", self.specials), ()


class Tokens(VocabField):
    """Text as a sequence of token ids, unknown tokens as ``<unk>``.

    Args:
        tokenizer: how a string is cut; a list of strings is taken as it is. What ``words`` and ``characters`` cut comes
            back as it was, blank by blank.
        lowercase: lower-case every token.
        min_freq: tokens seen less often in training become ``<unk>``.
        max_size: tokens to keep at most.
        joint: learn from inputs and targets together; the other side's field then is of the same settings.
        normalize: the form of Unicode that texts are brought to, ``NFC`` or ``NFKC``; None leaves them as they are.

    Example:
        >>> from seqmodels.text import Tokens
        >>> field = Tokens("characters"); field.fit(["abc"])
        >>> field.decode(field.encode("cab").tolist())
        'cab'
    """

    specials, unknown = SPECIALS, UNK

    def __init__(
        self,
        tokenizer: TokenizerName = "whitespace",
        lowercase: bool = False,
        min_freq: Positive = 1,
        max_size: Positive | None = None,
        joint: bool = False,
        normalize: Form | None = None,
    ):
        super().__init__()
        check_choice("normalize", normalize or "NFC", Form)
        self.tokenizer = find_tokenizer(tokenizer)
        self.lowercase = lowercase
        self.min_freq = min_freq
        self.max_size = max_size
        self.joint = joint
        self.normalize = normalize

    def split(self, item: str | Sequence[str]) -> list[str]:
        """The tokens of an item as a person reads them, before lower-casing."""
        if isinstance(item, str):
            return self.tokenizer.split(normalized(item, self.normalize))
        tokens = list(item)
        if tokens and not isinstance(tokens[0], str):
            raise InputError(f"{type(item).__name__} found, wanted a text or a list of tokens; choose another field")
        return [normalized(token, self.normalize) for token in tokens]

    def words(self, item: str | Sequence[str]) -> list[str]:
        """The tokens of an item as they are looked up."""
        tokens = self.split(item)
        return [token.lower() for token in tokens] if self.lowercase else tokens

    def fit(self, items: Iterable[str | Sequence[str]]) -> None:
        self._vocab = Vocab.of_texts((self.words(item) for item in items), self.min_freq, self.max_size)

    def take(self, words: Iterable[str]) -> None:
        """Have these words too, behind those that were learnt."""
        self._vocab = Vocab([*self.vocab.tokens, *words])

    def encode(self, item: str | Sequence[str]) -> Tensor:
        return self.vocab.tensor(self.words(item))  # (T,)

    def decode(self, ids: Sequence[int]) -> str:
        return self.tokenizer.join(self.vocab.decode(ids))


def normalized(text: str, form: Form | None) -> str:
    """A text in a form of Unicode.

    Example:
        >>> normalized("u\\u0308\\ufb01", "NFKC"), normalized("u\\u0308", None) == "u\\u0308"
        ('üfi', True)
    """
    return unicodedata.normalize(form, text) if form else text
