"""From a reader and two fields to the batches that a Trainer asks for."""

from collections.abc import Sequence
from dataclasses import replace

from pytorch_lightning import LightningDataModule
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from seqmodels.data.batching import Batching, BucketBatches
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.text import Field, StepLabels
from seqmodels.types import Batch, Sizes, pad

SHOWN = 10  # faults of a split that are told one by one


class EncodedExamples(Dataset[Batch]):
    """Examples as tensors, made once; asked for with the indices of a whole batch.

    Raises:
        InputError: examples that cannot be encoded, each with its origin.
    """

    def __init__(self, examples: Sequence[Example], inputs: Field, targets: Field):
        self.inputs: list[Tensor] = []
        self.targets: list[Tensor] = []
        faults = []
        for example in examples:
            try:
                read = _encoded(inputs, example.inputs)  # (T,)
                wanted = _encoded(targets, example.targets)  # (U,)
                if isinstance(targets, StepLabels) and len(read) != len(wanted):
                    raise InputError(f"{len(wanted)} labels found for {len(read)} tokens, wanted one for each")
            except InputError as error:
                faults.append(f"{example.origin}: {error}")
                continue
            self.inputs.append(read)
            self.targets.append(wanted)
        if faults:
            more = [f"and {len(faults) - SHOWN} more examples like these"] if len(faults) > SHOWN else []
            raise InputError(faults[:SHOWN] + more)

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, indices: list[int]) -> Batch:
        return Batch(pad([self.inputs[i] for i in indices]), pad([self.targets[i] for i in indices]))


def _encoded(field: Field, item: str | Sequence[str]) -> Tensor:
    ids = field.encode(item)  # (T,)
    if not len(ids):
        raise InputError(f"nothing left of {item!r} after tokenizing, wanted at least one token")
    return ids


class SequenceData(LightningDataModule):
    """Reads, fits the fields on the training split, encodes everything once, and batches by length.

    Args:
        reader: where the examples come from.
        inputs: field of the inputs.
        targets: field of the targets.
        batching: batch sizes.
        seed: decides the order of the batches, together with the epoch.
        fitted: True if the fields have their vocabularies already (they came from a checkpoint).

    Example:
        >>> from seqmodels.data import Batching, Dates, SequenceData
        >>> from seqmodels.text import Tokens
        >>> reader = Dates(["de"], train=8, val=1, test=1)
        >>> data = SequenceData(reader, Tokens("characters"), Tokens("characters"), Batching(4))
        >>> data.setup("fit"); len(data.train_dataloader())
        2
    """

    def __init__(
        self,
        reader: Reader,
        inputs: Field,
        targets: Field,
        batching: Batching | None = None,
        seed: int = 0,
        fitted: bool = False,
    ):
        super().__init__()
        self.reader = reader
        self.inputs = inputs
        self.targets = targets
        self.batching = batching or Batching()
        self.seed = seed
        self.fitted = fitted
        self.encoded: dict[str, EncodedExamples] = {}
        self._splits: Splits | None = None

    @property
    def splits(self) -> Splits:
        """The examples as they were read."""
        if self._splits is None:
            self._splits = self.reader.read()
            for name, examples in self._splits._asdict().items():
                if not examples:
                    raise InputError(f"the {name} split is empty, wanted at least one example")
        return self._splits

    @property
    def sizes(self) -> Sizes:
        """What a model may know of the data."""
        return Sizes(self.inputs.size, self.targets.size)

    def prepare_data(self) -> None:
        """Read (and so download) in one process before all others do."""
        _ = self.splits

    def setup(self, stage: str) -> None:
        if not self.fitted:
            self.inputs.fit(example.inputs for example in self.splits.train)
            self.targets.fit(example.targets for example in self.splits.train)
            self.fitted = True
        wanted = {"fit": ("train", "val"), "validate": ("val",), "test": ("test",)}.get(stage, ())
        for split in wanted:
            if split not in self.encoded:
                examples = getattr(self.splits, split)
                self.encoded[split] = EncodedExamples(examples, self.inputs, self.targets)

    def batches(self, split: str) -> BucketBatches:
        """The batches of a split, for this process."""
        lengths = [len(ids) for ids in self.encoded[split].inputs]
        rank, world_size = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        batching = self.batching
        if split != "train":
            # Small enough for every process to have one: Lightning refuses an empty loader.
            size = min(batching.eval_batch_size, max(1, len(lengths) // world_size))
            batching = replace(batching, batch_size=size, max_tokens=None)
        return BucketBatches(lengths, batching, split == "train", self.seed, rank, world_size)

    def _loader(self, split: str) -> DataLoader[Batch]:
        if self.trainer and self.trainer.overfit_batches:  # type: ignore[attr-defined]
            # Lightning would replace our sampler by one of single examples, so the batches are cut here, once.
            cut = [self.encoded[split][indices] for indices in self.batches(split)]
            return DataLoader(cut, batch_size=None)  # type: ignore[arg-type]
        return DataLoader(
            self.encoded[split],
            sampler=self.batches(split),
            batch_size=None,  # the sampler gives whole batches
            num_workers=self.batching.workers,
            pin_memory=bool(self.trainer and self.trainer.strategy.root_device.type == "cuda"),
        )

    def train_dataloader(self) -> DataLoader[Batch]:
        return self._loader("train")

    def val_dataloader(self) -> DataLoader[Batch]:
        return self._loader("val")

    def test_dataloader(self) -> DataLoader[Batch]:
        return self._loader("test")
