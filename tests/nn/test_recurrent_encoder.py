"""RecurrentEncoder against torch's own modules, run over one sequence at a time without any padding."""

import copy
import pickle

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from seqmodels import Encoded, Padded, State
from seqmodels.nn.encoders import RecurrentEncoder

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
D, H = 5, 4
RAGGED = [3, 7, 1, 5]

every_cell = pytest.mark.parametrize("cell", CELLS)
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
every_depth = pytest.mark.parametrize("layers", [1, 2, 3])


def make_encoder(cell, layers=1, bidirectional=False, dtype=torch.float64):
    return RecurrentEncoder(D, H, cell, layers, bidirectional).to(dtype)


def make_state(encoder, batch):
    """A random state to start from, each tensor (L, B, H)."""
    like = encoder.recurrence.weight_hh_l0
    shape = (encoder.recurrence.num_layers, batch, encoder.output_size)
    parts = 2 if isinstance(encoder.recurrence, nn.LSTM) else 1
    return tuple(torch.randn(shape, dtype=like.dtype).requires_grad_() for _ in range(parts))


def twin(encoder):
    """torch's module of the same weights."""
    mine = encoder.recurrence
    module = type(mine)(D, H, mine.num_layers, batch_first=True, bidirectional=mine.bidirectional)
    module = module.to(mine.weight_hh_l0.dtype)
    module.load_state_dict(mine.state_dict())
    return module


def to_torch(tensor: Tensor, directions: int) -> Tensor:
    """(L, B, directions * H) to (L * directions, B, H), layer by layer and direction by direction."""
    return torch.stack([half for layer in tensor for half in layer.chunk(directions, dim=-1)])


def from_torch(tensor: Tensor, directions: int) -> Tensor:
    return torch.stack([torch.cat(layer.unbind(0), dim=-1) for layer in tensor.split(directions)])


def reference(module: nn.RNNBase, inputs: Padded, state: State | None) -> Encoded:
    """Each sequence by itself: no packing, no padding, no masks."""
    directions = 2 if module.bidirectional else 1
    outputs, finals = [], []
    for i, length in enumerate(inputs.lengths.tolist()):
        start = None
        if state is not None:
            parts = tuple(to_torch(s[:, i : i + 1], directions) for s in state)
            start = parts if isinstance(module, nn.LSTM) else parts[0]
        row, final = module(inputs.data[i : i + 1, :length], start)
        outputs.append(nn.functional.pad(row, (0, 0, 0, inputs.data.shape[1] - length)))
        finals.append(final if isinstance(final, tuple) else (final,))
    joined = tuple(torch.cat([from_torch(t, directions) for t in part], dim=1) for part in zip(*finals, strict=True))
    return Encoded(Padded(torch.cat(outputs), inputs.lengths), joined)


def scalar(encoded: Encoded) -> Tensor:
    """One number in which every output and state has its own weight, so that no gradient can hide another."""
    torch.manual_seed(1)
    tensors = (encoded.outputs.data, *encoded.state)
    return torch.stack([(torch.randn_like(t) * t).sum() for t in tensors]).sum()


def assert_same_numbers(encoder, inputs, state, tolerance):
    """Outputs, final state, and the gradients of the inputs, of the first state and of every weight."""
    module = twin(encoder)
    mine, theirs = inputs.data.clone().requires_grad_(), inputs.data.clone().requires_grad_()
    got = encoder(Padded(mine, inputs.lengths), state)
    wanted = reference(module, Padded(theirs, inputs.lengths), state)
    close = {"rtol": tolerance, "atol": tolerance}
    assert_close(got.outputs.data, wanted.outputs.data, **close)
    assert_close(got.state, wanted.state, **close)
    starts = state or ()
    my_grads = torch.autograd.grad(scalar(got), [mine, *starts, *encoder.recurrence.parameters()])
    their_grads = torch.autograd.grad(scalar(wanted), [theirs, *starts, *module.parameters()])
    names = ["inputs", *["state"] * len(starts), *[name for name, _ in module.named_parameters()]]
    assert [name for name, _ in encoder.recurrence.named_parameters()] == names[1 + len(starts) :]
    for name, my_grad, their_grad in zip(names, my_grads, their_grads, strict=True):
        assert_close(my_grad, their_grad, **close, msg=lambda text, name=name: f"gradient of {name}: {text}")


