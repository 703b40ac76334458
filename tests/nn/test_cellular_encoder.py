"""Every cell of the room, and one of somebody's own, works in a CellularEncoder."""

import importlib
import inspect
import pkgutil

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn import cells
from seqmodels.nn.cells import Cell
from seqmodels.nn.encoders import CellularEncoder, Encoder, RecurrentEncoder

D, H = 5, 4
LENGTHS = [3, 7, 1, 5]


class Average(Cell):
    """One of somebody's own: the running mean of what a linear layer makes of its inputs, its state counting steps."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.linear = nn.Linear(input_size, hidden_size)

    def forward(self, x, state):
        h, count = state
        h = (h * count + self.linear(x)) / (count + 1)
        return h, (h, count + 1)

    def zero_state(self, batch_size, like):
        return like.new_zeros(batch_size, self.linear.out_features), like.new_zeros(batch_size, 1)


def walk():
    """Every concrete cell that stands in a file of the room."""
    modules = [importlib.import_module(f"{cells.__name__}.{m.name}") for m in pkgutil.iter_modules(cells.__path__)]
    found = [kind for module in modules for kind in vars(module).values() if inspect.isclass(kind)]
    return sorted({k for k in found if issubclass(k, Cell) and not inspect.isabstract(k)}, key=lambda k: k.__name__)


every_cell = pytest.mark.parametrize("cell", [*walk(), Average], ids=lambda kind: kind.__name__)
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])


def test_the_walk_finds_the_cells():
    assert {cells.RNNCell, cells.LSTMCell, cells.GRUCell, cells.MinGRUCell} <= set(walk())


@every_cell
@every_direction
@pytest.mark.parametrize("hidden_size", [H, [3, 6]], ids=str)
def test_it_keeps_the_promise_of_an_encoder(cell, bidirectional, hidden_size, vectors, noisy):
    encoder = CellularEncoder(D, cell, hidden_size, num_layers=2, bidirectional=bidirectional).double()
    inputs = noisy(vectors(LENGTHS, D), float("nan"), 2)
    assert isinstance(encoder, Encoder)
    assert encoder.output_size == (H if hidden_size == H else 6) * (1 + bidirectional)
    assert encoder.sees_future == bidirectional
    encoded = encoder(inputs)
    assert encoded.outputs.data.shape == (len(LENGTHS), max(LENGTHS) + 2, encoder.output_size)
    assert torch.equal(encoded.outputs.lengths, inputs.lengths)
    assert not encoded.outputs.data[~inputs.mask].any()
    assert torch.isfinite(encoded.outputs.data).all()
    assert encoded.state[0][-1].shape == (len(LENGTHS), encoder.output_size)
    for row, length in enumerate(LENGTHS):
        alone = encoder(Padded(inputs.data[row : row + 1, :length], torch.tensor([length])))
        assert_close(encoded.outputs.rows()[row], alone.outputs.data[0])
        assert_close(tuple(part[:, row : row + 1] for part in encoded.state), alone.state)
    assert_close(encoder(inputs, tuple(torch.zeros_like(s) for s in encoded.state)).state, encoded.state)


@every_cell
@every_direction
def test_one_step_of_training_lowers_a_loss(cell, bidirectional, vectors):
    encoder, inputs = CellularEncoder(D, cell, H, num_layers=2, bidirectional=bidirectional), vectors(LENGTHS, D).data
    inputs = Padded(inputs.float(), torch.tensor(LENGTHS))
    target = torch.rand(len(LENGTHS), max(LENGTHS), encoder.output_size)
    optimizer = torch.optim.SGD(encoder.parameters(), lr=0.01)

    def loss():
        outputs = encoder(inputs).outputs
        return ((outputs.data - target)[inputs.mask] ** 2).mean()

    before = loss()
    before.backward()
    assert all(weight.grad is not None for weight in encoder.parameters())
    optimizer.step()
    assert loss() < before


@pytest.mark.parametrize(("name", "cell"), [("lstm", cells.LSTMCell), ("gru_reset_before", cells.GRUResetBeforeCell)])
@every_direction
def test_with_the_cell_of_a_recurrent_encoder_it_is_that_encoder(name, cell, bidirectional, vectors):
    one = RecurrentEncoder(D, H, name, 2, bidirectional).double()
    other = CellularEncoder(D, cell, H, 2, bidirectional).double()
    other.load_state_dict(one.state_dict())
    inputs = vectors(LENGTHS, D)
    assert_close(other(inputs).outputs.data, one(inputs).outputs.data, rtol=0, atol=0)
    assert_close(other(inputs).state, one(inputs).state, rtol=0, atol=0)


def test_a_cell_with_parts_of_its_own_is_saved_and_loaded():
    encoder = CellularEncoder(D, Average, H, num_layers=2, bidirectional=True)
    weights = encoder.state_dict()
    names = {f"recurrence.linear.{w}_l{i}{way}" for w in ("weight", "bias") for i in (0, 1) for way in ("", "_reverse")}
    assert set(weights) == names
    other = CellularEncoder(D, Average, H, num_layers=2, bidirectional=True)
    other.load_state_dict(weights)
    assert_close(other.state_dict(), weights, rtol=0, atol=0)


def test_what_is_no_cell_is_refused():
    with pytest.raises(ValueError, match="LSTMCell found, wanted one of seqmodels"):
        CellularEncoder(D, nn.LSTMCell, H)
