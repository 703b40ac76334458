"""What every attention promises that needs to know where it looked before."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from torch import Tensor, nn

from seqmodels.nn.attention.base import Memory, memory_of, weights_of
from seqmodels.types import Padded


class Looked(NamedTuple):
    """What a step of attention read, and what the next one has to know.

    Args:
        context: (B, K, H).
        weights: (B, K, S), each row sums to 1, zero on padding.
        past: (B, K, S) for the next step.
        penalty: (B, K), what is added to the training loss of this step.
    """

    context: Tensor
    weights: Tensor
    past: Tensor
    penalty: Tensor


class StepwiseAttention(nn.Module, ABC):
    """Reads from a memory in the light of where it looked before: a = softmax(score(query, keys, past)).

    So it takes a decoder that goes step by step. Each of B sources has one query for each of the K sequences that are
    written for it.
    """

    def prepare(self, outputs: Padded) -> Memory:
        """The memory of an encoder's outputs (B, S, H)."""
        return memory_of(outputs, self.keys)

    @abstractmethod
    def keys(self, values: Tensor) -> Tensor:
        """(B, S, A) keys for values (B, S, H)."""

    @abstractmethod
    def scores(self, query: Tensor, keys: Tensor, past: Tensor) -> Tensor:
        """(B, K, S) scores of queries (B, K, D) against keys (B, S, A)."""

    @abstractmethod
    def after(self, past: Tensor, weights: Tensor) -> Tensor:
        """The next step's past (B, K, S), after one that read with ``weights``; zeros before the first."""

    @abstractmethod
    def penalty(self, past: Tensor, weights: Tensor) -> Tensor:
        """(B, K), what is added to the training loss of a step."""

    def forward(self, query: Tensor, memory: Memory, past: Tensor) -> Looked:
        """Read from the memory.

        Args:
            query: (B, K, D).
            memory: as ``prepare`` made it.
            past: (B, K, S), as the step before returned it.
        """
        weights = weights_of(self.scores(query, memory.keys, past), memory)  # (B, K, S)
        return Looked(weights @ memory.values, weights, self.after(past, weights), self.penalty(past, weights))
