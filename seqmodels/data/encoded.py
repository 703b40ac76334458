"""Examples as tensors."""

from collections.abc import Sequence
from random import Random

from torch import Tensor
from torch.utils.data import Dataset

from seqmodels.data.augment import Augmentation
from seqmodels.data.faults import Faults
from seqmodels.data.loading import Drawn
from seqmodels.data.reader import Example
from seqmodels.errors import InputError
from seqmodels.text import Field, StepLabels
from seqmodels.types import Batch, pad


class EncodedExamples(Dataset[Batch]):
    """Examples as tensors, made once; asked for with the indices of a whole batch.

    Args:
        examples: of one split.
        inputs, targets: fields that are fitted.
        faults: told of every example that cannot be encoded, and is left out.
        source: what the split is called there.
    """

    def __init__(self, examples: Sequence[Example], inputs: Field, targets: Field, faults: Faults, source: str):
        self.kept: list[Example] = []
        self.inputs: list[Tensor] = []
        self.targets: list[Tensor] = []
        self.augment: Augmentation | None = None
        self.seed = 0
        for example in examples:
            try:
                read = _encoded(inputs, example.inputs)  # (T,)
                wanted = _encoded(targets, example.targets)  # (U,)
                if isinstance(targets, StepLabels) and len(read) != len(wanted):
                    raise InputError(f"{len(wanted)} labels found for {len(read)} tokens, wanted one for each")
            except InputError as error:
                faults.skip(source, "example", [f"{example.origin}: {error}"])
                continue
            self.kept.append(example)
            self.inputs.append(read)
            self.targets.append(wanted)

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, drawn: Drawn) -> Batch:
        inputs = [self.inputs[i] for i in drawn.indices]
        if self.augment is not None:
            keys = [f"{self.seed} {drawn.epoch} {i}" for i in drawn.indices]
            inputs = [self.augment.change(item, Random(key)) for item, key in zip(inputs, keys, strict=True)]
        return Batch(pad(inputs), pad([self.targets[i] for i in drawn.indices]))

    def change(self, augment: Augmentation, size: int, seed: int) -> None:
        """From now on give inputs out as an augmentation changes them; it looks at all of them first."""
        augment.fit(self.inputs, size)
        self.augment = augment
        self.seed = seed


def _encoded(field: Field, item: str | Sequence[str]) -> Tensor:
    ids = field.encode(item)  # (T,)
    if not len(ids):
        raise InputError(f"nothing left of {item!r} after tokenizing, wanted at least one token")
    return ids