@every_cell
@every_depth
@every_direction
@pytest.mark.parametrize("given_state", [False, True], ids=["from_zero", "from_state"])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-5)], ids=["f64", "f32"])
def test_equals_torch(cell, layers, bidirectional, given_state, dtype, tolerance, vectors):
    encoder = make_encoder(cell, layers, bidirectional, dtype)
    state = make_state(encoder, len(RAGGED)) if given_state else None
    assert_same_numbers(encoder, vectors(RAGGED, D, dtype), state, tolerance)


@every_cell
@every_direction
@pytest.mark.parametrize("lengths", [[1], [6], [1, 1, 1], [4, 4, 4], [6, 5, 3, 3, 1], [1, 2, 3]], ids=str)
@pytest.mark.parametrize("more", [0, 3], ids=["tight", "wide"])
def test_equals_torch_for_any_mixture_of_lengths(cell, bidirectional, lengths, more, vectors, noisy):
    encoder = make_encoder(cell, 2, bidirectional)
    assert_same_numbers(encoder, noisy(vectors(lengths, D), 0, more), make_state(encoder, len(lengths)), 1e-10)


@every_cell
def test_equals_torch_after_its_weights_have_changed(cell, vectors):
    # A fast path may keep weights in an order of its own; it must not keep old ones.
    encoder, inputs = make_encoder(cell, 2), vectors(RAGGED, D)
    scalar(encoder(inputs)).backward()
    torch.optim.SGD(encoder.parameters(), lr=0.1).step()
    assert_same_numbers(encoder, inputs, None, 1e-10)
    encoder.load_state_dict({name: torch.randn_like(value) for name, value in encoder.state_dict().items()})
    assert_same_numbers(encoder, inputs, None, 1e-10)
    assert_same_numbers(encoder.float(), vectors(RAGGED, D, torch.float32), None, 1e-5)


@every_cell
@every_direction
def test_numbers_without_a_gradient_are_those_with_one(cell, bidirectional, vectors):
    encoder, inputs = make_encoder(cell, 2, bidirectional), vectors(RAGGED, D)
    wanted = encoder(inputs)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            got = encoder(inputs)
        assert_close(got.outputs.data, wanted.outputs.data, rtol=1e-12, atol=1e-12)
        assert_close(got.state, wanted.state, rtol=1e-12, atol=1e-12)


@every_cell
@every_direction
@pytest.mark.parametrize("used", ["outputs", "state"])
def test_gradients_are_right_if_only_a_part_of_the_result_is_used(cell, bidirectional, used, vectors):
    encoder, inputs = make_encoder(cell, 2, bidirectional), vectors(RAGGED, D)
    module = twin(encoder)
    for part in range(1 if used == "outputs" or cell != "lstm" else 2):
        results = encoder(inputs), reference(module, inputs, None)
        chosen = [r.outputs.data if used == "outputs" else r.state[part] for r in results]
        my_grads = torch.autograd.grad((chosen[0] ** 2).sum(), list(encoder.recurrence.parameters()))
        their_grads = torch.autograd.grad((chosen[1] ** 2).sum(), list(module.parameters()))
        assert_close(my_grads, their_grads, rtol=1e-10, atol=1e-10)


@every_cell
def test_frozen_weights_get_no_gradient_and_the_others_their_own(cell, vectors):
    encoder, inputs = make_encoder(cell, 2), vectors(RAGGED, D)
    scalar(encoder(inputs)).backward()
    wanted = encoder.recurrence.weight_hh_l1.grad.clone()
    encoder.zero_grad()
    encoder.recurrence.weight_ih_l0.requires_grad_(False)
    encoder.recurrence.bias_hh_l1.requires_grad_(False)
    scalar(encoder(inputs)).backward()
    assert encoder.recurrence.weight_ih_l0.grad is None
    assert encoder.recurrence.bias_hh_l1.grad is None
    assert_close(encoder.recurrence.weight_hh_l1.grad, wanted, rtol=1e-12, atol=1e-12)


