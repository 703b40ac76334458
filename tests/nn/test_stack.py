"""What a stack does besides stacking: options, states, names of its weights."""

import copy
import math
import pickle

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn import cells
from seqmodels.nn.cells import Cell, Init
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.nn.recurrence import Stack, StackOptions

D, H = 3, 4
LENGTHS = [2, 5, 1, 5, 3]
TORCH = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
CELLS = {"rnn": cells.RNNCell, "lstm": cells.LSTMCell, "gru": cells.GRUCell}
LSTMS = ["cudnn", "onednn", "packed_rows", "loop"]  # all implementations that an LSTM has

every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])


class Through(Cell):
    """Writes what it reads, over and over where it is wider; its state is a matrix beside h."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.width = hidden_size

    def forward(self, x, state):
        h = x[:, torch.arange(self.width) % x.shape[1]]
        return h, (h, state[1] + h[..., None])

    def zero_state(self, batch_size, like):
        return like.new_zeros(batch_size, self.width), like.new_zeros(batch_size, self.width, 2)


def made(sizes=(H, H), cell=cells.LSTMCell, bidirectional=False, dropout=0.0, implementation="auto", **options):
    stack = Stack(D, list(sizes), cell, bidirectional, dropout, implementation, StackOptions(**options)).double()
    with torch.no_grad():
        for start in stack.starts:
            start.normal_()
    return stack


def without(stack, **options):
    """The same weights in a stack with other options."""
    cell = type(stack.layers[0].cells[0])
    other = made(stack.hidden_sizes, cell, stack.directions == 2, 0.0, stack.implementation, **options)
    names = set(other.state_dict())
    other.load_state_dict({name: weight for name, weight in stack.state_dict().items() if name in names})
    return other


def layer(stack, number):
    """One of the layers as a stack of its own."""
    sizes = [D, *(size * stack.directions for size in stack.hidden_sizes)]
    one = Stack(sizes[number], [stack.hidden_sizes[number]], cells.LSTMCell, stack.directions == 2).double()
    weights = stack.state_dict().items()
    one.load_state_dict({k.replace(f"_l{number}", "_l0"): w for k, w in weights if f"_l{number}" in k})
    return one


def numbers(encoded):
    return encoded.outputs.data, encoded.state


# Options


@every_direction
@pytest.mark.parametrize("implementation", LSTMS)
def test_residual_is_adding_what_a_layer_reads_to_what_it_writes(bidirectional, implementation, vectors):
    stack, inputs = (
        made([H] * 3, bidirectional=bidirectional, implementation=implementation, residual=True),
        vectors(LENGTHS, D),
    )
    first = layer(stack, 0)(inputs)
    second = layer(stack, 1)(first.outputs)
    summed = Padded(second.outputs.data + first.outputs.data, inputs.lengths)
    third = layer(stack, 2)(summed)
    found = stack(inputs)
    assert_close(found.outputs.data, third.outputs.data + summed.data)
    assert_close(found.state[0], torch.cat([e.state[0] for e in (first, second, third)]))


@pytest.mark.parametrize("locked", [False, True])
@every_direction
def test_locked_dropout_drops_the_same_numbers_at_every_step(locked, bidirectional, vectors):
    width, share = 60, 0.3
    stack = Stack(width, [width], Through, bidirectional, share, options=StackOptions(locked_dropout=locked))
    ones = Padded(torch.ones(len(LENGTHS), max(LENGTHS), width), torch.tensor(LENGTHS)).zeroed()
    rows = stack(ones).outputs.rows()
    kept = torch.cat(rows)
    wanted = torch.tensor([0.0, 1 / (1 - share) ** 2])  # before the layer and after it
    assert_close(kept.unique(), wanted, rtol=1e-4, atol=0)
    assert abs(float((kept == 0).float().mean()) - (1 - (1 - share) ** 2)) < 0.1
    assert all(bool((row == row[0]).all()) == (locked or len(row) == 1) for row in rows)
    assert len(torch.stack([row[0] for row in rows]).unique(dim=0)) == len(rows)
    assert torch.equal(stack.eval()(ones).outputs.data, ones.data.repeat(1, 1, 1 + bidirectional))


@pytest.mark.parametrize("implementation", LSTMS)
@pytest.mark.parametrize("locked", [False, True])
def test_dropout_is_that_of_the_options_in_every_implementation(implementation, locked, vectors):
    stack = made([50, 50], dropout=0.4, implementation=implementation, locked_dropout=locked)
    rows = stack(vectors([6, 6, 4, 3], D)).outputs.rows()
    dropped = [row == 0 for row in rows]
    assert abs(float(torch.cat(dropped).double().mean()) - 0.4) < 0.15
    assert all(bool((zeros == zeros[0]).all()) == locked for zeros in dropped)
    assert len(torch.stack([zeros[0] for zeros in dropped]).unique(dim=0)) == 4


@pytest.mark.parametrize("shares", [[0.3, 0.0, 0.0], [0.0, 0.5, 0.0], [0.2, 0.0, 0.6]])
def test_dropout_may_be_another_at_every_place(shares):
    stack = Stack(100, [100, 100], Through, False, shares, options=StackOptions(locked_dropout=True))
    ones = Padded(torch.ones(20, 3, 100), torch.full((20,), 3))
    kept = stack(ones).outputs.data
    stay = math.prod(1 - share for share in shares)
    assert_close(kept.unique(), torch.tensor([0.0, 1 / stay]), rtol=1e-4, atol=0)
    assert abs(float((kept == 0).float().mean()) - (1 - stay)) < 0.06
    assert torch.equal(stack.eval()(ones).outputs.data, ones.data)


def test_input_dropout_is_the_first_of_the_places():
    options = StackOptions(input_dropout=0.1)
    assert Stack(D, [4, 4], cells.LSTMCell, dropout=0.4, options=options).shares == [0.1, 0.4, 0.4]
    assert Stack(D, [4, 4], cells.LSTMCell, dropout=0.4, options=StackOptions(input_dropout=0.0)).shares == [
        0,
        0.4,
        0.4,
    ]


DROPPING = [(cells.LSTMCell, i) for i in LSTMS] + [
    (cells.RNNCell, "cudnn"),
    (cells.GRUCell, "cudnn"),
    *((kind, "packed_rows") for kind in (cells.RNNCell, cells.GRUCell, cells.GRUResetBeforeCell)),
    (cells.LayerNormLSTMCell, "packed_rows"),
    (cells.PeepholeLSTMCell, "loop"),
    (cells.CoupledLSTMCell, "loop"),
]


@pytest.mark.parametrize(("cell", "implementation"), DROPPING)
@every_direction
def test_weight_drop_is_a_mask_on_the_recurrent_weights(cell, implementation, bidirectional, vectors):
    stack, inputs = made((H, 5), cell, bidirectional, 0.0, implementation, weight_drop=0.4), vectors(LENGTHS, D)
    before, twin = copy.deepcopy(stack.state_dict()), without(stack)
    torch.manual_seed(1)
    masks = {name: F.dropout(torch.ones_like(w), 0.4) for name, w in twin.named_parameters() if "weight_hh" in name}
    with torch.no_grad():
        for name, mask in masks.items():
            twin.get_parameter(name).mul_(mask)
    torch.manual_seed(1)
    found, wanted = stack(inputs), twin(inputs)
    assert_close(numbers(found), numbers(wanted))

    names, weights = zip(*stack.named_parameters(), strict=True)
    grads = torch.autograd.grad(found.outputs.data.square().sum(), weights)
    of_twin = torch.autograd.grad(wanted.outputs.data.square().sum(), list(twin.parameters()))
    chained = [grad * masks.get(name, 1) for name, grad in zip(names, of_twin, strict=True)]
    assert_close(list(grads), chained)
    assert_close(stack.state_dict(), before, rtol=0, atol=0)

    assert not torch.equal(stack(inputs).outputs.data, found.outputs.data)  # another batch, another mask
    assert_close(numbers(stack.eval()(inputs)), numbers(without(stack)(inputs)))


@pytest.mark.parametrize("cell", [cells.LSTMCell, cells.GRUCell, cells.MinGRUCell, Through], ids=lambda c: c.__name__)
@pytest.mark.parametrize("sizes", [(3, 3), (3, 2)], ids=["uniform", "other"])
@every_direction
def test_learnt_first_states(cell, sizes, bidirectional, vectors):
    stack, inputs = made(sizes, cell, bidirectional, learn_state=True), vectors(LENGTHS, D)
    plain, ways = without(stack), 1 + bidirectional
    parts = [start.flatten(0, 1)[None] for start in stack.starts]  # each (1, directions * H)
    batch = [part.expand(len(LENGTHS), *part.shape[1:])[None] for part in parts]  # each (1, B, directions * H)
    count = len(stack.shapes[0])
    layers = [batch[:count], batch[count:]]
    joined = tuple(torch.cat(part) for part in zip(*layers, strict=True)) if sizes[0] == sizes[1] else ()
    state = joined or (*layers[1], *layers[0])
    found = stack(inputs)
    assert_close(numbers(found), numbers(plain(inputs, state)))
    assert [start.shape[:2] for start in stack.starts] == [(ways, size) for size in sizes for _ in range(count)]
    grads = torch.autograd.grad(sum(s.square().sum() for s in found.state), list(stack.starts), allow_unused=True)
    assert all(grad is None or grad.any() for grad in grads)
    assert cell is Through or None not in grads
    given = tuple(torch.randn_like(s) for s in state)
    assert_close(numbers(stack(inputs, given)), numbers(plain(inputs, given)), rtol=0, atol=0)


def test_learnt_first_states_start_as_zeros():
    stack = Stack(D, [H, H], cells.LSTMCell, True, options=StackOptions(learn_state=True)).double()
    assert len(stack.starts) == 4
    assert not any(start.any() for start in stack.starts)


@pytest.mark.parametrize("cell", [cells.LSTMCell, cells.GRUCell, cells.MinLSTMCell], ids=lambda c: c.__name__)
@pytest.mark.parametrize("sizes", [(4, 4), (4, 5)], ids=["uniform", "other"])
@pytest.mark.parametrize("implementation", ["auto", "loop"])
@every_direction
def test_a_projection_stands_behind_the_last_layer(cell, sizes, implementation, bidirectional, vectors):
    stack, inputs = made(sizes, cell, bidirectional, 0.0, implementation, projection=2), vectors(LENGTHS, D)
    found, inner = stack(inputs), without(stack)(inputs)
    assert stack.output_size == found.outputs.data.shape[2] == 2
    assert_close(found.outputs.data, stack.projection(inner.outputs.data) * inputs.mask[..., None])
    assert_close(found.state[1:], inner.state)
    assert_close(found.state[0], stack.projection(inner.state[0][-1:]))
    assert_close(stack(inputs, found.state).state[1:], without(stack)(inputs, inner.state).state)
    if not bidirectional:
        assert_close(found.state[0][-1], torch.stack([row[-1] for row in found.outputs.rows()]))


# States


@pytest.mark.parametrize("cell", [cells.RNNCell, cells.LSTMCell, cells.MinGRUCell, Through], ids=lambda c: c.__name__)
@every_direction
def test_layers_of_different_widths(cell, bidirectional, vectors):
    sizes, ways = [3, 2, 2], 1 + bidirectional
    stack, inputs = made(sizes, cell, bidirectional), vectors(LENGTHS, D)
    encoded = stack(inputs)
    assert stack.output_size == encoded.outputs.data.shape[2] == 2 * ways
    widths = [part.shape[:3] for part in encoded.state]
    assert widths == [(1, len(LENGTHS), size * ways) for size in sizes[::-1] for _ in stack.shapes[0]]
    for i, row in enumerate(encoded.outputs.rows()):
        assert_close(encoded.state[0][-1, i], torch.cat([row[-1, :2], row[0, 2:]]), rtol=0, atol=0)


@pytest.mark.parametrize("sizes", [(3, 2), (2, 3, 3), (3, 3)], ids=str)
@pytest.mark.parametrize("cell", [cells.RNNCell, cells.LSTMCell, cells.MinGRUCell, Through], ids=lambda c: c.__name__)
@pytest.mark.parametrize("projection", [None, 5])
def test_a_state_passed_back_goes_on_exactly(sizes, cell, projection, vectors):
    stack, whole = made(sizes, cell, projection=projection), vectors([10, 8, 7], D)
    first = stack(Padded(whole.data[:, :6], torch.tensor([6, 6, 6])))
    second = stack(Padded(whole.data[:, 6:], whole.lengths - 6), first.state)
    at_once = stack(whole)
    assert_close(torch.cat([first.outputs.data, second.outputs.data], dim=1), at_once.outputs.data)
    assert_close(second.state, at_once.state)


@pytest.mark.parametrize(
    ("sizes", "cell", "bidirectional", "projection", "batch"),
    [
        ((H, H), cells.GRUCell, False, None, 3),
        ((H,), cells.LSTMCell, False, None, 3),
        ((H, H, H), cells.LSTMCell, False, None, 3),
        ((H, H), cells.LSTMCell, True, None, 3),
        ((H, 5), cells.LSTMCell, False, None, 3),
        ((1, 1), cells.LSTMCell, False, None, 3),
        ((H, H), cells.LSTMCell, False, 2, 3),
        ((H, H), cells.LSTMCell, False, None, 5),  # its first three would have been read
        ((H, H), cells.LSTMCell, False, None, 1),  # and this one broadcast
    ],
)
@pytest.mark.parametrize("implementation", LSTMS)
def test_the_state_of_another_stack_or_batch_is_refused(
    sizes, cell, bidirectional, projection, batch, implementation, vectors
):
    state = made(sizes, cell, bidirectional, projection=projection)(vectors([2] * batch, D)).state
    wanted = r"wanted \[\(2, 3, 4\), \(2, 3, 4\)\], as this stack returns it"
    with pytest.raises(ValueError, match=wanted):
        made(implementation=implementation)(vectors([3, 1, 2], D), state)


@pytest.mark.parametrize("sizes", [(H, H), (H, 5)], ids=["uniform", "other"])
def test_a_state_without_its_projection_is_refused(sizes, vectors):
    stack, inputs = made(sizes, projection=2), vectors(LENGTHS, D)
    with pytest.raises(ValueError, match=r"wanted \[\(1, 5, 2\), \("):
        stack(inputs, stack(inputs).state[1:])


# First weights, refusals


def test_first_weights_reach_every_cell():
    stack = made((H, 5), bidirectional=True, init=Init(recurrent="identity", forget_bias=1))
    found = [cell for each in stack.layers for cell in each.cells]
    assert len(found) == 4
    for cell in found:
        width = cell.weight_hh.shape[1]
        assert torch.equal(cell.weight_hh, torch.eye(width).double().repeat(4, 1))
        assert (cell.bias_ih[width : 2 * width] == 1).all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            {"sizes": (H, 5), "residual": True},
            r"residual: \[4, 5\] found, layers of one width wanted; leave residual out",
        ),
        ({"implementation": "packed_rows", "zoneout": 0.1}, "implementation='packed_rows' cannot do zoneout; use auto"),
        (
            {"implementation": "cudnn", "cell": cells.IndRNNCell},
            "implementation='cudnn' cannot run IndRNNCell; use auto",
        ),
        ({"implementation": "onednn", "cell": cells.GRUCell}, "implementation='onednn' cannot run GRUCell; use auto"),
        ({"implementation": "scan"}, "implementation='scan' cannot run LSTMCell; use auto"),
        ({"implementation": "packed_rows", "cell": Through}, "'packed_rows' cannot run Through; use auto"),
        ({"weight_drop": 0.1, "cell": cells.MinGRUCell}, "weight_drop: MinGRUCell has no weight_hh; leave it out"),
        ({"init": Init(forget_bias=1), "cell": cells.GRUCell}, "GRUCell has no forget gate"),
        ({"sizes": ()}, r"hidden_sizes=\[\] found"),
        ({"cell": nn.LSTMCell}, "LSTMCell found, wanted one of seqmodels.nn.cells or a Cell of your own"),
    ],
    ids=lambda value: "" if isinstance(value, str) else "-".join(value),
)
def test_contradictions_are_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        made(**arguments)


# Names of the weights


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2, 3])
@every_direction
def test_weights_have_the_names_and_shapes_of_torchs_and_load_both_ways(cell, layers, bidirectional):
    theirs = TORCH[cell](D, H, layers, bidirectional=bidirectional).double()
    ours = made([H] * layers, CELLS[cell], bidirectional)
    shapes = {name: weight.shape for name, weight in theirs.state_dict().items()}
    assert {name: weight.shape for name, weight in ours.state_dict().items()} == shapes
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    assert_close(ours.state_dict(), dict(theirs.state_dict()), rtol=0, atol=0)
    other = made([H] * layers, CELLS[cell], bidirectional)
    theirs.load_state_dict(other.state_dict())
    assert_close(dict(theirs.state_dict()), other.state_dict(), rtol=0, atol=0)
    assert [w.shape for w in ours.parameters()] == [w.shape for w in theirs.parameters()]


def test_names_stand_behind_those_of_what_a_stack_is_part_of():
    encoder = RecurrentEncoder(D, H, "gru", num_layers=2, options=StackOptions(learn_state=True, projection=2))
    names = set(encoder.state_dict())
    assert names == {f"recurrence.{name}" for name in encoder.recurrence.state_dict()}
    wanted = {f"recurrence.{kind}_{side}_l{i}" for kind in ("weight", "bias") for side in ("ih", "hh") for i in (0, 1)}
    wanted |= {"recurrence.starts.0", "recurrence.starts.1"}
    assert names == wanted | {"recurrence.projection.weight", "recurrence.projection.bias"}
    other = RecurrentEncoder(D, H, "gru", num_layers=2, options=StackOptions(learn_state=True, projection=2))
    weights = encoder.state_dict()
    other.load_state_dict(weights)
    assert set(weights) == names  # the caller's dict is left as it was
    assert_close(other.state_dict(), weights, rtol=0, atol=0)


def test_missing_and_unknown_weights_are_refused():
    weights = made().state_dict()
    with pytest.raises(RuntimeError, match="Missing key"):
        made().load_state_dict({name: w for name, w in weights.items() if name != "weight_hh_l1"})
    with pytest.raises(RuntimeError, match="Unexpected key"):
        made([H]).load_state_dict(weights)
    found = made([H]).load_state_dict(weights, strict=False)
    assert len(found.unexpected_keys) == 4
    assert not found.missing_keys


@pytest.mark.parametrize("cell", [*CELLS.values(), cells.LayerNormLSTMCell, cells.MinGRUCell, Through])
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"])
def test_a_copy_gives_the_same_numbers_and_is_its_own(cell, duplicate, vectors):
    stack, inputs = made((H, H), cell, True, learn_state=True, projection=3), vectors(LENGTHS, D)
    wanted = stack(inputs)
    wanted.outputs.data.sum().backward()  # whatever an implementation keeps between calls has been made by now
    other = duplicate(stack)
    assert torch.equal(other(inputs).outputs.data, wanted.outputs.data)
    other.load_state_dict({name: torch.zeros_like(w) for name, w in stack.state_dict().items()})
    assert not other(inputs).outputs.data.any()
    assert torch.equal(stack(inputs).outputs.data, wanted.outputs.data)


@pytest.mark.parametrize("cell", [*CELLS.values(), cells.LayerNormLSTMCell, cells.MinGRUCell])
def test_weights_may_be_assigned_to_a_stack_that_has_none_yet(cell, vectors):
    stack, inputs = made((H, 5), cell, True, learn_state=True, projection=3), vectors(LENGTHS, D)
    with torch.device("meta"):
        bare = Stack(D, [H, 5], cell, True, options=StackOptions(learn_state=True, projection=3))
    assert all(weight.is_meta for weight in bare.parameters())
    bare.load_state_dict(stack.state_dict(), assign=True)
    assert_close(numbers(bare(inputs)), numbers(stack(inputs)), rtol=0, atol=0)
    filled = made((H, 5), cell, True, learn_state=True, projection=3)
    filled.load_state_dict(stack.state_dict(), assign=True)
    assert_close(numbers(filled(inputs)), numbers(stack(inputs)), rtol=0, atol=0)
    assert [name for name, _ in bare.named_parameters()] == [name for name, _ in stack.named_parameters()]


# GRUs whose reset gates stand in different places have weights of the same shapes


AFTER, BEFORE = "load them into GRUCell (cell=gru)", "load them into GRUResetBeforeCell (cell=gru_reset_before)"
GRUS = {"gru": cells.GRUCell, "gru_reset_before": cells.GRUResetBeforeCell}


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("source", "target", "found", "advice"),
    [("gru", "gru_reset_before", "bias_hh", AFTER), ("gru_reset_before", "gru", "bias", BEFORE)],
)
@pytest.mark.parametrize("kind", ["cell", "stack", "encoder"])
def test_weights_of_a_gru_are_not_loaded_into_the_other_one(strict, source, target, found, advice, kind):
    make = {
        "cell": lambda name: GRUS[name](D, H),
        "stack": lambda name: Stack(D, [H, H], GRUS[name], True),
        "encoder": lambda name: RecurrentEncoder(D, H, name, num_layers=2, bidirectional=True),
    }[kind]
    into = make(target)
    with pytest.raises(RuntimeError) as raised:
        into.load_state_dict(make(source).state_dict(), strict=strict)
    said = str(raised.value)
    assert said.count(advice) == 1
    assert f"{found} found, so these are weights of a GRU whose reset gate stands" in said


@pytest.mark.parametrize("name", GRUS)
@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"])
def test_weights_of_a_gru_are_loaded_into_its_like(name, duplicate):
    cell = duplicate(GRUS[name](D, H))
    weights = GRUS[name](D, H).state_dict()
    cell.load_state_dict(weights)
    assert_close(cell.state_dict(), weights, rtol=0, atol=0)
    other = GRUS["gru_reset_before" if name == "gru" else "gru"](D, H)
    with pytest.raises(RuntimeError, match="reset gate"):
        cell.load_state_dict(other.state_dict(), strict=False)


def test_torchs_gru_is_no_gru_with_its_reset_gate_before():
    with pytest.raises(RuntimeError, match=r"load them into GRUCell \(cell=gru\)"):
        RecurrentEncoder(D, H, "gru_reset_before").recurrence.load_state_dict(nn.GRU(D, H).state_dict(), strict=False)


class Doubled(cells.LSTMCell):
    """Made from one of ours, and something else."""

    def step(self, projected, state):
        output, new = super().step(2 * projected, state)
        return output, new


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_class_made_from_one_of_ours_runs_as_it_is_written(device, vectors):
    stack, inputs = Stack(D, [4], Doubled), vectors([3, 3], D, torch.float32)
    assert stack.rule(device, torch.float32).name == "loop"
    plain = Stack(D, [4], cells.LSTMCell)
    plain.load_state_dict(stack.state_dict())
    assert not torch.allclose(stack(inputs).outputs.data, plain(inputs).outputs.data)
    with pytest.raises(ValueError, match="cannot run Doubled"):
        Stack(D, [4], Doubled, implementation="onednn")


class Bare(cells.LSTMCell):
    def zero_state(self, batch_size, like):
        return like.new_zeros(batch_size, 4)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: Stack(D, [4], cells.LSTMCell, implementation="rows"),
            "'rows' is not known; choose one of: auto, cudnn",
        ),
        (lambda: Stack(D, [4], cells.LSTMCell, dropout=1.5), "dropout=1.5 found"),
        (lambda: Stack(D, [4], cells.LSTMCell, dropout=[0.1]), "dropout=.* found, wanted 2 shares"),
        (
            lambda: Stack(D, [4], cells.LSTMCell, dropout=[0.1, 0.2], options=StackOptions(input_dropout=0.1)),
            r"dropout=\[0.1, 0.2\] and input_dropout=0.1 found: say it once",
        ),
        (lambda: StackOptions(input_dropout=1.0), "input_dropout=1.0 found"),
        (lambda: StackOptions(zoneout=1.0), "zoneout=1.0 found"),
        (lambda: StackOptions(weight_drop=-0.1), "weight_drop=-0.1 found"),
        (lambda: Stack(D, [4], "lstm"), "cell='lstm' found"),
        (lambda: Stack(D, [4], torch.nn.LSTMCell), "torch.nn.modules.rnn.LSTMCell found"),
        (lambda: Stack(D, [4], Bare), r"Bare.zero_state\(1, ...\): Tensor found, wanted a tuple"),
    ],
)
def test_what_cannot_be_is_refused_by_name(make, words):
    with pytest.raises(ValueError, match=words):
        make()
