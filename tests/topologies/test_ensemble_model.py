"""Models that write together, as one topology."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Batch, Sizes
from seqmodels.decode import Search
from seqmodels.nn.decoders import RecurrentDecoder
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.topologies import EncoderDecoder, Ensemble

C, H = 9, 8
LENGTHS, WRITTEN = [3, 5, 1, 4], [2, 4, 3, 1]

embedder = partial(TokenEmbedder, embedding_size=6)
encoder = partial(RecurrentEncoder, hidden_size=H, cell="gru")


@pytest.fixture
def members():
    """Two models of different cells."""
    decoders = [partial(RecurrentDecoder, embedder=embedder, cell=cell, hidden_size=H) for cell in ("gru", "lstm")]
    models = [EncoderDecoder(embedder, encoder, d, Sizes(C, C), search=Search(2, max_length=6)) for d in decoders]
    return [model.double().eval() for model in models]


@pytest.fixture
def batch(ids):
    return Batch(ids(LENGTHS, C), ids(WRITTEN, C))


def test_one_member_alone_is_scored_as_it_is(members, batch):
    with torch.no_grad():
        wanted, found = members[0].evaluate(batch), Ensemble(members[:1]).evaluate(batch)
    assert_close(found, wanted)


def test_the_loss_is_of_the_mean_of_the_probabilities(members, batch):
    with torch.no_grad():
        found = Ensemble(members).evaluate(batch)
        total = 0.0
        for source, target in zip(batch.inputs.rows(), batch.targets.rows(), strict=True):
            given = torch.tensor([[2, *target.tolist()]])
            inputs = batch.inputs._replace(data=source[None], lengths=torch.tensor([len(source)]))
            said = torch.stack([m.decoder(given, m.encode(inputs)).softmax(dim=-1)[0] for m in members]).mean(dim=0)
            total -= float(said[range(len(target) + 1), [*target.tolist(), 3]].log().sum())
    assert int(found.steps) == sum(WRITTEN) + len(WRITTEN)
    assert float(found.loss) == pytest.approx(total / float(found.steps))


def test_it_searches_as_the_first_member_does_unless_told(members, batch):
    assert Ensemble(members).search == Search(2, max_length=6)
    other = Ensemble(members, Search(3, 3, max_length=4))
    with torch.no_grad():
        assert other.write(batch.inputs).tokens.shape[:2] == (4, 3)
        assert_close(other(batch.inputs), other.write(batch.inputs).best())
