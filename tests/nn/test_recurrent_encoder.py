"""What RecurrentEncoder promises as an encoder; that its numbers are torch's stands in test_recurrence."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn import cells
from seqmodels.nn.encoders import Encoder, RecurrentEncoder
from seqmodels.nn.encoders.recurrent import CELLS
from seqmodels.nn.recurrence import Stack, StackOptions

D, H = 5, 4
LENGTHS = [3, 7, 1, 5]
KINDS = {"rnn": cells.RNNCell, "rnn_relu": cells.RNNCell, "lstm": cells.LSTMCell, "gru": cells.GRUCell}
KINDS |= {"gru_reset_before": cells.GRUResetBeforeCell}
TORCH = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}

every_cell = pytest.mark.parametrize("cell", CELLS)
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])


@every_cell
@pytest.mark.parametrize(("hidden_size", "layers"), [(H, 1), (H, 3), ([3, 6], 1), ([3, 6], 2), ([H], 1)], ids=str)
@every_direction
def test_it_keeps_the_promise_of_an_encoder(cell, hidden_size, layers, bidirectional, vectors, noisy):
    encoder = RecurrentEncoder(D, hidden_size, cell, layers, bidirectional).double()
    inputs, sizes = noisy(vectors(LENGTHS, D), float("nan"), 2), encoder.recurrence.hidden_sizes
    assert isinstance(encoder, Encoder)
    assert sizes == (hidden_size if isinstance(hidden_size, list) else [hidden_size] * layers)
    assert encoder.output_size == sizes[-1] * (1 + bidirectional)
    assert encoder.sees_future == bidirectional
    encoded = encoder(inputs)
    assert encoded.outputs.data.shape == (len(LENGTHS), max(LENGTHS) + 2, encoder.output_size)
    assert torch.equal(encoded.outputs.lengths, inputs.lengths)
    assert not encoded.outputs.data[~inputs.mask].any()
    assert encoded.state[0][-1].shape == (len(LENGTHS), encoder.output_size)
    for row, length in enumerate(LENGTHS):
        alone = encoder(Padded(inputs.data[row : row + 1, :length], torch.tensor([length])))
        assert_close(encoded.outputs.rows()[row], alone.outputs.data[0])
    assert_close(encoder(inputs, tuple(torch.zeros_like(s) for s in encoded.state)).state, encoded.state)


@every_cell
@every_direction
def test_an_output_depends_on_later_steps_only_if_it_says_so(cell, bidirectional, vectors):
    encoder, inputs = RecurrentEncoder(D, 10, cell, 2, bidirectional).double(), vectors([6], D)
    data = inputs.data.requires_grad_()
    grad = torch.autograd.grad(encoder(Padded(data, inputs.lengths)).outputs.data[0, 2].sum(), data)[0]
    assert grad[0, :3].any(dim=1).all()
    assert bool(grad[0, 3:].any()) == encoder.sees_future


def test_every_cell_has_a_name():
    assert list(CELLS) == list(KINDS)
    for name, kind in KINDS.items():
        cell = CELLS[name](D, H)
        assert type(cell) is kind
        if kind is cells.RNNCell:
            assert cell.nonlinearity == ("relu" if name == "rnn_relu" else "tanh")


def test_an_unknown_cell_is_refused():
    with pytest.raises(
        ValueError, match="cell='transformer' is not known; choose one of: rnn, rnn_relu, lstm, gru, gru_"
    ):
        RecurrentEncoder(D, H, cell="transformer")


@pytest.mark.parametrize(("hidden_size", "layers"), [([4, 4], 3), ([4, 4, 4], 2), ([], 1), ([], 0)], ids=str)
def test_sizes_that_contradict_the_number_of_layers_are_refused(hidden_size, layers):
    with pytest.raises(ValueError, match=rf"found for num_layers={layers}, wanted a size a layer"):
        RecurrentEncoder(D, hidden_size, num_layers=layers)


@pytest.mark.parametrize("cell", TORCH)
@every_direction
def test_weights_of_torch_load_into_its_recurrence_and_back(cell, bidirectional, vectors):
    theirs = TORCH[cell](D, H, 2, batch_first=True, bidirectional=bidirectional).double()
    encoder, inputs = RecurrentEncoder(D, H, cell, 2, bidirectional).double(), vectors([6, 6], D)
    encoder.recurrence.load_state_dict(theirs.state_dict())
    assert_close(encoder(inputs).outputs.data, theirs(inputs.data)[0], rtol=1e-10, atol=1e-10)
    theirs.load_state_dict(RecurrentEncoder(D, H, cell, 2, bidirectional).recurrence.state_dict())
    assert not torch.equal(encoder(inputs).outputs.data, theirs(inputs.data)[0])


def test_what_it_is_given_reaches_its_stack(vectors):
    options = StackOptions(residual=True, learn_state=True, projection=3)
    encoder = RecurrentEncoder(D, H, "gru", 2, True, 0.2, "loop", options).double()
    stack = encoder.recurrence
    assert isinstance(stack, Stack)
    assert (stack.options, stack.dropout, stack.implementation, stack.directions) == (options, 0.2, "loop", 2)
    assert encoder.output_size == 3
    assert encoder(vectors(LENGTHS, D)).outputs.data.shape[2] == 3


@pytest.mark.parametrize("layers", [1, 2])
def test_dropout_zeroes_its_share_in_training_and_nothing_otherwise(layers, vectors):
    encoder = RecurrentEncoder(D, 50, "gru", layers, dropout=0.4).double()
    inputs = vectors([30] * 20, D)
    assert abs(float((encoder(inputs).outputs.data == 0).double().mean()) - 0.4) < 0.02  # 7 standard deviations
    encoder.eval()
    assert torch.equal(encoder(inputs).outputs.data, encoder(inputs).outputs.data)
    assert (encoder(inputs).outputs.data != 0).all()
