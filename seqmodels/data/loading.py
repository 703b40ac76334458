"""What a loader asks a data set for."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from torch.utils.data import Sampler

from seqmodels.data.batches import Batches
from seqmodels.data.streams import Piece


class Drawn(NamedTuple):
    """A batch to be put together: the examples or pieces of them, and the epoch, on which augmentation depends."""

    epoch: int
    indices: list[int] | list[Piece]


class Dealt(Sampler[Drawn]):
    """Batches with the epoch that they belong to, which a loader's worker would not know otherwise.

    Args:
        batches: whose order and position it has.

    Example:
        >>> from seqmodels.data import Batching, BucketBatches
        >>> next(iter(Dealt(BucketBatches([5, 1], Batching(batch_size=2), shuffle=False))))
        Drawn(epoch=0, indices=[1, 0])
    """

    def __init__(self, batches: Batches[Any]):
        self.batches = batches

    def set_epoch(self, epoch: int) -> None:
        """Lightning calls this before every epoch."""
        self.batches.set_epoch(epoch)

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Drawn]:
        for indices in self.batches:
            yield Drawn(self.batches.epoch, indices)
