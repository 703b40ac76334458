"""From a reader and two fields to the batches that a Trainer asks for."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from pytorch_lightning import LightningDataModule
from torch.utils.data import DataLoader

from seqmodels.data.augment import Augmentation
from seqmodels.data.batches import Batches, BatchPlan
from seqmodels.data.batching import Batching
from seqmodels.data.encoded import EncodedExamples
from seqmodels.data.faults import Faults, OnBad
from seqmodels.data.fitting import fit_fields
from seqmodels.data.loading import Dealt
from seqmodels.data.reader import Example, Reader, Splits, refuse_empty
from seqmodels.errors import InputError
from seqmodels.text import Field, Tokens, Words
from seqmodels.types import Batch, Sizes


class SequenceData(LightningDataModule):
    """Reads, fits the fields on the training split, encodes everything once, and batches by length.

    Args:
        reader: where the examples come from.
        inputs: field of the inputs; if it is fitted (it came from a checkpoint), it stays as it is.
        targets: field of the targets, likewise.
        batching: how examples become batches, and how large.
        seed: decides the order of the batches, together with the epoch.
        on_bad: ``skip`` leaves out what cannot be read or encoded and counts it in ``faults``; ``raise`` tells it all.
        augment: changes training inputs at random.

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
        batching: BatchPlan | None = None,
        seed: int = 0,
        on_bad: OnBad = "raise",
        augment: Augmentation | None = None,
    ):
        super().__init__()
        self.reader = reader
        self.inputs = inputs
        self.targets = targets
        self.batching: BatchPlan = batching or Batching()
        self.seed = seed
        self.faults = Faults(on_bad)
        self.augment = augment
        self.encoded: dict[str, EncodedExamples] = {}
        self._splits: Splits | None = None
        self._further: dict[str, list[Example]] = {}  # test splits beside the one, by name
        self._unfitted: list[Field] = []  # those that are ours to fit
        self._taken: list[str] = []  # words of the inputs' vocabulary besides those of the training split
        self._dealt: Batches[Any] | None = None  # to the training that is under way
        self._resumed: dict[str, Any] = {}  # where that is to begin

    @property
    def splits(self) -> Splits:
        """The examples as they were read; once ``setup`` has run, those of them that were kept."""
        if self._splits is None:
            splits = self.reader.read(self.faults)
            self.faults.check()
            refuse_empty(splits._asdict(), self.faults)
            self._splits = splits
        return self._splits

    @property
    def sizes(self) -> Sizes:
        """What a model may know of the data."""
        return Sizes(self.inputs.size, self.targets.size)

    def prepare_data(self) -> None:
        """Read (and so download) in one process before all others do."""
        _ = self.splits

    def setup(self, stage: str) -> None:
        """Fit the fields and encode all splits, whatever the stage: no fault waits for the end of the training."""
        if self.encoded:
            return
        examples = self.splits
        self._unfitted = self._unfitted or [field for field in (self.inputs, self.targets) if not field.fitted]
        self._fit(examples.train)
        encoded = {"train": self._encode("train", examples.train)}
        kept = encoded["train"].kept
        if len(kept) < len(examples.train) and self.faults.on_bad == "skip":
            refuse_empty({"train": kept}, self.faults)
            self._fit(kept)  # what was left out must not leave words and labels behind
            encoded["train"] = self._encode("train", kept)
        further = self._further or {name: other.read(self.faults).test for name, other in self.reader.further.items()}
        others = {"val": examples.val, "test": examples.test, **further}
        encoded |= {name: self._encode(name, split) for name, split in others.items()}
        self.faults.check()
        self._take({name: split.kept for name, split in encoded.items()})
        self.encoded = encoded
        if self.augment is not None:
            encoded["train"].change(self.augment, self.sizes.inputs)

    def again(self, kept: Mapping[str, list[Example]] | None = None, words: Sequence[str] = ()) -> None:
        """Set up once more: of these examples by split, or with words behind those that the inputs' field learnt."""
        if kept is not None:
            self._take(kept)
        self._taken, self.encoded = list(words), {}
        self.setup("fit")

    def _take(self, kept: Mapping[str, list[Example]]) -> None:
        refuse_empty(kept, self.faults)
        self._splits = Splits(*(kept[name] for name in Splits._fields))
        self._further = {name: kept[name] for name in self.reader.further}

    def _fit(self, examples: list[Example]) -> None:
        fields = {"inputs": self.inputs, "targets": self.targets}
        fit_fields({side: field for side, field in fields.items() if field in self._unfitted}, examples)
        if isinstance(self.inputs, Words | Tokens) and self._taken:
            self.inputs.take(self._taken)

    def _encode(self, name: str, examples: list[Example]) -> EncodedExamples:
        source = f"the {name} split"
        seed = self.seed if name == "train" else None
        return EncodedExamples(examples, self.inputs, self.targets, self.batching, self.faults, source, seed)

    def batches(self, split: str) -> Batches[Any]:
        """The batches of a split, for this process."""
        encoded = self.encoded[split]
        # Where a target has a length of its own, its steps cost as much as those of the input, or more.
        lengths = [max(len(read), len(wanted)) for read, wanted in zip(encoded.inputs, encoded.targets, strict=True)]
        rank, world_size = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        return self.batching.batches(lengths, split == "train", self.seed, rank, world_size)

    def loader(self, split: str, batches: Batches[Any] | None = None) -> DataLoader[Batch]:
        """What gives out a split, further test splits too; in the batches that are given, or all of it in order."""
        batches = batches or self.batches(split)
        if self.trainer and self.trainer.overfit_batches:  # type: ignore[attr-defined]
            # Lightning would replace our sampler by one of single examples, so the batches are cut here, once.
            cut = [self.encoded[split][drawn] for drawn in Dealt(batches)]
            return DataLoader(cut, batch_size=None)  # type: ignore[arg-type]
        return DataLoader(
            self.encoded[split],
            sampler=Dealt(batches),
            batch_size=None,  # the sampler gives whole batches
            num_workers=self.batching.workers,
            pin_memory=bool(self.trainer and self.trainer.strategy.root_device.type == "cuda"),
        )

    def train_dataloader(self) -> DataLoader[Batch]:
        self._dealt = self.batches("train")
        overfit = self.trainer is not None and self.trainer.overfit_batches  # type: ignore[attr-defined]
        if self._resumed and not overfit:
            try:
                self._dealt.load_state_dict(self._resumed)
            except ValueError as error:
                raise InputError(f"not resumed, its batches were other ones: {error}; begin a new run") from error
            self._resumed = {}
        return self.loader("train", self._dealt)

    def val_dataloader(self) -> DataLoader[Batch]:
        return self.loader("val")

    def test_dataloader(self) -> DataLoader[Batch]:
        return self.loader("test")

    def state_dict(self) -> dict[str, Any]:
        """Which training batch comes next: counted by those that were trained on, since loaders fetch ahead."""
        if self._dealt is None or self.trainer is None:
            return {}
        epochs, batches = self.trainer.fit_loop.epoch_progress, self.trainer.fit_loop.epoch_loop.batch_progress
        epoch: int = epochs.current.processed  # type: ignore[attr-defined]
        done = batches.current.processed if epoch == self._dealt.epoch else 0  # type: ignore[attr-defined]
        return self._dealt.state_dict() | {"epoch": epoch, "position": done}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self._resumed = state_dict
        # Lightning knows loaders with a state of their own only; this one's comes from here.
        warnings.filterwarnings("ignore", message="You're resuming from a checkpoint that ended before the epoch ended")

    def origins(self, positions: range) -> list[str]:
        """Where the examples come from that this process trains on in these batches of the epoch under way."""
        if self._dealt is None:
            return []
        examples = dict.fromkeys(self._dealt.example(item) for item in self._dealt.rows(positions))
        return [self.splits.train[i].origin for i in examples]

    def lengths(self, positions: range) -> list[int]:
        """How long the inputs of those examples are, in tokens."""
        return [] if self._dealt is None else [self._dealt.length(item) for item in self._dealt.rows(positions)]
