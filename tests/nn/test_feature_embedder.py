"""Frames to vectors, against a convolution in time."""

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.embedders import FeatureEmbedder
from seqmodels.types import pad

W, D = 3, 4
LENGTHS = [9, 1, 7, 4]

every_shape = pytest.mark.parametrize(("stride", "frames"), [(1, 1), (2, 2), (3, 3), (1, 3), (3, 5), (2, 6), (4, 8)])


@every_shape
def test_it_is_a_convolution_over_zeros_behind_the_end(stride, frames, vectors):
    embedder, inputs = FeatureEmbedder(W, D, stride, frames).double(), vectors(LENGTHS, W)
    found = embedder(inputs)
    kernel = embedder.linear.weight.view(D, frames, W)
    before = (frames - stride) // 2
    for row, said in zip(inputs.rows(), found.rows(), strict=True):
        padded = torch.nn.functional.pad(row, (0, 0, before, frames + stride))
        wanted = torch.nn.functional.conv1d(padded.T[None], kernel.transpose(1, 2), embedder.linear.bias, stride)
        steps = -(-len(row) // stride)
        assert len(said) == steps
        assert_close(said, wanted[0].T[:steps])


@every_shape
def test_a_sequence_alone_is_itself_in_a_batch_and_padding_is_not_read(stride, frames, vectors, noisy):
    embedder, inputs = FeatureEmbedder(W, D, stride, frames).double(), vectors(LENGTHS, W)
    together = embedder(inputs)
    assert torch.equal(together.data, together.zeroed().data)
    assert torch.equal(embedder.steps(inputs.lengths), together.lengths)
    for row, said in zip(inputs.rows(), together.rows(), strict=True):
        assert_close(embedder(pad([row])).rows()[0], said)
    for one, other in zip(embedder(noisy(inputs, float("nan"), 5)).rows(), together.rows(), strict=True):
        assert_close(one, other)


def test_every_frame_is_read(vectors):
    for stride, frames in ((3, 3), (2, 5)):
        embedder, inputs = FeatureEmbedder(W, D, stride, frames).double(), vectors(LENGTHS, W)
        data = inputs.data.requires_grad_()
        embedder(Padded(data, inputs.lengths)).data.sum().backward()
        read = data.grad.abs().sum(dim=-1) > 0
        assert torch.equal(read, inputs.mask)


def test_frames_that_would_be_passed_over_are_refused():
    with pytest.raises(ValueError, match="frames=2 found with stride=3"):
        FeatureEmbedder(W, D, stride=3, frames=2)
