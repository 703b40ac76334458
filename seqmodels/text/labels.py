"""Labels as ids: one for every step of the input, or one for the whole."""

from collections import Counter
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.text.fields import VocabField
from seqmodels.text.vocab import Vocab

SHOWN = 30  # labels that a message lists
OTHER = "<other>"
SAID = ", or count it as a wrong answer (others=true in the field of these labels)"
SPANS = ("B-", "I-", "E-", "S-")  # labels that nothing may stand between


class StepLabels(VocabField):
    """A label for every step of the input.

    Args:
        others: whether labels that training lacks are taken, as one label ``<other>``, which no model can tell: for
            labels that only help to learn others, and for open sets of them, where each counts as wrong. Otherwise
            such a label is a fault of the data.

    Example:
        >>> from seqmodels.text import StepLabels
        >>> field = StepLabels(); field.fit([["NOUN", "VERB"]])
        >>> field.encode(["VERB", "NOUN"])
        tensor([1, 0])
    """

    per_step = True

    def __init__(self, others: bool = False):
        super().__init__()
        self.others = others

    def fit(self, items: Iterable[Sequence[str]]) -> None:
        counted = Counter(label for item in items for label in self.split(item))
        labels = Vocab.of_labels(counted)
        self._vocab = Vocab([*labels.tokens, OTHER]) if self.others and OTHER not in labels.ids else labels
        self._counts = tuple(counted[label] for label in self._vocab.tokens)

    def split(self, item: str | Sequence[str]) -> list[str]:
        if isinstance(item, str):  # whose letters would be labels
            raise InputError(f"text {item[:60]!r} found, wanted a label for every step; for one of the whole set Label")
        return list(item)

    def encode(self, item: str | Sequence[str]) -> Tensor:
        ids = self.vocab.ids
        other = ids.get(OTHER) if self.others else None
        known = [
            ids[x] if x in ids else other if other is not None else _known(self.vocab, x, SAID)
            for x in self.split(item)
        ]
        return torch.tensor(known, dtype=torch.int64)  # (T,)

    def decode(self, ids: Sequence[int]) -> list[str]:
        return self.vocab.decode(ids)


class Label(VocabField):
    """One label for the whole input.

    Example:
        >>> from seqmodels.text import Label
        >>> field = Label(); field.fit(["de", "fr"])
        >>> field.decode(field.encode("fr").tolist())
        'fr'
    """

    def fit(self, items: Iterable[str | Sequence[str]]) -> None:
        counted = Counter(str(item) for item in items)
        self._vocab = Vocab.of_labels(counted)
        self._counts = tuple(counted[label] for label in self._vocab.tokens)

    def split(self, item: str | Sequence[str]) -> list[str]:
        return [str(item)]

    def encode(self, item: str | Sequence[str]) -> Tensor:
        return torch.tensor([_known(self.vocab, str(item))], dtype=torch.int64)  # (1,)

    def decode(self, ids: Sequence[int]) -> str:
        (only,) = self.vocab.decode(ids)
        return only


def _known(vocab: Vocab, label: str, hint: str = "") -> int:
    if label not in vocab.ids:
        short = [token for token in vocab.tokens[:SHOWN] if len(token) <= SHOWN]
        more = f" and {len(vocab) - len(short):,} more" if len(vocab) > len(short) else ""
        hint = "" if any(token.startswith(SPANS) for token in vocab.tokens) else hint
        raise InputError(
            f"label {label!r} does not occur in the training split, which has {', '.join(short)}{more}; "
            f"correct it if it is a slip, else add training examples of it or choose other labels{hint}"
        )
    return vocab.ids[label]
