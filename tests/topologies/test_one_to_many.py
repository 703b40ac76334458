"""OneToMany: a sequence for a class, a row of numbers, a picture."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded, Sizes
from seqmodels.nn.decoders import RecurrentDecoder
from seqmodels.nn.embedders import FeatureEmbedder, ImageCnn, TokenEmbedder
from seqmodels.topologies import OneToMany
from seqmodels.topologies.teacher_forcing import forced_loss
from seqmodels.types import Batch, Size, pad

C = 9
DECODER = partial(RecurrentDecoder, hidden_size=32, embedder=partial(TokenEmbedder, embedding_size=8))
GREY = Size(6, parts={"grey": Size(6)})
READERS = {
    "class": (TokenEmbedder, 6),
    "numbers": (FeatureEmbedder, 3),
    "regions": (partial(ImageCnn, embedding_size=16, filters=[8]), GREY),
    "picture": (partial(ImageCnn, embedding_size=16, filters=[8], regions=False), GREY),
}


def inputs_of(kind, count):
    draw = torch.Generator().manual_seed(4)
    if kind == "class":
        return [torch.tensor([i % 6]) for i in range(count)]
    if kind == "numbers":
        return [torch.randn(1, 3, generator=draw) for _ in range(count)]
    return [torch.randn(4 + i % 3, 6, generator=draw) for i in range(count)]


def made(kind):
    torch.manual_seed(0)
    embedder, size = READERS[kind]
    return OneToMany(embedder, DECODER, Sizes(size, C))


def batch_of(kind, count=6):
    draw = torch.Generator().manual_seed(5)
    targets = [torch.randint(4, C, (1 + i % 4,), generator=draw) for i in range(count)]
    return Batch(pad(inputs_of(kind, count)), pad(targets))


every_kind = pytest.mark.parametrize("kind", READERS)


@every_kind
def test_it_learns_six_sequences_by_heart(kind):
    model, batch = made(kind), batch_of(kind)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model.train()
    for _ in range(80):
        optimizer.zero_grad()
        forced_loss(model.decoder, model.encode(batch.inputs), batch.targets).backward()
        optimizer.step()
    model.eval()
    said = model(batch.inputs)
    assert [row.tolist() for row in said.rows()] == [row.tolist() for row in batch.targets.rows()]


@every_kind
def test_an_example_alone_is_read_as_in_a_batch(kind):
    model, inputs = made(kind).double().eval(), batch_of(kind).inputs
    inputs = inputs if kind == "class" else Padded(inputs.data.double(), inputs.lengths)
    together = model.encode(inputs)
    for i, row in enumerate(inputs.rows()):
        alone = model.encode(Padded(row[None], inputs.lengths[i : i + 1]))
        length = int(alone.outputs.lengths[0])
        assert length == together.outputs.lengths[i]
        assert_close(alone.outputs.data[0], together.outputs.data[i, :length], rtol=1e-10, atol=1e-10)
        assert_close(alone.state[0][:, 0], together.state[0][:, i], rtol=1e-10, atol=1e-10)


def test_a_class_is_a_memory_of_one_step_and_the_first_state():
    model, inputs = made("class"), batch_of("class").inputs
    source = model.encode(inputs)
    vectors = model.embedder.table.weight[inputs.data[:, 0]]
    assert torch.equal(source.outputs.data[:, 0], vectors)
    assert torch.equal(source.state[0][0], vectors)
