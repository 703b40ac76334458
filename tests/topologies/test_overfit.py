"""Every topology learns eight random examples by heart: gradients reach everything, and prediction undoes the loss."""

from functools import partial

import pytest
import torch

from seqmodels import Batch, Sizes
from seqmodels.decode import Search
from seqmodels.metrics import ExactMatch
from seqmodels.nn.decoders import RecurrentDecoder
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.nn.heads import CategoricalHead
from seqmodels.nn.pool import LastState
from seqmodels.topologies import EncoderDecoder, ManyToMany, ManyToOne

C, H = 10, 24
LENGTHS = [3, 5, 2, 4, 6, 5, 3, 6]

embedder = partial(TokenEmbedder, embedding_size=12)
every_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])


def make_encoder(cell, bidirectional=True):
    return partial(RecurrentEncoder, hidden_size=H, cell=cell, bidirectional=bidirectional)


def exact_match_after(model, batch, steps, lr=0.02):
    """The share of the examples that the model gets right from end to end after so many steps on all of them."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        model.loss(batch).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    model.eval()
    metric = ExactMatch()
    with torch.no_grad():
        metric.update(model(batch.inputs), batch.targets)
    return float(metric.compute())


@every_cell
def test_many_to_many_learns_eight_examples(cell, ids):
    batch = Batch(ids(LENGTHS, C), ids(LENGTHS, C))
    model = ManyToMany(embedder, make_encoder(cell), CategoricalHead, Sizes(C, C))
    assert exact_match_after(model, batch, 0) < 0.5
    assert exact_match_after(model, batch, 80) == 1


@every_cell
def test_many_to_one_learns_eight_examples(cell, ids):
    batch = Batch(ids(LENGTHS, C), ids([1] * 8, C))
    model = ManyToOne(embedder, make_encoder(cell), LastState, CategoricalHead, Sizes(C, C))
    assert exact_match_after(model, batch, 0) < 0.8
    assert exact_match_after(model, batch, 80) == 1


@every_cell
def test_encoder_decoder_learns_eight_examples(cell, ids):
    batch = Batch(ids(LENGTHS, C), ids(LENGTHS[::-1], C))
    decoder = partial(RecurrentDecoder, embedder=embedder, cell=cell, hidden_size=H)
    model = EncoderDecoder(embedder, make_encoder(cell), decoder, Sizes(C, C), search=Search(max_length=10))
    assert exact_match_after(model, batch, 0) == 0
    assert exact_match_after(model, batch, 150) == 1
