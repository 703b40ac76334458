"""What every decoder promises."""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor, nn

from seqmodels.nn.attention import Memory
from seqmodels.types import Encoded, State


class DecoderState(NamedTuple):
    """All that a decoder remembers between two tokens.

    The memory has a row for each of B sources; all else has one for each of N sequences that are being written, equally
    many for every source and those of one source next to each other, as a beam wants them.

    Args:
        memory: what attention reads, made once.
        layers: each layer's recurrent state, each tensor (1, N, H).
        weights: (N, S), how much of each memory step was read with the last token; zeros before the first.
        fed: what else goes from one step to the next, each tensor (N, ...).
    """

    memory: Memory
    layers: tuple[State, ...]
    weights: Tensor
    fed: State = ()

    def rows(self, chosen: Tensor) -> "DecoderState":
        """The sequences with these numbers, (N',) int64, the sources as they are."""
        layers = tuple(tuple(part.index_select(1, chosen) for part in layer) for layer in self.layers)
        fed = tuple(part.index_select(0, chosen) for part in self.fed)
        return DecoderState(self.memory, layers, self.weights.index_select(0, chosen), fed)

    def sources(self, chosen: Tensor) -> "DecoderState":
        """The sources with these numbers, (B',) int64, each with all sequences that are written for it."""
        each = len(self.weights) // len(self.memory.mask)
        rows = (chosen[:, None] * each + torch.arange(each, device=chosen.device)).flatten()  # (N',)
        memory = Memory(*(part.index_select(0, chosen) for part in self.memory))
        return self.rows(rows)._replace(memory=memory)


class Decoder(nn.Module, ABC):
    """Writes tokens, each from the source and the tokens before it."""

    @abstractmethod
    def start(self, source: Encoded) -> DecoderState:
        """The state before the first token."""

    @abstractmethod
    def step(self, tokens: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Scores (B, C) of the next token after ``tokens`` (B,), and the state after it."""

    @abstractmethod
    def forward(self, tokens: Tensor, source: Encoded) -> Tensor:
        """Scores (B, U, C) after every one of ``tokens`` (B, U); equal to stepping through them."""
