"""What is chosen is what the weights are, and what is not chosen stays."""

import inspect
import math

import pytest
import torch
from torch.testing import assert_close

from seqmodels.nn import cells
from seqmodels.nn.cells import Cell, GRUCell, Init, LayerNormLSTMCell, LSTMCell

D, H = 6, 8

CELLS = [k for k in vars(cells).values() if inspect.isclass(k) and issubclass(k, Cell) and not inspect.isabstract(k)]
MATRIX = [kind for kind in CELLS if "weight_hh" in kind(D, H).state_dict()]
NO_MATRIX = [kind for kind in CELLS if kind not in MATRIX]
FORGETFUL = [kind for kind in CELLS if "f" in kind.gates]
NOT_FORGETFUL = [kind for kind in CELLS if kind not in FORGETFUL]


def each(kinds):
    return pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.__name__)


def changed(cell, init):
    """The names of the weights that an init changes."""
    before = {name: weight.clone() for name, weight in cell.state_dict().items()}
    init.apply(cell)
    return {name for name, weight in cell.state_dict().items() if not torch.equal(weight, before[name])}


def blocks(cell, name):
    return dict(zip(cell.gates, cell.get_parameter(name).detach().split(H), strict=True))


def total_bias(cell, gate):
    names = [name for name in ("bias", "bias_ih", "bias_hh") if name in cell.state_dict()]
    return sum(blocks(cell, name)[gate] for name in names)


def test_both_kinds_of_cell_are_there():
    assert all([MATRIX, NO_MATRIX, FORGETFUL, NOT_FORGETFUL])


@each(CELLS)
def test_all_that_init_reads_lies_in_gates(kind):
    cell = kind(D, H)
    assert cell.gates
    for name in ("weight_ih", "weight_hh", "bias", "bias_ih", "bias_hh"):
        assert name not in cell.state_dict() or len(cell.get_parameter(name)) == len(cell.gates) * H


@each(CELLS)
def test_nothing_chosen_changes_nothing(kind):
    assert changed(kind(D, H), Init()) == set()


@each(MATRIX)
def test_orthogonal_is_orthogonal_gate_by_gate(kind):
    cell = kind(D, H)
    assert changed(cell, Init(recurrent="orthogonal")) == {"weight_hh"}
    for block in blocks(cell, "weight_hh").values():
        assert_close(block @ block.t(), torch.eye(H))
    assert len({tuple(block.flatten().tolist()) for block in blocks(cell, "weight_hh").values()}) == len(cell.gates)


@each(MATRIX)
def test_identity_is_the_identity_gate_by_gate(kind):
    cell = kind(D, H)
    assert changed(cell, Init(recurrent="identity")) == {"weight_hh"}
    assert all(torch.equal(block, torch.eye(H)) for block in blocks(cell, "weight_hh").values())


@each(CELLS)
def test_xavier_fills_its_bound_gate_by_gate(kind):
    cell = kind(60, H)
    assert changed(cell, Init(input="xavier")) == {"weight_ih"}
    bound = math.sqrt(6 / (60 + H))
    for block in blocks(cell, "weight_ih").values():
        assert 0.95 * bound < block.abs().max() <= bound


@each(CELLS)
def test_small_is_small_and_normal(kind):
    cell = kind(600, H)
    assert changed(cell, Init(input="small")) == {"weight_ih"}
    weights = cell.get_parameter("weight_ih").detach()
    assert 0.0009 < float(weights.std()) < 0.0011
    assert 0.5 < float((weights.abs() < 0.001).float().mean()) < 0.85  # 0.683 of a normal distribution


@each(CELLS)
def test_zero_biases_are_all_of_them_and_those_chosen_besides_are_set_behind(kind):
    cell = kind(D, H)
    names = {"bias", "bias_ih", "bias_hh"} & set(cell.state_dict())
    assert changed(cell, Init(bias="zero")) <= names
    assert all(not cell.get_parameter(name).any() for name in names)
    if kind in FORGETFUL:
        Init(bias="zero", forget_bias=1).apply(cell)
        assert_close(total_bias(cell, "f"), torch.ones(H))


