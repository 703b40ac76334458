"""TokenEmbedder: one row of a table for every id."""

import pytest
import torch

from seqmodels import Padded
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.types import UNK

C, D = 9, 4
LENGTHS = [3, 5, 1]


def test_every_id_gets_its_row_of_the_table_and_padding_zeros(ids, noisy):
    embedder, inputs = TokenEmbedder(C, D), noisy(ids(LENGTHS, C), 7)
    embedded = embedder(inputs)
    assert embedder.output_size == D
    assert embedded.data.shape == (3, 5, D)
    assert embedded.lengths is inputs.lengths
    for row, vectors in zip(inputs.rows(), embedded.rows(), strict=True):
        assert torch.equal(vectors, torch.stack([embedder.table.weight[i] for i in row.tolist()]))
    assert (embedded.data[~inputs.mask] == 0).all()


def test_ids_in_padding_get_no_gradient(ids, noisy):
    embedder, inputs = TokenEmbedder(C, D), noisy(ids(LENGTHS, 7), 8)
    embedder(inputs).data.sum().backward()
    read = set(inputs.data[inputs.mask].tolist())
    touched = embedder.table.weight.grad.abs().sum(dim=1).nonzero().flatten().tolist()
    assert set(touched) == read


def test_unknown_replaces_its_share_of_the_ids_in_training_and_none_otherwise(ids):
    embedder, inputs = TokenEmbedder(C, D, word_dropout=0.3), ids([500] * 20, C)
    plain = embedder.table.weight[inputs.data]
    is_unknown = (embedder(inputs).data == embedder.table.weight[UNK]).all(dim=-1)
    assert abs(float(is_unknown.double().mean()) - 0.3) < 0.03  # 6 standard deviations
    embedder.eval()
    assert torch.equal(embedder(inputs).data, plain)


def test_ids_that_unknown_leaves_alone_keep_their_vectors(ids):
    embedder, inputs = TokenEmbedder(C, D, word_dropout=0.5), ids([50] * 4, C)
    read = inputs.data.clone()
    vectors = embedder(inputs).data
    kept = ~(vectors == embedder.table.weight[UNK]).all(dim=-1)
    assert kept.any()
    assert torch.equal(vectors[kept], embedder.table.weight[inputs.data[kept]])
    assert torch.equal(inputs.data, read)


def test_dropout_acts_in_training_only(ids):
    embedder, inputs = TokenEmbedder(C, D, dropout=0.5), ids([40, 40], C)
    assert (embedder(inputs).data == 0).any()
    embedder.eval()
    assert (embedder(inputs).data != 0).all()


def test_load_vectors_takes_the_found_rows_and_leaves_the_others():
    embedder = TokenEmbedder(C, D)
    before = embedder.table.weight.detach().clone()
    table, found = torch.randn(C, D, dtype=torch.float64), torch.arange(C) % 2 == 0
    embedder.load_vectors(table, found)
    assert torch.equal(embedder.table.weight[found], table[found].float())
    assert torch.equal(embedder.table.weight[~found], before[~found])
    assert embedder.table.weight.requires_grad


@pytest.mark.parametrize("shape", [(C, D + 1), (C + 1, D)], ids=str)
def test_load_vectors_refuses_a_table_of_another_shape(shape):
    with pytest.raises(ValueError, match="embedding_size="):
        TokenEmbedder(C, D).load_vectors(torch.zeros(shape), torch.ones(shape[0], dtype=torch.bool))


def test_a_sequence_alone_equals_itself_in_a_batch(ids):
    embedder, inputs = TokenEmbedder(C, D), ids(LENGTHS, C)
    together = embedder(inputs).rows()
    for row, vectors in zip(inputs.rows(), together, strict=True):
        assert torch.equal(embedder(Padded(row[None], torch.tensor([len(row)]))).data[0], vectors)


def test_embedding_dropout_leaves_out_some_tokens_wherever_they_stand_and_in_training_only(ids):
    size = 2000
    embedder, inputs = TokenEmbedder(size, D, embedding_dropout=0.25), ids([4000] * 3, size)
    plain = embedder.table.weight[inputs.data]
    vectors = embedder(inputs).data
    dropped = (vectors == 0).all(dim=-1)
    assert torch.equal(dropped, (vectors == 0).any(dim=-1)), "whole vectors"
    left_out = set(inputs.data[dropped].tolist())
    assert not left_out & set(inputs.data[~dropped].tolist())
    assert abs(len(left_out) / len(set(inputs.data.flatten().tolist())) - 0.25) < 0.06  # 6 standard deviations
    torch.testing.assert_close(vectors[~dropped], plain[~dropped] / 0.75, rtol=1e-4, atol=0)
    assert torch.equal(embedder.eval()(inputs).data, plain)
