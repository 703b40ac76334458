"""Examples as tensors."""

from collections.abc import Sequence
from itertools import islice
from random import Random

import torch
from torch import Tensor
from torch.utils.data import Dataset

from seqmodels.data.augment import Augmentation
from seqmodels.data.batches import BatchPlan
from seqmodels.data.batching import Batching
from seqmodels.data.faults import Faults
from seqmodels.data.loading import Drawn
from seqmodels.data.reader import Example
from seqmodels.data.repeats import repeats
from seqmodels.data.streams import Piece
from seqmodels.errors import InputError
from seqmodels.text import Field, Item, Varied
from seqmodels.text.tokenizers import letters
from seqmodels.types import UNK, Batch, Padded, pad


class EncodedExamples(Dataset[Batch]):
    """Examples as tensors, made once; asked for with the indices of a whole batch, or with pieces of examples.

    Args:
        examples: of one split.
        inputs, targets: fields that are fitted.
        plan: how they will be batched.
        faults: told of every example that cannot be encoded, and is left out.
        source: what the split is called there.
        seed: of what is changed from epoch to epoch in a split that is learnt from, whose batches need no texts; None
            for all others.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        inputs: Field,
        targets: Field,
        plan: BatchPlan,
        faults: Faults,
        source: str,
        seed: int | None = None,
    ):
        self.kept: list[Example] = []
        self.inputs: list[Tensor] = []
        self.targets: list[Tensor] = []
        self.fields = {"inputs": inputs, "targets": targets}
        self.augment: Augmentation | None = None
        self.seed = seed
        for example in examples:
            try:
                read = _encoded(inputs, example.inputs)  # (T,)
                wanted = _encoded(targets, example.targets)  # (U,)
                if targets.per_step and len(read) != len(wanted):
                    raise InputError(f"{len(wanted)} labels found for {len(read)} tokens, wanted one for each")
                read, wanted = plan.pair(read, wanted, example)
            except InputError as error:
                faults.skip(source, "example", [f"{example.origin}: {error}"])
                continue
            self.kept.append(example)
            self.inputs.append(read)
            self.targets.append(wanted)
        self.repeats = repeats(self.inputs) if seed is None and isinstance(plan, Batching) else None

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, drawn: Drawn) -> Batch:
        pieces = [Piece(item) if isinstance(item, int) else item for item in drawn.indices]
        keys = [" ".join(map(str, (self.seed, drawn.epoch, *_place(piece)))) for piece in pieces]
        inputs = self._cut("inputs", self.inputs, pieces, keys)
        if self.augment is not None:
            inputs = [self.augment.change(item, Random(key)) for item, key in zip(inputs, keys, strict=True)]
        targets = pad(self._cut("targets", self.targets, pieces, keys))
        if not pieces[0].scored:
            targets = Padded(targets.data, torch.zeros_like(targets.lengths))
        after = [piece.after for piece in pieces if piece.after is not None]
        before = [self.repeats[piece.example] for piece in pieces] if self.repeats is not None else []
        goes_on, again = (torch.tensor(numbers) if numbers else None for numbers in (after, before))  # (B,)
        return Batch(pad(inputs), targets, goes_on, self._texts(pieces), again)

    def _cut(self, side: str, items: Sequence[Tensor], pieces: Sequence[Piece], keys: Sequence[str]) -> list[Tensor]:
        """One side of a batch, written in another way every epoch where its field does so."""
        cut, field = [items[piece.example][piece.start : piece.stop] for piece in pieces], self.fields[side]
        if self.seed is not None and isinstance(field, Varied) and field.varies:
            return [field.vary(item, Random(f"{key} {side}")) for item, key in zip(cut, keys, strict=True)]
        return cut

    def _texts(self, pieces: Sequence[Piece]) -> list[list[str]] | None:
        examples = [self.kept[piece.example] for piece in pieces]
        whole = all(isinstance(example.targets, str) and example.whole for example in examples)
        if self.seed is not None or not whole or pieces[0].after is not None:
            return None
        return [[str(example.targets), *example.others] for example in examples]

    @property
    def tokens(self) -> int:
        """How many tokens all inputs have together."""
        return sum(map(len, self.inputs))

    def tokens_per_character(self, targets: Field) -> float | None:
        """How many tokens are predicted for every character of the texts; None where targets are no texts.

        The end of a whole text counts as a character, as a line has one there; and so does each token that the
        vocabulary lacks, however long, since ``<unk>`` says nothing of its letters.

        Args:
            targets: their field.
        """
        characters = 0
        for example, ids in zip(self.kept, self.targets, strict=True):
            if not isinstance(text := example.targets, str):
                return None
            first = 0 if example.whole else 1  # which nothing predicts
            characters += len(text) + (-len(targets.split(text)[0]) if first else 1)
            if bool((ids == UNK).any()):  # an end stands behind the pieces of a whole text
                pieces = zip(islice(targets.split(text), first, None), ids.tolist(), strict=False)
                characters -= sum(max(0, letters(piece) - 1) for piece, i in pieces if i == UNK)
        return sum(map(len, self.targets)) / characters

    def change(self, augment: Augmentation, size: int) -> None:
        """From now on give inputs out as an augmentation changes them; it looks at all of them first."""
        augment.fit(self.inputs, size)
        self.augment = augment


def _encoded(field: Field, item: Item) -> Tensor:
    ids = field.encode(item)  # (T,)
    if not len(ids):
        raise InputError(f"nothing left of {item!r} after tokenizing, wanted at least one token")
    return ids


def _place(piece: Piece) -> tuple[int, ...]:
    return (piece.example,) if piece.after is None else (piece.example, piece.start)
