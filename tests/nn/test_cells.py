"""Every cell is the formula above it, written here a second time: one row at a time, one gate at a time, in numpy."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
import torch
from torch import nn
from torch.func import functional_call
from torch.testing import assert_close

from seqmodels.nn import cells
from seqmodels.nn.cells import Cell, LayerNormLSTMCell, LinearCell, LSTMCell, MinLSTMCell, ProjectedCell
from seqmodels.nn.cells.indrnn import IndRNNCell
from seqmodels.nn.cells.peephole_lstm import PeepholeLSTMCell

B, D, H, T = 3, 4, 5, 10


def walk():
    """Every concrete cell that stands in a file of the room."""
    modules = [importlib.import_module(f"{cells.__name__}.{m.name}") for m in pkgutil.iter_modules(cells.__path__)]
    found = [kind for module in modules for kind in vars(module).values() if inspect.isclass(kind)]
    return sorted({k for k in found if issubclass(k, Cell) and not inspect.isabstract(k)}, key=lambda k: k.__name__)


CELLS = walk()
LINEAR = [kind for kind in CELLS if issubclass(kind, LinearCell)]
PROJECTED = [kind for kind in CELLS if issubclass(kind, ProjectedCell)]

every_cell = pytest.mark.parametrize("kind", CELLS, ids=lambda kind: kind.__name__)


def made(kind, dtype=torch.float64):
    """A cell whose every weight counts, also those that start as 0 or 1."""
    cell = kind(D, H).to(dtype)
    with torch.no_grad():
        for weight in cell.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    return cell


def random_state(cell, dtype=torch.float64, batch=B):
    zeros = cell.zero_state(batch, torch.zeros(1, dtype=dtype))
    return tuple(torch.randn_like(part) for part in zeros)


# The second writing. w(name, gate) is one gate's part of a weight, or all of a weight; x is (D,), h and c are (H,).


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def relu(s):
    return np.where(s > 0, s, 0)


def g(s):
    return np.where(s >= 0, s + 0.5, sigmoid(s))


def normalized(s):
    return (s - s.mean()) / np.sqrt(((s - s.mean()) ** 2).mean() + 1e-5)


def linear(w, gate, x, h):
    return w("weight_ih", gate) @ x + w("weight_hh", gate) @ h


def rnn(w, x, h):
    h = np.tanh(linear(w, "h", x, h) + w("bias_ih", "h") + w("bias_hh", "h"))
    return (h,)


def lstm(w, x, h, c):
    i, f, new, o = (linear(w, gate, x, h) + w("bias_ih", gate) + w("bias_hh", gate) for gate in "ifgo")
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(new)
    return sigmoid(o) * np.tanh(c), c


def gru(w, x, h):
    r, z = (sigmoid(linear(w, gate, x, h) + w("bias_ih", gate) + w("bias_hh", gate)) for gate in "rz")
    of_state = w("weight_hh", "n") @ h + w("bias_hh", "n")
    new = np.tanh(w("weight_ih", "n") @ x + w("bias_ih", "n") + r * of_state)
    return ((1 - z) * new + z * h,)


def gru_reset_before(w, x, h):
    r, z = (sigmoid(linear(w, gate, x, h) + w("bias", gate)) for gate in "rz")
    new = np.tanh(w("weight_ih", "n") @ x + w("bias", "n") + w("weight_hh", "n") @ (r * h))
    return ((1 - z) * new + z * h,)


def layer_norm_lstm(w, x, h, c):
    of_input, of_state = normalized(w("weight_ih") @ x), normalized(w("weight_hh") @ h)
    sums = {}
    for number, gate in enumerate("ifgo"):
        rows = slice(number * H, (number + 1) * H)
        sums[gate] = w("gain_hh", gate) * of_state[rows] + w("gain_ih", gate) * of_input[rows] + w("bias", gate)
    c = sigmoid(sums["f"]) * c + sigmoid(sums["i"]) * np.tanh(sums["g"])
    return sigmoid(sums["o"]) * np.tanh(w("gain_c") * normalized(c) + w("bias_c")), c


def peephole_lstm(w, x, h, c):
    f = sigmoid(linear(w, "f", x, h) + np.diag(w("peephole_f")) @ c + w("bias", "f"))
    i = sigmoid(linear(w, "i", x, h) + np.diag(w("peephole_i")) @ c + w("bias", "i"))
    c = f * c + i * np.tanh(linear(w, "g", x, h) + w("bias", "g"))
    o = sigmoid(linear(w, "o", x, h) + np.diag(w("peephole_o")) @ c + w("bias", "o"))
    return o * np.tanh(c), c


def coupled_lstm(w, x, h, c):
    f, new, o = (linear(w, gate, x, h) + w("bias", gate) for gate in "fgo")
    c = sigmoid(f) * c + (1 - sigmoid(f)) * np.tanh(new)
    return sigmoid(o) * np.tanh(c), c


def indrnn(w, x, h):
    return (relu(w("weight_ih") @ x + np.diag(w("recurrent")) @ h + w("bias")),)


def mingru(w, x, h):
    z, new = (w("weight_ih", gate) @ x + w("bias", gate) for gate in "zh")
    return ((1 - sigmoid(z)) * h + sigmoid(z) * g(new),)


def minlstm(w, x, h):
    f, i, new = (w("weight_ih", gate) @ x + w("bias", gate) for gate in "fih")
    f, i = sigmoid(f), sigmoid(i)
    return (f / (f + i) * h + i / (f + i) * g(new),)


FORMULAS = {
    "RNNCell": rnn,
    "LSTMCell": lstm,
    "GRUCell": gru,
    "GRUResetBeforeCell": gru_reset_before,
    "LayerNormLSTMCell": layer_norm_lstm,
    "PeepholeLSTMCell": peephole_lstm,
    "CoupledLSTMCell": coupled_lstm,
    "IndRNNCell": indrnn,
    "MinGRUCell": mingru,
    "MinLSTMCell": minlstm,
}


def by_hand(cell, inputs, state):
    """The state of every row after these inputs (T, B, D)."""
    weights = {name: weight.detach().numpy() for name, weight in cell.named_parameters()}

    def w(name, gate=None):
        return weights[name] if gate is None else np.split(weights[name], len(cell.gates))[cell.gates.index(gate)]

    ends = []
    for b in range(inputs.shape[1]):
        row = tuple(part[b].numpy() for part in state)
        for x in inputs[:, b].numpy():
            row = FORMULAS[type(cell).__name__](w, x, *row)
        ends.append(row)
    return tuple(torch.from_numpy(np.stack(parts)) for parts in zip(*ends, strict=True))


def test_the_walk_finds_every_cell_and_the_room_shows_them_all():
    assert {kind.__name__ for kind in CELLS} == set(FORMULAS)
    assert set(cells.__all__) == {*FORMULAS, "Cell", "ProjectedCell", "LinearCell", "Init"}
    assert {*LINEAR, *PROJECTED} == set(CELLS)


@every_cell
@pytest.mark.parametrize("steps", [1, T])
def test_a_cell_is_its_formula(kind, steps):
    cell = made(kind)
    inputs, state = torch.randn(steps, B, D, dtype=torch.float64), random_state(cell)
    wanted = by_hand(cell, inputs, state)
    for x in inputs:
        output, state = cell(x, state)
        assert torch.equal(output, state[0])
    assert_close(state, wanted, rtol=1e-12, atol=1e-12)


@every_cell
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("batch", [1, B])
def test_output_and_state_are_of_the_shapes_and_dtype_promised(kind, dtype, batch):
    cell = kind(D, H).to(dtype)
    zeros = cell.zero_state(batch, torch.zeros(1, dtype=dtype))
    y, state = cell(torch.randn(batch, D, dtype=dtype), zeros)
    assert isinstance(state, tuple)
    assert y.shape == state[0].shape == (batch, H)
    assert [(part.shape, part.dtype) for part in state] == [(part.shape, part.dtype) for part in zeros]
    assert y.dtype is dtype
    assert not any(part.any() for part in zeros)


@every_cell
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float64])
def test_the_first_state_is_of_the_dtype_asked_for(kind, dtype):
    assert {part.dtype for part in kind(D, H).zero_state(2, torch.ones(1, dtype=dtype))} == {dtype}


@every_cell
def test_lower_precision_carries_a_state_of_full_precision(kind):
    cell = made(kind, torch.float32)
    inputs, state = torch.randn(T, B, D), cell.zero_state(B, torch.zeros(1))
    lower = state
    for x in inputs:
        _, state = cell(x, state)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            _, lower = cell(x, lower)
    assert_close([part.float() for part in lower], list(state), rtol=0.1, atol=0.1)
    lower[0].sum().backward()


@every_cell
def test_a_row_does_not_see_the_others(kind):
    cell = made(kind)
    x, state = torch.randn(B, D, dtype=torch.float64), random_state(cell)
    together = cell(x, state)
    for b in range(B):
        alone = cell(x[b : b + 1], tuple(part[b : b + 1] for part in state))
        assert_close(alone, (together[0][b : b + 1], tuple(part[b : b + 1] for part in together[1])))


@every_cell
def test_nothing_that_went_in_is_changed(kind):
    cell = made(kind)
    x, state = torch.randn(B, D, dtype=torch.float64), random_state(cell)
    before = [part.clone() for part in (x, *state)]
    cell(x, state)
    assert all(torch.equal(one, other) for one, other in zip(before, (x, *state), strict=True))


@every_cell
def test_gradients_are_those_of_finite_differences(kind):
    cell = made(kind)
    names = [name for name, _ in cell.named_parameters()]

    def run(x, *given):
        state, weights = given[: len(given) - len(names)], given[len(given) - len(names) :]
        for _ in range(2):  # so that weights are met through the state too
            _, state = functional_call(cell, dict(zip(names, weights, strict=True)), (x, state))
        return state

    given = [torch.randn(2, D, dtype=torch.float64), *random_state(cell, batch=2), *cell.parameters()]
    assert torch.autograd.gradcheck(run, [part.detach().clone().requires_grad_() for part in given])


@pytest.mark.parametrize("kind", PROJECTED, ids=lambda kind: kind.__name__)
def test_inputs_may_be_projected_for_all_steps_at_once(kind):
    cell = made(kind)
    inputs, state = torch.randn(T, B, D, dtype=torch.float64), random_state(cell)
    projected = cell.project(inputs.flatten(0, 1)).unflatten(0, (T, B))
    stepped = state
    for x, projected_x in zip(inputs, projected, strict=True):
        (wanted, state), (found, stepped) = cell(x, state), cell.step(projected_x, stepped)
        assert_close((found, stepped), (wanted, state))


@pytest.mark.parametrize("kind", LINEAR, ids=lambda kind: kind.__name__)
def test_the_last_state_of_a_linear_cell_is_a_sum_over_all_inputs(kind):
    cell = made(kind)
    inputs, (h,) = torch.randn(T, B, D, dtype=torch.float64), random_state(cell)
    keep, new = (part.unflatten(0, (T, B)) for part in cell.coefficients(inputs.flatten(0, 1)))
    closed = keep.prod(dim=0) * h + sum(keep[t + 1 :].prod(dim=0) * new[t] for t in range(T))
    for x in inputs:
        _, (h,) = cell(x, (h,))
    assert_close(h, closed)


OF_TORCH = [("RNNCell", {}), ("RNNCell", {"nonlinearity": "relu"}), ("LSTMCell", {}), ("GRUCell", {})]


@pytest.mark.parametrize(("name", "options"), OF_TORCH)
@pytest.mark.parametrize("given_away", [False, True])
def test_equals_torch_with_the_weights_of_either(name, options, given_away):
    ours, theirs = getattr(cells, name)(D, H, **options).double(), getattr(nn, name)(D, H, **options).double()
    taker, giver = (theirs, ours) if given_away else (ours, theirs)
    taker.load_state_dict(giver.state_dict(), strict=True)
    x, *state = (part.requires_grad_() for part in (torch.randn(B, D, dtype=torch.float64), *random_state(ours)))

    _, found = ours(x, tuple(state))
    wanted = theirs(x, tuple(state)) if name == "LSTMCell" else (theirs(x, *state),)
    assert_close(found, wanted, rtol=1e-12, atol=1e-12)
    costs = [sum(part.cos().sum() for part in parts) for parts in (found, wanted)]
    mine = torch.autograd.grad(costs[0], [x, *state, *ours.parameters()])
    its = torch.autograd.grad(costs[1], [x, *state, *theirs.parameters()])
    assert_close(mine, its, rtol=1e-12, atol=1e-12)


def test_an_rnn_knows_two_nonlinearities():
    with pytest.raises(ValueError, match="choose tanh or relu"):
        cells.RNNCell(D, H, nonlinearity="gelu")


def test_weights_start_as_those_of_torch():
    for name in ("RNNCell", "LSTMCell", "GRUCell"):
        torch.manual_seed(1)
        ours = getattr(cells, name)(D, H).state_dict()
        torch.manual_seed(1)
        assert_close(ours, dict(getattr(nn, name)(D, H).state_dict()))


def test_an_lstm_without_its_peepholes_is_an_lstm():
    plain, peeping = made(LSTMCell), made(PeepholeLSTMCell)
    with torch.no_grad():
        for gate in "ifo":
            peeping.get_parameter(f"peephole_{gate}").zero_()
        plain.bias_hh.zero_()
    weights = {"weight_ih": peeping.weight_ih, "weight_hh": peeping.weight_hh, "bias_ih": peeping.bias}
    plain.load_state_dict({**plain.state_dict(), **weights})
    x, state = torch.randn(B, D, dtype=torch.float64), random_state(plain)
    assert_close(plain(x, state), peeping(x, state))


def test_layer_norm_does_not_see_how_large_its_products_are():
    cell = LayerNormLSTMCell(D, H).double()
    x, state = torch.randn(B, D, dtype=torch.float64), random_state(cell)
    with torch.no_grad():
        cell.weight_ih.mul_(1e4)
        cell.weight_hh.mul_(1e4)
    before = cell(x, state)
    with torch.no_grad():
        cell.weight_ih.mul_(1e2)
        cell.weight_hh.mul_(1e2)
    assert_close(cell(x, state), before)


def test_layer_norm_starts_as_no_more_than_a_norm():
    cell = LayerNormLSTMCell(D, H)
    assert all((gain == 1).all() for gain in (cell.gain_ih, cell.gain_hh, cell.gain_c))
    assert not any(bias.any() for bias in (cell.bias, cell.bias_c))


def test_an_indrnn_starts_between_forgetting_and_keeping():
    recurrent = IndRNNCell(1, 1000).recurrent
    assert 0 <= recurrent.min() < 0.02
    assert 0.98 < recurrent.max() <= 1


@pytest.mark.parametrize("size", [1e3, -1e3])
def test_two_gates_that_are_shut_or_open_are_halves_of_one_another(size):
    # f/(f + i) as it is written would be 0/0 for two gates that are shut.
    cell = MinLSTMCell(D, H)
    with torch.no_grad():
        cell.weight_ih.zero_()
        cell.bias.fill_(size)
    keep, _ = cell.coefficients(torch.randn(B, D))
    assert torch.equal(keep, torch.full((B, H), 0.5))


@pytest.mark.parametrize(("f", "i", "kept"), [(1e3, -1e3, 1.0), (-1e3, 1e3, 0.0), (-40.0, -41.0, 0.7310585786)])
def test_what_min_lstm_keeps_is_the_share_of_its_forget_gate(f, i, kept):
    cell = MinLSTMCell(D, 1)
    with torch.no_grad():
        cell.weight_ih.zero_()
        cell.bias.copy_(torch.tensor([f, i, 0]))
    keep, _ = cell.coefficients(torch.zeros(1, D))
    assert keep.item() == pytest.approx(kept)
