"""The values that travel between parts, and the letters that name their dimensions.

==  ===========================================  ==  ==================================
B   batch                                        D   width of an input step
T   input steps                                  H   hidden (output) width
U   target steps                                 L   layers
S   memory steps (what attention reads)          C   classes or vocabulary entries
==  ===========================================  ==  ==================================

A shape stands at the end of the line that makes the tensor: ``# (B, T, H)``.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NamedTuple, get_args

import torch
from annotated_types import Ge, Gt, Le, Lt
from torch import Tensor

# Ids that every text vocabulary gives to the same four symbols, so that decoders need no vocabulary.
PAD, UNK, BOS, EOS = 0, 1, 2, 3

# What the check before a run (seqmodels.run.check) holds config values against.
Positive = Annotated[int, Gt(0)]
NonNegative = Annotated[int, Ge(0)]
PositiveFloat = Annotated[float, Gt(0)]
NonNegativeFloat = Annotated[float, Ge(0)]
Probability = Annotated[float, Ge(0), Lt(1)]
Share = Annotated[float, Ge(0), Le(1)]
Mode = Literal["min", "max"]  # whether less of a metric is better, or more

# A recurrent state: (h,) for an RNN or GRU, (h, c) for an LSTM, any length >= 1 for a cell of your own.
# The first tensor is the hidden state h, which pools and decoders read; the rest is for the part that made it alone.
State = tuple[Tensor, ...]


class Padded(NamedTuple):
    """A batch of sequences of different lengths, padded behind their ends.

    Whatever stands past ``lengths`` is never read, and is zero in everything that a part returns.

    Args:
        data: (B, T) int64 ids; (B, T, K) int64 ids in several columns, as a ``Size`` names them; or (B, T, D) float
            vectors.
        lengths: (B,) int64; at least 1 for what a model reads, 0 only in a prediction that says nothing.

    Example:
        >>> from seqmodels import Padded
        >>> Padded(torch.tensor([[5, 6], [7, 0]]), torch.tensor([2, 1])).mask
        tensor([[ True,  True],
                [ True, False]])
    """

    data: Tensor
    lengths: Tensor

    @property
    def mask(self) -> Tensor:
        """(B, T) bool, true on real steps."""
        steps = torch.arange(self.data.shape[1], device=self.data.device)  # (T,)
        return steps < self.lengths[:, None]  # (B, T)

    @property
    def full(self) -> bool:
        """Whether there is no padding at all; not looked at on a GPU, which would have to be waited for: False."""
        return self.lengths.is_cpu and min(self.lengths.tolist(), default=-1) == self.data.shape[1]

    def zeroed(self) -> "Padded":
        """The same sequences with zeros past every end."""
        if self.full:
            return self
        mask = self.mask if self.data.dim() == 2 else self.mask[..., None]
        return Padded(self.data.masked_fill(~mask, 0), self.lengths)

    def rows(self) -> list[Tensor]:
        """The sequences one by one, without their padding."""
        return [row[:length] for row, length in zip(self.data, self.lengths.tolist(), strict=True)]


class Batch(NamedTuple):
    """What a topology reads and, where it is known, what it should write.

    A single label is a sequence of one, so that every topology meets the same type.

    Args:
        inputs, targets: what is read, and what is to be said.
        continues: (B,) int64, for texts that are read on from batch to batch: the row of the batch before that each row
            goes on from, -1 where a row begins afresh; None where no row goes on.
        texts: of each row, what counts as right, as the data has it; None in training, and where targets are no texts.
        repeats: (B,) int64, how many before each row in its split read the same; None in training and of streams.
    """

    inputs: Padded
    targets: Padded | None = None
    continues: Tensor | None = None
    texts: list[list[str]] | None = None
    repeats: Tensor | None = None


class Size(int):
    """How many ids there are, and what is known of them: a number that every part takes where it takes a plain one.

    Where a step holds several ids, side by side in columns (a word, its prefix, its letters), ``parts`` has the size of
    each, by name and in the order of the columns; the number is the first column's. The last part has all the columns
    that are left: a word has one shape and any number of letters.

    Args:
        count: ids, or the width of vectors.
        names: what the ids stand for, where it is known.
        parts: for several columns, the size of each.
        counts: how often training has each of the labels that the ids stand for, where that was counted.

    Example:
        >>> from seqmodels.types import Size
        >>> tags = Size(3, names=("B-x", "I-x", "O"))
        >>> tags, tags.names, Size(9, parts={"words": Size(9), "characters": Size(5)}).columns("characters")
        (3, ('B-x', 'I-x', 'O'), slice(1, None, None))
    """

    names: tuple[str, ...]
    parts: Mapping[str, "Size"]
    counts: tuple[int, ...]

    def __new__(
        cls,
        count: int,
        names: Sequence[str] = (),
        parts: Mapping[str, "Size"] | None = None,
        counts: Sequence[int] = (),
    ) -> "Size":
        size = super().__new__(cls, count)
        size.names, size.parts, size.counts = tuple(names), dict(parts or {}), tuple(counts)
        return size

    def columns(self, part: str) -> slice:
        """Where a part's ids stand in (B, T, K).

        Raises:
            KeyError: there is no such part.
        """
        if part not in self.parts:
            raise KeyError(part)
        place = list(self.parts).index(part)
        return slice(place, None if place == len(self.parts) - 1 else place + 1)


class Sizes(NamedTuple):
    """All that a model may know about the data: vocabulary entries (or vector widths) and classes."""

    inputs: int
    targets: int


class Encoded(NamedTuple):
    """What an encoder returns.

    Args:
        outputs: (B, T, H), zero past every end.
        state: after each sequence's own last step, tensors (L, B, ...), first (L, B, H) with directions joined in H.
    """

    outputs: Padded
    state: State


def check_choice(name: str, value: object, words: object) -> None:
    """Refuse what is none of a few words.

    Args:
        name: of the setting.
        value: what it was set to.
        words: a ``Literal``.

    Raises:
        ValueError: it is another one.

    Example:
        >>> from typing import Literal
        >>> check_choice("mode", "max", Literal["min", "max"])
    """
    if value not in get_args(words):
        raise ValueError(f"{name}={value!r} found, wanted one of: {', '.join(map(str, get_args(words)))}")


def pad(sequences: list[Tensor]) -> Padded:
    """Stack sequences (each (T,) or (T, D)) with zeros behind their ends, and behind those that have fewer columns.

    Raises:
        ValueError: no sequence was given.

    Example:
        >>> from seqmodels.types import pad
        >>> pad([torch.tensor([1, 2]), torch.tensor([3])]).data.tolist()
        [[1, 2], [3, 0]]
    """
    lengths = torch.tensor([len(s) for s in sequences])
    if sequences and sequences[0].dim() == 2 and len({s.shape[1] for s in sequences}) > 1:
        widest = max(s.shape[1] for s in sequences)
        sequences = [torch.nn.functional.pad(s, (0, widest - s.shape[1])) for s in sequences]
    return Padded(torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True), lengths)