@every_cell
def test_going_back_twice_doubles_the_gradients(cell, vectors):
    encoder, inputs = make_encoder(cell, 2, True), vectors(RAGGED, D)
    cost = scalar(encoder(inputs))
    cost.backward(retain_graph=True)
    once = [p.grad.clone() for p in encoder.parameters()]
    cost.backward()
    assert_close([p.grad for p in encoder.parameters()], [2 * g for g in once], rtol=1e-12, atol=1e-12)


@every_cell
@every_direction
@pytest.mark.parametrize("noise", [1e6, float("inf"), float("nan")], ids=str)
@pytest.mark.parametrize("more", [0, 3], ids=["tight", "wide"])
def test_noise_in_padding_changes_nothing(cell, bidirectional, noise, more, vectors, noisy):
    encoder, clean = make_encoder(cell, 2, bidirectional), vectors(RAGGED, D)
    results = []
    for inputs in (clean, noisy(clean, noise, more)):
        data = inputs.data.requires_grad_()
        encoded = encoder(Padded(data, inputs.lengths))
        cut = Padded(encoded.outputs.data[:, : max(RAGGED)], inputs.lengths)
        grads = torch.autograd.grad(scalar(Encoded(cut, encoded.state)), [data, *encoder.parameters()])
        assert (grads[0][~inputs.mask] == 0).all()
        results.append((cut.data, encoded.state, grads[0][:, : max(RAGGED)], grads[1:]))
    assert_close(results[0], results[1], rtol=1e-12, atol=1e-12)


@every_cell
@every_direction
def test_a_sequence_alone_equals_itself_in_a_batch(cell, bidirectional, vectors):
    encoder, inputs = make_encoder(cell, 2, bidirectional), vectors(RAGGED, D)
    together = encoder(inputs)
    for i, row in enumerate(inputs.rows()):
        alone = encoder(Padded(row[None], torch.tensor([len(row)])))
        assert_close(together.outputs.rows()[i], alone.outputs.data[0], rtol=1e-10, atol=1e-10)
        assert_close(tuple(s[:, i : i + 1] for s in together.state), alone.state, rtol=1e-10, atol=1e-10)


@every_cell
@every_depth
def test_ten_steps_equal_six_then_four(cell, layers, vectors):
    encoder, whole = make_encoder(cell, layers), vectors([10, 8, 7], D)
    first = encoder(Padded(whole.data[:, :6], torch.tensor([6, 6, 6])))
    second = encoder(Padded(whole.data[:, 6:], whole.lengths - 6), first.state)
    at_once = encoder(whole)
    joined = torch.cat([first.outputs.data, second.outputs.data], dim=1)
    assert_close(joined, at_once.outputs.data, rtol=1e-10, atol=1e-10)
    assert_close(second.state, at_once.state, rtol=1e-10, atol=1e-10)


@every_cell
@every_direction
def test_outputs_are_zero_past_the_ends_and_nowhere_else(cell, bidirectional, vectors, noisy):
    encoder = make_encoder(cell, 2, bidirectional)
    inputs = noisy(vectors(RAGGED, D), 9.0, 2)
    outputs = encoder(inputs).outputs
    assert outputs.data.shape == (len(RAGGED), max(RAGGED) + 2, encoder.output_size)
    assert (outputs.data[~inputs.mask] == 0).all()
    assert (outputs.data[inputs.mask] != 0).all()


@every_cell
@pytest.mark.parametrize("lengths", [[0, 3], [3, 4], [-1, 3]], ids=str)
def test_lengths_that_cannot_be_raise(cell, lengths):
    with pytest.raises(ValueError, match="lengths"):
        make_encoder(cell)(Padded(torch.zeros(2, 3, D, dtype=torch.float64), torch.tensor(lengths)))


