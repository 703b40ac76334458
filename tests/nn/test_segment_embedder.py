"""Segments of rows to steps: each row read once, the last segment whole."""

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.embedders import SegmentEmbedder
from seqmodels.types import pad

W, D = 3, 4
LENGTHS = [9, 1, 7, 4]

every_segment = pytest.mark.parametrize("segment", [1, 2, 3, 4, 12])


@every_segment
def test_a_step_is_a_linear_map_of_its_rows_and_the_last_segment_ends_with_the_last_row(segment, vectors):
    embedder, inputs = SegmentEmbedder(W, D, segment).double(), vectors(LENGTHS, W)
    for row, said in zip(inputs.rows(), embedder(inputs).rows(), strict=True):
        whole = torch.cat([row.new_zeros(-len(row) % segment, W), row])
        wanted = [embedder.linear(part.flatten()).relu() for part in whole.split(segment)]
        assert_close(said, torch.stack(wanted))


@every_segment
def test_a_sequence_alone_is_itself_in_a_batch_and_padding_is_not_read(segment, vectors, noisy):
    embedder, inputs = SegmentEmbedder(W, D, segment).double(), vectors(LENGTHS, W)
    together = embedder(inputs)
    assert torch.equal(together.data, together.zeroed().data)
    for row, said in zip(inputs.rows(), together.rows(), strict=True):
        assert_close(embedder(pad([row])).rows()[0], said)
    for one, other in zip(embedder(noisy(inputs, float("nan"), 5)).rows(), together.rows(), strict=True):
        assert_close(one, other)


def test_every_row_is_read(vectors):
    embedder, inputs = SegmentEmbedder(W, 64, 4).double(), vectors(LENGTHS, W)
    data = inputs.data.requires_grad_()
    embedder(Padded(data, inputs.lengths)).data.sum().backward()
    assert torch.equal(data.grad.abs().sum(dim=-1) > 0, inputs.mask)
