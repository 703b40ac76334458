"""Text as pieces of words that were learnt from the training split."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.text.bpe_dropout import BpeDropout
from seqmodels.text.casing import Casing, Recased
from seqmodels.text.fields import EXPECTED, Field, Form, Varied, normalized
from seqmodels.text.vocab import SPECIALS, Vocab
from seqmodels.types import UNK, Positive, Probability, Size, check_choice

SEEN_TWICE = 2  # a pair that was seen once is no part of anything that comes again


class Subwords(Field, Varied, Recased):
    """Text by byte-pair encoding (Sennrich et al. 2016) over UTF-8 bytes (Radford et al. 2019, section 2.2).

    The most frequent pair of neighbours becomes a piece of its own, again and again; no piece reaches across the
    border of a word, of a number or of punctuation. Blanks are part of the text, so that what was encoded comes back
    as it was, character by character; a byte that training never saw becomes ``<unk>``. Ids stand in the order of how
    often they were seen, the most frequent first.

    Args:
        vocab_size: ids at most, the four special symbols and the bytes included.
        lowercase: lower-case every text.
        joint: learn from inputs and targets together, so that ids mean the same on both sides (Sennrich et al. 2016,
            section 3.2); the other side's field then is of the same settings, dropout apart.
        normalize: the form of Unicode that texts are brought to, ``NFC`` or ``NFKC``; None leaves them as they are.
        dropout: share of the merges that is left out in training, so that a word comes in other pieces every time
            (Provilkov et al. 2020).
        recase: write lower-cased texts with capitals again (``Casing``), as the training texts of this side have them.

    Raises:
        ValueError: recase without lowercase.

    Example:
        >>> from seqmodels.text import Subwords
        >>> field = Subwords(vocab_size=20); field.fit(["low lower lowest", "low"])
        >>> field.split("slow low"), field.decode(field.encode("slow low").tolist())
        (['s', 'low', ' low'], 'slow low')
    """

    unknown = UNK

    def __init__(
        self,
        vocab_size: Positive = 5000,
        lowercase: bool = False,
        joint: bool = False,
        normalize: Form | None = None,
        dropout: Probability = 0.0,
        recase: bool = False,
    ):
        check_choice("normalize", normalize or "NFC", Form)
        if recase and not lowercase:
            raise ValueError("recase=true found with lowercase=false, which leaves capitals as they are; drop one")
        self.dropout = dropout
        self.vocab_size = vocab_size
        self.lowercase, self.joint = lowercase, joint
        self.normalize = normalize
        self.recase = recase
        self._casing = Casing((), starts=False)
        self._vocab: Vocab | None = None
        self._merges: list[str] = []
        self._decoder = decoders.ByteLevel()

    @property
    def fitted(self) -> bool:
        return self._vocab is not None

    @property
    def vocab(self) -> Vocab:
        """What the field learnt, a piece's bytes written as letters.

        Raises:
            ValueError: neither ``fit`` nor ``load_learnt`` was called before.
        """
        if self._vocab is None:
            raise ValueError(f"{type(self).__name__} was not fitted: call fit(items) first")
        return self._vocab

    @property
    def size(self) -> Size:
        return Size(len(self.vocab), self.vocab.tokens)

    def expected_size(self) -> Size:
        return EXPECTED

    def fit(self, items: Iterable[str | Sequence[str]]) -> None:
        items = list(items)
        texts = [self._text(item) for item in items]
        trainer = trainers.BpeTrainer(
            vocab_size=self.vocab_size, min_frequency=SEEN_TWICE, special_tokens=list(SPECIALS), show_progress=False
        )
        learner = _tokenizer(models.BPE())
        learner.train_from_iterator(texts, trainer)
        merges, tokens = _trained_merges(learner), learner.get_vocab()
        if len(tokens) > self.vocab_size:
            raise InputError(
                f"vocab_size={self.vocab_size} found, wanted at least {len(tokens) - len(merges)}: the special symbols "
                "and each of the different bytes of the training split"
            )
        self._take(Vocab(sorted(tokens, key=tokens.__getitem__)), merges)
        counts = Counter(i for text in texts for i in self._bpe.encode(text).ids)
        order = sorted(range(len(SPECIALS), len(tokens)), key=lambda i: (-counts[i], self.vocab.tokens[i]))
        self._take(Vocab([*SPECIALS, *(self.vocab.tokens[i] for i in order)]), merges)
        self.fit_case(items)

    def fit_case(self, items: Iterable[str | Sequence[str]]) -> None:
        if self.recase:
            self._casing = Casing.of_texts(self.cased(item) for item in items)

    def learnt(self) -> dict[str, list[Any]]:
        pieces = {"tokens": self.vocab.tokens, "merges": self._merges}
        return pieces | (self._casing.learnt() if self.recase else {})

    def load_learnt(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        vocab, merges = Vocab.loaded(learnt, "tokens", SPECIALS), learnt.get("merges")
        if not isinstance(merges, list):
            raise InputError(f"merges: {type(merges).__name__} found, wanted a list")
        # All is looked at here: what the tokenizers package does not expect is a panic in it, and no exception.
        letters = set(pre_tokenizers.ByteLevel.alphabet())
        for token in vocab.tokens[len(SPECIALS) :]:
            if not token or not set(token) <= letters:
                raise InputError(f"vocabulary: {token[:50]!r} found, wanted bytes written as letters")
        known = vocab.ids.keys() - set(SPECIALS)
        for merge in merges:
            pair = merge.split(" ") if isinstance(merge, str) else []
            if len(pair) != 2 or not {*pair, "".join(pair)} <= known:
                raise InputError(f"merges: {str(merge)[:50]!r} found, wanted two pieces that make a third one")
        self._casing = Casing.loaded(learnt) if self.recase else self._casing
        self._take(vocab, list(merges))

    def split(self, item: str | Sequence[str]) -> list[str]:
        """The pieces of an item; a letter that is cut between its bytes stands in all of their pieces."""
        text = self._text(item)
        return [text[start:end] for start, end in self._encoded(text).offsets]

    def encode(self, item: str | Sequence[str]) -> Tensor:
        return torch.tensor(self._encoded(self._text(item)).ids, dtype=torch.int64)  # (T,)

    @property
    def varies(self) -> bool:
        return self.dropout > 0

    def vary(self, ids: Tensor, draw: Random) -> Tensor:
        words = self._bpe.pre_tokenizer.pre_tokenize_str(self._joined(ids.tolist()))
        pieces = [piece for word, _ in words for piece in self._dropout.pieces(word, draw)]
        return torch.tensor(self.vocab.encode(pieces), dtype=torch.int64)  # (T',)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of pieces; bytes that are no letter together come out as U+FFFD."""
        text = self._joined(ids)
        return self._casing.restored(text) if self.recase else text

    def _joined(self, ids: Sequence[int]) -> str:
        return str(self._decoder.decode(self.vocab.decode(ids)))

    def _text(self, item: str | Sequence[str]) -> str:
        text = self.cased(item)
        return text.lower() if self.lowercase else text

    def cased(self, item: str | Sequence[str]) -> str:
        """An item as one text, with its capitals."""
        text = normalized(item if isinstance(item, str) else " ".join(item), self.normalize)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InputError(f"{text[:50]!r} found, wanted text that can be written as UTF-8") from error
        return text

    def _encoded(self, text: str) -> Any:
        _ = self.vocab  # refused where nothing was learnt
        return self._bpe.encode(text)

    def _take(self, vocab: Vocab, merges: list[str]) -> None:
        # Without special tokens of its own, which would be found in texts that hold the letters of one.
        pairs = [(left, right) for left, right in (merge.split(" ") for merge in merges)]
        model = models.BPE(vocab=vocab.ids, merges=pairs, unk_token=vocab.tokens[UNK])
        self._vocab, self._merges, self._bpe = vocab, merges, _tokenizer(model)
        self._dropout = BpeDropout(pairs, self.dropout)


def _trained_merges(learner: Any) -> list[str]:
    """The pairs that a trained tokenizer joins, in that order, each as two pieces with a blank between."""
    return [" ".join(pair) for pair in json.loads(learner.to_str())["model"]["merges"]]


def _tokenizer(model: Any) -> Any:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer
