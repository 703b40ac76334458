"""What all ways of batching promise: an order that depends on (seed, epoch) alone, and can be gone on with."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from torch import Tensor
from torch.utils.data import Sampler

from seqmodels.data.reader import Example
from seqmodels.types import NonNegative, Positive

Item = TypeVar("Item")


class Batches(Sampler[list[Item]], ABC, Generic[Item]):
    """The batches of a split, for one process.

    The next iteration after load_state_dict gives the rest of the epoch, all later ones whole epochs; `len` is that of
    a whole epoch always. Where a loader fetches ahead (workers), the batches handed out are more than those trained
    on: who counts the latter puts that count into the state, as its "position".
    """

    def __init__(self) -> None:
        self.epoch = 0
        self.position = 0  # batches of the epoch that this process was handed
        self._start = 0  # the position from which the next iteration goes on

    @abstractmethod
    def mine(self) -> list[list[Item]]:
        """The epoch's batches of this process, in their order."""

    def rows(self, positions: range) -> list[Item]:
        """Those of the epoch's batches of this process from one position up to another."""
        return [item for batch in self.mine()[positions.start : positions.stop] for item in batch]

    @abstractmethod
    def real_share(self) -> float:
        """The share of real tokens among all, padding counted, in the epoch's batches of all processes."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def example(self, item: Item) -> int:
        """Which example a row of a batch comes from."""

    @abstractmethod
    def length(self, item: Item) -> int:
        """How many tokens of it the row has."""

    @abstractmethod
    def _order(self) -> dict[str, Any]:
        """All that the order of the batches depends on, besides the epoch."""

    def set_epoch(self, epoch: int) -> None:
        """Lightning calls this before every epoch; the one that was loaded goes on, another starts afresh."""
        if epoch != self.epoch:
            self.epoch, self.position, self._start = epoch, 0, 0

    def state_dict(self) -> dict[str, Any]:
        """Where in which epoch it stands, and what the order depends on; in training the same in all processes."""
        return {"epoch": self.epoch, "position": self.position, **self._order()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where another sampler stood.

        Raises:
            ValueError: that one had other batches, or no such position.
        """
        faults = [
            f"{name} {state.get(name)} there, {ours} here"
            for name, ours in self._order().items()
            if state.get(name) != ours
        ]
        if faults:
            raise ValueError(f"the state of a sampler of other batches: {'; '.join(faults)}")
        epoch, position = state.get("epoch"), state.get("position")
        if not isinstance(epoch, int) or not isinstance(position, int) or not 0 <= position <= len(self):
            raise ValueError(f"epoch {epoch}, position {position}: wanted a position from 0 to {len(self)} in an epoch")
        self.epoch, self.position, self._start = epoch, position, position

    def __iter__(self) -> Iterator[list[Item]]:
        start, self._start = self._start, 0
        mine = self.mine()
        for position in range(start, len(mine)):
            self.position = position + 1  # a batch counts as soon as it is handed out
            yield mine[position]


@dataclass(frozen=True)
class BatchPlan(ABC):
    """How the examples of a split become batches.

    Args:
        batch_size: rows of a training batch.
        eval_batch_size: rows of a batch that is not trained on.
        workers: processes that load (0 is best on a CPU: the examples are in memory).
    """

    batch_size: Positive = 32
    eval_batch_size: Positive = 128
    workers: NonNegative = 0

    @abstractmethod
    def batches(
        self, lengths: Sequence[int], training: bool, seed: int = 0, rank: int = 0, world_size: int = 1
    ) -> Batches[Any]:
        """The batches of examples of these lengths, for one process of several."""

    @abstractmethod
    def pair(self, read: Tensor, wanted: Tensor, example: Example) -> tuple[Tensor, Tensor]:
        """What is read and what is to be said, of an example's ids.

        Raises:
            InputError: the example cannot be batched so.
        """

    @abstractmethod
    def exact(self) -> "BatchPlan":
        """The plan by which a score is made that shall not depend on how it was batched."""

    @abstractmethod
    def size(self) -> str:
        """How large a training batch is, in words."""

    @abstractmethod
    def smaller(self, training: bool) -> str:
        """Which keys to set lower when a batch is too large for the memory."""


def digest(numbers: Sequence[int]) -> str:
    """Eight letters that tell one list of numbers from another."""
    return hashlib.sha256(" ".join(map(str, numbers)).encode()).hexdigest()[:8]
