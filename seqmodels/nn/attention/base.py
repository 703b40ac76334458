"""What every attention promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor, nn

from seqmodels.nn.softmax import softmax
from seqmodels.types import Padded


class Memory(NamedTuple):
    """What queries are held against: made once a sequence, a plain value ever after.

    Args:
        keys: (B, S, A), what a query is compared with.
        values: (B, S, H), what is read.
        mask: (B, S) bool, true on real steps.
    """

    keys: Tensor
    values: Tensor
    mask: Tensor


class Attended(NamedTuple):
    """What attention read, and how much of each step.

    Args:
        context: (B, U, H).
        weights: (B, U, S), each row sums to 1, zero on padding.
    """

    context: Tensor
    weights: Tensor


class Attention(nn.Module, ABC):
    """Reads from a memory, each query by itself, so that all steps of a target can be read for at once."""

    def prepare(self, outputs: Padded) -> Memory:
        """The memory of an encoder's outputs (B, S, H)."""
        return memory_of(outputs, self.keys)

    @abstractmethod
    def keys(self, values: Tensor) -> Tensor:
        """(B, S, A) keys for values (B, S, H)."""

    @abstractmethod
    def forward(self, query: Tensor, memory: Memory) -> Attended:
        """Read from the memory.

        Args:
            query: (B, U, D), U steps at once.
            memory: as ``prepare`` made it.
        """


class ScoredAttention(Attention, ABC):
    """a = softmax(score(query, keys)), context = a · values.

    A kind says how a query is scored against a key; what becomes of the scores is the same for all.
    """

    @abstractmethod
    def scores(self, query: Tensor, keys: Tensor) -> Tensor:
        """(B, U, S) scores of queries (B, U, D) against keys (B, S, A)."""

    def forward(self, query: Tensor, memory: Memory) -> Attended:
        weights = weights_of(self.scores(query, memory.keys), memory)  # (B, U, S)
        return Attended(weights @ memory.values, weights)  # (B, U, H)


def memory_of(outputs: Padded, keys: Callable[[Tensor], Tensor]) -> Memory:
    """The memory of an encoder's outputs (B, S, H), with what makes their keys."""
    values = outputs.zeroed().data  # (B, S, H); a weight of zero does not silence NaN
    return Memory(keys(values), values, outputs.mask)


def weights_of(scores: Tensor, memory: Memory) -> Tensor:
    """(B, U, S), the softmax of scores (B, U, S) over the real steps."""
    return softmax(scores.masked_fill(~memory.mask[:, None], float("-inf")))
