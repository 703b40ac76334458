"""What a search writes with: sequences that a model is writing, and the scores of what comes next."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.nn.decoders import Decoder, DecoderState
from seqmodels.types import BOS, Encoded, Padded, State

# Reads tokens (B, T) from a state on; scores (B, C) of what comes next, and the state behind them.
Read = Callable[[Padded, State | None], tuple[Tensor, State]]


class Next(NamedTuple):
    """What a model says of the next token of N sequences.

    Args:
        scores: (N, C), log p(token) but for a constant.
        draft: the sequences so far.
    """

    scores: Tensor
    draft: "Draft"


class Draft(ABC):
    """N sequences that are being written for B sources, equally many for each, those of one source side by side.

    A value: no method changes it.
    """

    @property
    @abstractmethod
    def weights(self) -> Tensor:
        """(N, S), how much of each step of its source was read for the next token; S = 0 where nothing is."""

    @abstractmethod
    def step(self, tokens: Tensor) -> Next:
        """Write a token behind each sequence, (N,) int64."""

    @abstractmethod
    def rows(self, chosen: Tensor) -> "Draft":
        """The sequences with these numbers, (N',) int64, the sources as they are."""

    @abstractmethod
    def sources(self, chosen: Tensor) -> "Draft":
        """The sources with these numbers, (B',) int64, each with all of its sequences."""


class DecoderDraft(Draft):
    """What a decoder is writing.

    Args:
        decoder: what writes.
        state: after the last token.

    Example:
        >>> from seqmodels.decode import DecoderDraft
        >>> DecoderDraft(decoder, decoder.start(source)).step(tokens).scores.shape  # doctest: +SKIP
        torch.Size([32, 5000])
    """

    def __init__(self, decoder: Decoder, state: DecoderState):
        self.decoder, self.state = decoder, state

    @property
    def weights(self) -> Tensor:
        return self.state.weights

    def step(self, tokens: Tensor) -> Next:
        scores, state = self.decoder.step(tokens, self.state)
        return Next(scores, DecoderDraft(self.decoder, state))

    def rows(self, chosen: Tensor) -> Draft:
        return DecoderDraft(self.decoder, self.state.rows(chosen))

    def sources(self, chosen: Tensor) -> Draft:
        return DecoderDraft(self.decoder, self.state.sources(chosen))


class ReadOnDraft(Draft):
    """What a model writes that reads all it wrote as if it had been given: a language model.

    Args:
        read: the model.
        state: behind the last token, each tensor (L, N, ...).
        each: sequences that are written for a source.

    Example:
        >>> from seqmodels.decode import ReadOnDraft
        >>> def read(tokens, state):
        ...     return torch.zeros(len(tokens.lengths), 9), state
        >>> ReadOnDraft(read, (torch.zeros(1, 2, 4),)).step(torch.tensor([5, 6])).scores.shape
        torch.Size([2, 9])
    """

    def __init__(self, read: Read, state: State, each: int = 1):
        self.read, self.state, self.each = read, state, each

    @property
    def weights(self) -> Tensor:
        return self.state[0].new_zeros(self.state[0].shape[1], 0)

    def step(self, tokens: Tensor) -> Next:
        scores, state = self.read(Padded(tokens[:, None], torch.ones_like(tokens)), self.state)
        return Next(scores, ReadOnDraft(self.read, state, self.each))

    def rows(self, chosen: Tensor) -> Draft:
        sources = self.state[0].shape[1] // self.each
        return ReadOnDraft(self.read, self._chosen(chosen), len(chosen) // max(sources, 1))

    def sources(self, chosen: Tensor) -> Draft:
        rows = (chosen[:, None] * self.each + torch.arange(self.each, device=chosen.device)).flatten()
        return ReadOnDraft(self.read, self._chosen(rows), self.each)

    def _chosen(self, rows: Tensor) -> State:
        return tuple(part.index_select(1, rows) for part in self.state)


@torch.no_grad()
def begin(decoder: Decoder, source: Encoded, bos: int = BOS) -> Next:
    """What a decoder says of the first token.

    Args:
        decoder: what writes.
        source: B of them.
        bos: id that stands before the first token.
    """
    tokens = source.outputs.lengths.new_full((len(source.outputs.lengths),), bos)  # (B,)
    return DecoderDraft(decoder, decoder.start(source)).step(tokens)


@torch.no_grad()
def read_on(read: Read, prompts: Padded) -> Next:
    """What a language model says of the token behind prompts (B, T), which are read once."""
    scores, state = read(prompts, None)
    return Next(scores, ReadOnDraft(read, state))
