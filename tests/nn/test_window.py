"""The encoder that sets each step beside its neighbours."""

import copy

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.encoders import WindowEncoder
from seqmodels.types import pad

D = 3
RAGGED = [3, 7, 1, 5]

every_width = pytest.mark.parametrize("width", [0, 1, 2, 9])


@every_width
def test_outputs_are_the_neighbours_side_by_side(width, vectors):
    encoder, inputs = WindowEncoder(D, width), vectors(RAGGED, D)
    outputs, (state,) = encoder(inputs)
    assert encoder.output_size == outputs.data.shape[2] == (2 * width + 1) * D
    for i, (row, found) in enumerate(zip(inputs.rows(), outputs.rows(), strict=True)):
        for t in range(len(row)):
            near = [row[s] if 0 <= s < len(row) else torch.zeros(D).double() for s in range(t - width, t + width + 1)]
            assert torch.equal(found[t], torch.cat(near))
        assert torch.equal(state[0, i], found[-1])
    assert (outputs.data[~outputs.mask] == 0).all()
    assert list(encoder.parameters()) == []


@every_width
@pytest.mark.parametrize("noise", [1e6, float("inf"), float("nan")], ids=str)
@pytest.mark.parametrize("more", [0, 3], ids=["tight", "wide"])
def test_noise_in_padding_changes_nothing(width, noise, more, vectors, noisy):
    encoder, clean, results = WindowEncoder(D, width), vectors(RAGGED, D), []
    for inputs in (clean, noisy(clean, noise, more)):
        before = inputs.data.clone()
        data = inputs.data.requires_grad_()
        outputs, state = encoder(Padded(data, inputs.lengths))
        (grad,) = torch.autograd.grad(outputs.data.pow(2).sum() + state[0].pow(3).sum(), data)
        assert_close(inputs.data.detach(), before, rtol=0, atol=0, equal_nan=True)
        assert (grad[~inputs.mask] == 0).all()
        assert (outputs.data[~inputs.mask] == 0).all()
        results.append((outputs.data[:, : max(RAGGED)], state, grad[:, : max(RAGGED)]))
    assert_close(results[0], results[1], rtol=0, atol=0)


@every_width
def test_a_sequence_alone_equals_itself_in_a_batch(width, vectors):
    encoder, inputs = WindowEncoder(D, width), vectors(RAGGED, D)
    together = encoder(inputs)
    for i, row in enumerate(inputs.rows()):
        alone = encoder(pad([row]))
        assert torch.equal(together.outputs.rows()[i], alone.outputs.data[0])
        assert torch.equal(together.state[0][:, i : i + 1], alone.state[0])


@every_width
def test_sees_future_is_the_truth(width, vectors):
    encoder, inputs = copy.deepcopy(WindowEncoder(D, width)), vectors([7], D)
    later = torch.cat([inputs.data[:, :4], inputs.data[:, 4:] + 1], dim=1)
    said, other = (encoder(Padded(data, inputs.lengths)).outputs.data[:, :4] for data in (inputs.data, later))
    assert torch.equal(said, other) != encoder.sees_future


def test_a_window_does_not_read_on_from_a_state(vectors):
    encoder, inputs = WindowEncoder(D), vectors(RAGGED, D)
    with pytest.raises(ValueError, match="cannot read on from a state"):
        encoder(inputs, encoder(inputs).state)


def test_dropout_acts_in_training_only(vectors):
    encoder, inputs = WindowEncoder(D, 2, dropout=0.4), vectors([30], D)
    assert not torch.equal(encoder(inputs).outputs.data, encoder(inputs).outputs.data)
    encoder.eval()
    assert torch.equal(encoder(inputs).outputs.data, encoder(inputs).outputs.data)
