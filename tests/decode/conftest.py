"""Decoders of random weights, and sources for them."""

from functools import partial

import pytest
import torch

from seqmodels import Encoded, Padded
from seqmodels.decode import begin
from seqmodels.nn.attention import AdditiveAttention
from seqmodels.nn.decoders import RecurrentDecoder
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.types import EOS

H = 6
LENGTHS = [3, 5, 1, 4, 4, 2, 5, 3, 1, 2, 4, 3]


class Sources:
    """Random sources and what was read to make them."""

    def __init__(self, outputs: Padded, state: torch.Tensor):
        self.encoded = Encoded(outputs, (state,))
        numbers = torch.arange(len(state[0]))[:, None] + 10
        self.read = Padded(numbers.expand(-1, outputs.data.shape[1]), outputs.lengths)

    def alone(self, i: int) -> "Sources":
        """One of them by itself, without padding."""
        row = self.encoded.outputs.rows()[i]
        one = Sources(Padded(row[None], torch.tensor([len(row)])), self.encoded.state[0][:, i : i + 1])
        one.read = Padded(self.read.data[i : i + 1, : len(row)], torch.tensor([len(row)]))
        return one

    def first(self, decoder, bos=2):
        return begin(decoder, self.encoded, bos)


@pytest.fixture
def sources(vectors):
    return Sources(vectors(LENGTHS, H), 3 * torch.randn(1, len(LENGTHS), H, dtype=torch.float64))


@pytest.fixture
def make_decoder():
    """Makes decoders whose weights are large enough that what they write varies; a higher ``end`` makes it shorter."""

    def make(cell="gru", end=1.0, size=8, seed=9):
        torch.manual_seed(seed)
        embedder = partial(TokenEmbedder, embedding_size=4)
        decoder = RecurrentDecoder(H, size, embedder, AdditiveAttention, cell, hidden_size=H).double()
        with torch.no_grad():
            for weight in decoder.parameters():
                weight.mul_(3)
            decoder.scores.bias.zero_()
            decoder.scores.bias[EOS] = end
        return decoder

    return make
