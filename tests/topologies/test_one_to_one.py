"""One step in, one answer out."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Batch, Padded, Sizes
from seqmodels.nn.distributions import Normal
from seqmodels.nn.embedders import FeatureEmbedder
from seqmodels.nn.encoders import MlpEncoder, RecurrentEncoder
from seqmodels.nn.heads import CategoricalHead, GaussianHead, PointHead
from seqmodels.topologies import OneToOne

ONES = torch.ones(8, dtype=torch.int64)
dense = partial(MlpEncoder, hidden_size=32, length=1)


@pytest.fixture
def vectors() -> Padded:
    return Padded(torch.randn(8, 1, 5), ONES)


def learnt(model: OneToOne, batch: Batch, steps: int = 200) -> OneToOne:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(steps):
        optimizer.zero_grad()
        model.loss(batch).backward()
        optimizer.step()
    return model.eval()


@pytest.mark.parametrize("encoder", [dense, partial(RecurrentEncoder, hidden_size=32, cell="gru")])
def test_it_learns_eight_labels_by_heart(encoder, vectors) -> None:
    targets = Padded(torch.randint(4, (8, 1)), ONES)
    model = OneToOne(FeatureEmbedder, encoder, CategoricalHead, Sizes(5, 4))
    assert_close(learnt(model, Batch(vectors, targets))(vectors).data, targets.data)


def test_it_learns_eight_pairs_of_numbers_by_heart(vectors) -> None:
    targets = Padded(torch.randn(8, 1, 2), ONES)
    model = OneToOne(FeatureEmbedder, dense, PointHead, Sizes(5, 2))
    assert learnt(model, Batch(vectors, targets), 400).loss(Batch(vectors, targets)).item() < 1e-3


def test_what_it_says_of_numbers_besides_is_what_its_head_says(vectors) -> None:
    model = OneToOne(FeatureEmbedder, dense, GaussianHead, Sizes(5, 2))
    found = model.evaluate(Batch(vectors, Padded(torch.randn(8, 1, 2), ONES)))
    assert isinstance(found.distribution, Normal)
    assert_close(found.distribution.point(), found.predictions.data)


def test_a_recurrent_encoder_is_a_dense_layer_there(vectors) -> None:
    model = OneToOne(
        FeatureEmbedder, partial(RecurrentEncoder, hidden_size=3, cell="rnn"), CategoricalHead, Sizes(5, 4)
    )
    (cell,) = model.encoder.recurrence.layers[0].cells
    state = torch.tanh(model.embedder(vectors).data @ cell.weight_ih.T + cell.bias_ih + cell.bias_hh)  # (B, 1, H)
    assert_close(model.scores(vectors).data, model.head.scores(state))


def test_several_steps_are_refused() -> None:
    model = OneToOne(FeatureEmbedder, dense, CategoricalHead, Sizes(5, 4))
    with pytest.raises(ValueError, match="3 steps found in an input, and OneToOne reads one"):
        model(Padded(torch.zeros(2, 3, 5), torch.tensor([3, 1])))
