"""The two encoders that are floors for the others: one that knows no order, one that knows no sharing over time."""

import copy
import pickle
import warnings

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Encoded, Padded
from seqmodels.nn.encoders import BagEncoder, MlpEncoder
from seqmodels.types import pad

D, H, LENGTH = 5, 16, 7
RAGGED = [3, 7, 1, 5]


def bag():
    return BagEncoder(D).double()


def mlp(length=LENGTH, layers=2):
    return MlpEncoder(D, H, length, layers).double()


every_encoder = pytest.mark.parametrize("make", [bag, mlp], ids=["bag", "mlp"])


def shuffled(inputs):
    return pad([row[torch.randperm(len(row))] for row in inputs.rows()])


def first_steps(inputs, count):
    return Padded(inputs.data[:, :count], inputs.lengths.clamp(max=count))


# What all encoders owe.


@every_encoder
@pytest.mark.parametrize("noise", [1e6, float("inf"), float("nan")], ids=str)
@pytest.mark.parametrize("more", [0, 3], ids=["tight", "wide"])
def test_noise_in_padding_changes_nothing(make, noise, more, vectors, noisy):
    encoder, clean = make(), vectors(RAGGED, D)
    results = []
    for inputs in (clean, noisy(clean, noise, more)):
        data = inputs.data.requires_grad_()
        encoded = encoder(Padded(data, inputs.lengths))
        cost = encoded.outputs.data.pow(2).sum() + encoded.state[0].pow(3).sum()
        grads = torch.autograd.grad(cost, [data, *encoder.parameters()])
        assert (grads[0][~inputs.mask] == 0).all()
        results.append((encoded.outputs.data[:, : max(RAGGED)], encoded.state, grads[0][:, : max(RAGGED)], grads[1:]))
    assert_close(results[0], results[1], rtol=1e-12, atol=1e-12)


@every_encoder
def test_a_sequence_alone_equals_itself_in_a_batch(make, vectors):
    encoder, inputs = make(), vectors(RAGGED, D)
    together = encoder(inputs)
    for i, row in enumerate(inputs.rows()):
        alone = encoder(pad([row]))
        assert_close(together.outputs.rows()[i], alone.outputs.data[0], rtol=1e-10, atol=1e-10)
        assert_close(tuple(s[:, i : i + 1] for s in together.state), alone.state, rtol=1e-10, atol=1e-10)


@every_encoder
def test_outputs_are_zero_past_the_ends_and_states_are_layers_by_batch_by_width(make, vectors, noisy):
    encoder, inputs = make(), noisy(vectors(RAGGED, D), 9.0, 2)
    outputs, state = encoder(inputs)
    assert outputs.data.shape == (len(RAGGED), max(RAGGED) + 2, encoder.output_size)
    assert (outputs.data[~inputs.mask] == 0).all()
    assert state[0].shape == (1, len(RAGGED), encoder.output_size)
    assert all(part.shape[:2] == (1, len(RAGGED)) for part in state)


@every_encoder
def test_inputs_are_left_as_they_were(make, vectors, noisy):
    inputs = noisy(vectors(RAGGED, D), 9.0)
    before = inputs.data.clone()
    make()(inputs)
    assert torch.equal(inputs.data, before)


@every_encoder
def test_sees_future_is_the_truth(make, vectors):
    encoder, inputs = make(), vectors([LENGTH], D)
    for t in range(1, LENGTH):
        later = torch.cat([inputs.data[:, :t], inputs.data[:, t:] + 1], dim=1)
        same = torch.equal(
            encoder(Padded(later, inputs.lengths)).outputs.data[:, :t], encoder(inputs).outputs.data[:, :t]
        )
        assert same != encoder.sees_future


@every_encoder
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"])
def test_a_copy_gives_the_same_numbers(make, duplicate, vectors):
    encoder, inputs = make(), vectors(RAGGED, D)
    assert torch.equal(duplicate(encoder)(inputs).state[0], encoder(inputs).state[0])


@pytest.mark.parametrize("kind", [lambda: BagEncoder(50, 0.4), lambda: MlpEncoder(50, 200, 30, 1, 0.4)])
def test_dropout_acts_in_training_only(kind, vectors):
    encoder, inputs = kind().double(), vectors([30] * 20, 50)
    assert not torch.equal(encoder(inputs).state[0], encoder(inputs).state[0])
    encoder.eval()
    assert torch.equal(encoder(inputs).state[0], encoder(inputs).state[0])


# The bag.


