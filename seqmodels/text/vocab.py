"""Tokens to ids and back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torchtext.vocab import Vocab as TorchtextVocab

from seqmodels.errors import InputError
from seqmodels.types import UNK

SPECIALS = ("<pad>", "<unk>", "<bos>", "<eos>")  # in the order of types.PAD, UNK, BOS, EOS


class Vocab:
    """A fixed list of tokens; a token's id is its place in the list.

    Args:
        tokens: the tokens in the order of their ids, each once.

    Raises:
        InputError: a token stands twice, or is not a string.

    Example:
        >>> from seqmodels.text import Vocab
        >>> Vocab.of_texts([["a", "b", "a"]], min_freq=2).tokens
        ['<pad>', '<unk>', '<bos>', '<eos>', 'a']
    """

    def __init__(self, tokens: Sequence[str]):
        self.tokens = list(tokens)
        wrong = [token for token in self.tokens if not isinstance(token, str)]
        if wrong:
            raise InputError(f"vocabulary: {wrong[0]!r} found, wanted strings only")
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        if len(self.ids) != len(self.tokens):
            twice = [token for token, n in Counter(self.tokens).items() if n > 1]
            raise InputError(f"vocabulary: {twice[0]!r} stands in it twice, wanted every token once")
        self._of_text = {token: i for token, i in self.ids.items() if token not in SPECIALS}

    @classmethod
    def of_texts(cls, texts: Iterable[Sequence[str]], min_freq: int = 1, max_size: int | None = None) -> "Vocab":
        """The four special symbols, then tokens by falling frequency (ties by alphabet), as torchtext orders them.

        Args:
            texts: token sequences.
            min_freq: tokens seen less often become ``<unk>``.
            max_size: how many tokens to keep at most, the special symbols not counted.
        """
        return cls.of_counts(Counter(chain.from_iterable(texts)), min_freq, max_size)

    @classmethod
    def of_counts(cls, counts: Counter[str], min_freq: int = 1, max_size: int | None = None) -> "Vocab":
        """The same from how often each token was seen."""
        return cls(TorchtextVocab(counts, max_size=max_size, min_freq=min_freq, specials=list(SPECIALS)).itos)

    @classmethod
    def of_labels(cls, labels: Iterable[str]) -> "Vocab":
        """Every label once, by alphabet, without special symbols."""
        return cls(sorted(set(labels)))

    @classmethod
    def loaded(cls, learnt: Mapping[str, Sequence[Any]], name: str, specials: Sequence[str]) -> "Vocab":
        """A vocabulary that was saved as a list of tokens.

        Args:
            learnt: lists by name, as a field keeps them.
            name: which of them.
            specials: what it has to begin with.

        Raises:
            InputError: it is not there, begins otherwise, or is no vocabulary at all.
        """
        tokens = learnt.get(name)
        if not isinstance(tokens, list):
            raise InputError(f"vocabulary {name!r}: {type(tokens).__name__} found, wanted a list")
        if (first := tokens[: len(specials)]) != list(specials):
            raise InputError(f"vocabulary: it begins with {first}, wanted {', '.join(specials)}")
        return cls(tokens)

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """Ids of a text's tokens, ``<unk>``'s for those not in the vocabulary.

        A text that holds the letters ``<eos>`` does not end there: what looks like a special symbol is unknown.
        """
        known = self._of_text
        return [known.get(token, UNK) for token in tokens]

    def tensor(self, tokens: Sequence[str]) -> Tensor:
        """The same ids (T,): by way of NumPy in a third of the time, which shows where texts are many."""
        return torch.from_numpy(np.array(self.encode(tokens), dtype=np.int64))

    def decode(self, ids: Sequence[int]) -> list[str]:
        """Tokens of ids."""
        return [self.tokens[i] for i in ids]