@each(FORGETFUL)
@pytest.mark.parametrize("number", [1, 0, -2.5])
def test_the_bias_of_the_forget_gate_is_the_number(kind, number):
    cell = kind(D, H)
    before = {gate: total_bias(cell, gate) for gate in cell.gates if gate != "f"}
    assert changed(cell, Init(forget_bias=number)) <= {"bias", "bias_ih", "bias_hh"}
    assert_close(total_bias(cell, "f"), torch.full((H,), float(number)))
    for gate, bias in before.items():
        assert torch.equal(total_bias(cell, gate), bias)


@each(FORGETFUL)
@pytest.mark.parametrize("longest", [3, 100])
def test_chrono_draws_what_is_to_be_remembered_for_how_long(kind, longest):
    cell = kind(D, H)
    Init(forget_bias="chrono", longest=longest).apply(cell)
    forget = total_bias(cell, "f")
    assert (forget >= 0).all()
    assert (forget <= math.log(longest - 1)).all()
    assert len(set(forget.tolist())) == H
    if "i" in cell.gates:
        assert torch.equal(total_bias(cell, "i"), -forget)


@each(FORGETFUL)
def test_chrono_is_the_logarithm_of_a_uniform_time(kind):
    cell = kind(D, 400)
    Init(forget_bias="chrono", longest=600).apply(cell)
    names = [name for name in ("bias", "bias_ih", "bias_hh") if name in cell.state_dict()]
    place = cell.gates.index("f")
    times = sum(cell.get_parameter(name).detach().chunk(len(cell.gates))[place] for name in names).exp().sort().values
    uniform = 1 + (599 - 1) * (torch.arange(400) + 0.5) / 400
    assert float((times - uniform).abs().max()) < 0.15 * 599  # Kolmogorov and Smirnov: p < 1e-7


def test_the_shift_behind_a_layer_norm_is_no_gate_s_bias():
    # Its H numbers are those of C, not of gates; three of them would not even be four parts.
    for forget_bias in (1.0, "chrono"):
        cell = LayerNormLSTMCell(D, 3)
        torch.nn.init.constant_(cell.bias_c, 0.3)
        assert changed(cell, Init(forget_bias=forget_bias)) == {"bias"}


def test_all_choices_go_together():
    cell = LSTMCell(D, H)
    assert changed(cell, Init("orthogonal", "xavier", 1)) == set(cell.state_dict())


@each(NO_MATRIX)
@pytest.mark.parametrize("recurrent", ["orthogonal", "identity"])
def test_a_cell_without_a_recurrent_matrix_is_refused(kind, recurrent):
    with pytest.raises(ValueError, match=f"{kind.__name__} has no weight_hh"):
        Init(recurrent=recurrent).apply(kind(D, H))


@each(NOT_FORGETFUL)
@pytest.mark.parametrize("forget_bias", [1.0, "chrono"])
def test_a_cell_without_a_forget_gate_is_refused(kind, forget_bias):
    with pytest.raises(ValueError, match=f"{kind.__name__} has no forget gate"):
        Init(forget_bias=forget_bias).apply(kind(D, H))


def test_a_gru_has_no_forget_gate_and_an_indrnn_no_matrix():
    assert GRUCell in NOT_FORGETFUL
    assert cells.IndRNNCell in NO_MATRIX


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"recurrent": "orthonormal"}, "choose orthogonal or identity"),
        ({"input": "kaiming"}, "choose xavier or small"),
        ({"bias": "one"}, "choose zero"),
        ({"forget_bias": "one"}, "choose a number or chrono"),
        ({"forget_bias": "chrono", "longest": 2}, "wanted at least 3"),
    ],
)
def test_an_unknown_choice_is_refused(choices, said):
    with pytest.raises(ValueError, match=said):
        Init(**choices)