@every_cell
@every_depth
@every_direction
def test_states_are_layers_by_batch_by_width(cell, layers, bidirectional, vectors):
    encoder = make_encoder(cell, layers, bidirectional)
    state = encoder(vectors(RAGGED, D)).state
    assert encoder.output_size == H * (2 if bidirectional else 1)
    assert encoder.sees_future == bidirectional
    assert [tuple(s.shape) for s in state] == [(layers, len(RAGGED), encoder.output_size)] * len(state)
    assert len(state) == (2 if cell == "lstm" else 1)


@every_cell
@every_direction
def test_the_last_layers_state_is_the_output_at_each_end(cell, bidirectional, vectors):
    encoded = make_encoder(cell, 2, bidirectional)(vectors(RAGGED, D))
    for i, row in enumerate(encoded.outputs.rows()):
        ends = torch.cat([row[-1, :H], row[0, H:]])  # the backward half ends where the sequence begins
        assert_close(encoded.state[0][-1, i], ends, rtol=0, atol=0)


@every_cell
@every_depth
def test_a_reversed_sequence_with_swapped_directions_gives_reversed_outputs(cell, layers, vectors):
    encoder, inputs = make_encoder(cell, layers, True), vectors(RAGGED, D)
    mirrored = make_encoder(cell, layers, True)
    weights = encoder.recurrence.state_dict()
    swapped = {}
    for name, value in weights.items():
        other = name.removesuffix("_reverse") if name.endswith("_reverse") else name + "_reverse"
        upper = name.startswith("weight_ih") and "_l0" not in name
        swapped[other] = value.roll(H, dims=1) if upper else value  # the layer below has its halves swapped too
    mirrored.recurrence.load_state_dict(swapped)
    backwards = Padded(inputs.data.clone(), inputs.lengths)
    for i, row in enumerate(inputs.rows()):
        backwards.data[i, : len(row)] = row.flip(0)
    got, wanted = mirrored(backwards), encoder(inputs)
    for mine, theirs in zip(got.outputs.rows(), wanted.outputs.rows(), strict=True):
        assert_close(mine, theirs.flip(0).roll(H, dims=1), rtol=1e-10, atol=1e-10)
    assert_close(got.state, tuple(s.roll(H, dims=2) for s in wanted.state), rtol=1e-10, atol=1e-10)


@every_cell
@every_direction
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"])
def test_a_copy_gives_the_same_numbers_and_is_its_own(cell, bidirectional, duplicate, vectors):
    encoder, inputs = make_encoder(cell, 2, bidirectional), vectors(RAGGED, D)
    wanted = encoder(inputs)
    scalar(wanted).backward()  # whatever an implementation keeps between calls has been made by now
    other = duplicate(encoder)
    assert torch.equal(other(inputs).outputs.data, wanted.outputs.data)
    with torch.no_grad():
        for weight in other.parameters():
            weight.zero_()
    assert (other(inputs).outputs.data == 0).all()
    assert torch.equal(encoder(inputs).outputs.data, wanted.outputs.data)


@every_cell
def test_inputs_and_first_state_are_left_as_they_were(cell, vectors):
    encoder, inputs = make_encoder(cell, 2), vectors(RAGGED, D)
    state = make_state(encoder, len(RAGGED))
    data, starts = inputs.data.clone(), [s.detach().clone() for s in state]
    scalar(encoder(inputs, state)).backward()
    assert torch.equal(inputs.data, data)
    assert all(torch.equal(s, start) for s, start in zip(state, starts, strict=True))


@pytest.mark.parametrize("layers", [1, 2])
def test_dropout_zeroes_its_share_in_training_and_nothing_otherwise(layers, vectors):
    encoder = RecurrentEncoder(D, 50, "gru", layers, dropout=0.4).double()
    inputs = vectors([30] * 20, D)
    assert abs(float((encoder(inputs).outputs.data == 0).double().mean()) - 0.4) < 0.02  # 7 standard deviations
    encoder.eval()
    assert torch.equal(encoder(inputs).outputs.data, encoder(inputs).outputs.data)
    assert (encoder(inputs).outputs.data != 0).all()


def test_an_unknown_cell_is_refused():
    with pytest.raises(ValueError, match="choose one of: rnn, lstm, gru"):
        RecurrentEncoder(D, H, cell="transformer")
