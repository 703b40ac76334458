"""What every decoder promises."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from torch import Tensor, nn

from seqmodels.nn.attention import Memory
from seqmodels.types import Encoded, State


class DecoderState(NamedTuple):
    """All that a decoder remembers between two tokens.

    Args:
        memory: what attention reads.
        layers: each layer's recurrent state, each tensor (1, B, H).
    """

    memory: Memory
    layers: tuple[State, ...]


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
