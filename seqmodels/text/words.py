"""Words with what can be seen of them: prefixes, suffixes, shape, letters."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.text.fields import Field
from seqmodels.text.tokenizers import tokenizer
from seqmodels.text.vocab import SPECIALS, Vocab
from seqmodels.types import UNK, Positive, Size

DIGIT = re.compile(r"\d")
WORDS, SHAPE, CHARACTERS = "words", "shape", "characters"


class Words(Field):
    """Words in columns of ids: the word, its first and last letters, its shape, and all its letters.

    A step is (word, prefix 1, ..., suffix 1, ..., shape, letters), so that a word that training lacks still shows what
    it is made of. Words, prefixes and suffixes are lower-cased and every digit is 0; shape and letters are of the word
    as it stands.

    Args:
        min_freq: words, prefixes, suffixes and shapes seen less often in training become ``<unk>``.
        prefixes: how many letters each prefix has.
        suffixes: how many letters each suffix has.
        shape: whether to have the word's shape: "iPhone-12" is "xXx-d".
        characters: whether to have its letters.
        lowercase: whether words, prefixes and suffixes are lower-cased.

    Example:
        >>> from seqmodels.text import Words
        >>> field = Words(min_freq=1, prefixes=[1], suffixes=[], characters=False); field.fit([["Ada", "runs"]])
        >>> field.encode(["Ada", "runs", "Rome"]).tolist()
        [[4, 4, 4], [5, 5, 5], [1, 5, 4]]
    """

    unknown = UNK

    def __init__(
        self,
        min_freq: Positive = 2,
        prefixes: Sequence[Positive] = (1, 2, 3),
        suffixes: Sequence[Positive] = (1, 2, 3, 4),
        shape: bool = True,
        characters: bool = True,
        lowercase: bool = True,
    ):
        self.tokenizer = tokenizer("whitespace")
        self.min_freq = min_freq
        self.prefixes, self.suffixes = tuple(prefixes), tuple(suffixes)
        self.shape = shape
        self.characters = characters
        self.lowercase = lowercase
        self.vocabs: dict[str, Vocab] = {}
        self._rows: dict[str, list[int]] = {}  # of words that were met: most are met again

    @property
    def parts(self) -> list[str]:
        """What each column holds, the letters last."""
        affixes = [f"prefix{n}" for n in self.prefixes] + [f"suffix{n}" for n in self.suffixes]
        return [WORDS, *affixes, *([SHAPE] if self.shape else []), *([CHARACTERS] if self.characters else [])]

    @property
    def fitted(self) -> bool:
        return bool(self.vocabs)

    @property
    def vocab(self) -> Vocab:
        """The words."""
        return self._fitted()[WORDS]

    @property
    def size(self) -> Size:
        sizes = {name: Size(len(vocab), vocab.tokens) for name, vocab in self._fitted().items()}
        return Size(sizes[WORDS], sizes[WORDS].names, sizes)

    def expected_size(self) -> Size:
        return Size(16, parts={name: Size(16) for name in self.parts})

    def fit(self, items: Iterable[str | Sequence[str]]) -> None:
        counts = Counter(word for item in items for word in self.split(item))
        seen: dict[str, Counter[str]] = {name: Counter() for name in self.parts}
        for word, count in counts.items():
            for name, value in self._values(word).items():
                seen[name][value] += count
            for letter in word if self.characters else "":
                seen[CHARACTERS][letter] += count
        for name, counted in seen.items():
            least = 1 if name == CHARACTERS else self.min_freq
            self.vocabs[name] = Vocab.of_counts(counted, least)
        self._rows.clear()

    def learnt(self) -> dict[str, list[Any]]:
        return {name: vocab.tokens for name, vocab in self._fitted().items()}

    def load_learnt(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        if set(learnt) != set(self.parts):
            raise InputError(f"vocabulary: {', '.join(learnt) or 'nothing'} found, wanted {', '.join(self.parts)}")
        self.vocabs = {name: Vocab.loaded(learnt, name, SPECIALS) for name in self.parts}
        self._rows.clear()

    def words(self, item: str | Sequence[str]) -> list[str]:
        """The words of an item as they are looked up."""
        return [self._plain(word) for word in self.split(item)]

    def take(self, words: Iterable[str]) -> None:
        """Have these words too, behind those that were learnt."""
        self.vocabs[WORDS] = Vocab([*self.vocab.tokens, *words])
        self._rows.clear()

    def split(self, item: str | Sequence[str]) -> list[str]:
        tokens = self.tokenizer.split(item) if isinstance(item, str) else list(item)
        if tokens and not isinstance(tokens[0], str):
            raise InputError(f"{type(item).__name__} found, wanted a text or a list of words; choose another field")
        return tokens

    def encode(self, item: str | Sequence[str]) -> Tensor:
        rows = [self._row(word) for word in self.split(item)]
        width = max(map(len, rows), default=0)
        return torch.tensor([row + [0] * (width - len(row)) for row in rows], dtype=torch.int64)  # (T, K)

    def decode(self, ids: Sequence[Any]) -> str:
        return self.tokenizer.join(self.vocab.decode([row[0] for row in ids]))

    def _fitted(self) -> dict[str, Vocab]:
        if not self.vocabs:
            raise ValueError("Words was not fitted: call fit(items) first")
        return self.vocabs

    def _row(self, word: str) -> list[int]:
        if word not in self._rows:
            vocabs = self._fitted()
            row = [vocabs[name].encode([value])[0] for name, value in self._values(word).items()]
            self._rows[word] = row + (vocabs[CHARACTERS].encode(list(word)) if self.characters else [])
        return self._rows[word]

    def _plain(self, word: str) -> str:
        return DIGIT.sub("0", word.lower() if self.lowercase else word)

    def _values(self, word: str) -> dict[str, str]:
        """What a word has in each column but the letters'."""
        plain = self._plain(word)
        values = {WORDS: plain}
        values |= {f"prefix{n}": plain[:n] for n in self.prefixes}
        values |= {f"suffix{n}": plain[-n:] for n in self.suffixes}
        return values | ({SHAPE: shape_of(word)} if self.shape else {})


def shape_of(word: str) -> str:
    """X for capitals, x for other letters, d for digits, all else as it is; a run of the same is one.

    Example:
        >>> [shape_of(word) for word in ("iPhone-12", "U.S.", "...")]
        ['xXx-d', 'X.X.', '.']
    """
    kinds = ("d" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c for c in word)
    return "".join(kind for kind, _ in groupby(kinds))