def test_a_bag_hands_on_each_step_and_their_mean(vectors, noisy):
    inputs = vectors(RAGGED, D)
    outputs, state = bag()(noisy(inputs, 3.0, 2))
    for i, row in enumerate(inputs.rows()):
        assert torch.equal(outputs.rows()[i], row)
        assert_close(state[0][0, i], sum(row) / len(row), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_a_bag_does_not_know_the_order(dtype, vectors):
    inputs = vectors([30, 70, 1, 2], D, dtype)
    assert_close(BagEncoder(D)(shuffled(inputs)).state[0], BagEncoder(D)(inputs).state[0], rtol=0, atol=1e-6)


def test_ten_steps_in_a_bag_equal_six_then_four(vectors):
    encoder, whole = bag(), vectors([10, 8, 7], D)
    first = encoder(Padded(whole.data[:, :6], torch.tensor([6, 6, 6])))
    second = encoder(Padded(whole.data[:, 6:], whole.lengths - 6), first.state)
    at_once = encoder(whole)
    assert torch.equal(torch.cat([first.outputs.data, second.outputs.data], dim=1), at_once.outputs.data)
    assert_close(second.state, at_once.state, rtol=1e-12, atol=1e-12)


def test_a_bag_starts_from_zeros_if_no_state_is_given(vectors):
    encoder, inputs = bag(), vectors(RAGGED, D)
    wanted = encoder(inputs)
    assert_close(encoder(inputs, tuple(torch.zeros_like(s) for s in wanted.state)), wanted, rtol=0, atol=0)


def test_every_real_step_moves_a_bag_by_its_share(vectors):
    inputs = vectors(RAGGED, D)
    data = inputs.data.requires_grad_()
    (grad,) = torch.autograd.grad(bag()(Padded(data, inputs.lengths)).state[0].sum(), data)
    shares = (inputs.mask / inputs.lengths[:, None])[..., None].expand_as(grad)
    assert_close(grad, shares.double())


# The dense layers.


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_an_mlp_is_what_its_formula_gives_for_each_sequence(layers, vectors):
    encoder, inputs = mlp(LENGTH, layers), vectors(RAGGED, D)
    encoded = encoder(inputs)
    for i, row in enumerate(inputs.rows()):
        hidden = torch.cat([*row, torch.zeros(D * (LENGTH - len(row)), dtype=row.dtype)])
        for layer in encoder.layers:
            hidden = (layer.weight @ hidden + layer.bias).clamp(min=0)
        assert_close(encoded.state[0][0, i], hidden, rtol=1e-10, atol=1e-10)
        assert_close(encoded.outputs.rows()[i], hidden.expand(len(row), H), rtol=1e-10, atol=1e-10)


def test_an_mlp_knows_the_order(vectors):
    encoder, inputs = mlp(), vectors([5, 7], D)
    swapped = Padded(inputs.data[:, [1, 0, *range(2, 7)]], inputs.lengths)
    moved = (encoder(swapped).state[0] - encoder(inputs).state[0]).abs().amax(dim=-1)
    assert (moved > 1e-3).all()


@pytest.mark.parametrize("count", [1, 4, 7, 20])
def test_an_mlp_reads_its_first_steps_and_no_others(count, vectors):
    encoder, inputs = mlp(count), vectors(RAGGED, D)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole, beginning = encoder(inputs), encoder(first_steps(inputs, count))
    assert_close(whole.state, beginning.state, rtol=1e-12, atol=1e-12)
    assert torch.equal(whole.outputs.mask, inputs.mask)


def test_gradients_of_an_mlp_reach_every_weight_and_every_step_that_is_read(vectors):
    encoder, inputs = mlp(LENGTH, 2), vectors([LENGTH, 3] * 20, D)
    data = inputs.data.requires_grad_()
    encoder(Padded(data, inputs.lengths)).outputs.data.sum().backward()
    assert all((weight.grad != 0).any() for weight in encoder.parameters())
    assert (data.grad.abs().sum(dim=(0, 2)) > 0).all()
    assert (data.grad[~inputs.mask] == 0).all()


def test_what_an_mlp_cuts_is_counted_and_said_once(vectors):
    encoder = mlp(4)
    encoder(vectors([4, 2, 1], D))
    assert (encoder.cut, encoder.sequences) == (0, 3)
    with pytest.warns(UserWarning, match=r"2 of the 7 .* 4 steps .* has 7: raise model\.encoder\.length") as said:
        encoder(vectors(RAGGED, D))
    assert len(said) == 1
    encoder(vectors([9, 9, 2], D))  # pytest makes errors of warnings
    assert (encoder.cut, encoder.sequences) == (4, 10)


def test_width_without_length_is_not_counted_as_cut(vectors, noisy):
    encoder = mlp(4)
    encoder(noisy(vectors([4, 2], D), 1.0, 3))
    assert (encoder.cut, encoder.sequences) == (0, 2)


def test_an_mlp_refuses_a_state(vectors):
    encoder, inputs = mlp(), vectors(RAGGED, D)
    with pytest.raises(ValueError, match="cannot read on from a state"):
        encoder(inputs, encoder(inputs).state)


def test_both_return_what_every_encoder_returns(vectors):
    for encoder in (bag(), mlp()):
        assert isinstance(encoder(vectors(RAGGED, D)), Encoded)
