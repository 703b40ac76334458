"""All implementations of a recurrence give the same numbers: torch's where torch has the cell, else the loop's."""

from functools import partial

import pytest
import torch
from torch import nn
from torch.func import functional_call
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.testing import assert_close

from seqmodels import Encoded, Padded
from seqmodels.nn import cells
from seqmodels.nn.cells import Cell
from seqmodels.nn.recurrence import Stack, StackOptions, choose, compute_dtype
from seqmodels.nn.recurrence.choose import allowed, onednn_takes
from seqmodels.nn.recurrence.layout import layout_of
from seqmodels.nn.recurrence.scan import run_scan, scan_padded
from seqmodels.types import pad

D, H = 3, 4
WIDE = 32  # where a tensor's size as a whole is compared: of a few numbers one alone would decide
LENGTHS = [2, 5, 1, 5, 3]
CELLS = {
    "rnn": cells.RNNCell,
    "rnn_relu": partial(cells.RNNCell, nonlinearity="relu"),
    "lstm": cells.LSTMCell,
    "gru": cells.GRUCell,
    "gru_reset_before": cells.GRUResetBeforeCell,
    "layer_norm_lstm": cells.LayerNormLSTMCell,
    "peephole_lstm": cells.PeepholeLSTMCell,
    "coupled_lstm": cells.CoupledLSTMCell,
    "indrnn": cells.IndRNNCell,
    "mingru": cells.MinGRUCell,
    "minlstm": cells.MinLSTMCell,
}
TORCH = {"rnn": nn.RNN, "rnn_relu": partial(nn.RNN, nonlinearity="relu"), "lstm": nn.LSTM, "gru": nn.GRU}
RUNS = [
    (name, implementation)
    for name, cell in CELLS.items()
    for implementation in ("cudnn", "onednn", "packed_rows", "scan", "loop")
    if allowed(cell(D, H), implementation)
]
# Their slopes jump at 0: where rounding moves a number across, gradients differ much.
BENT = {"rnn_relu", "indrnn", "mingru", "minlstm"}
COMPARED = [(name, implementation) for name, implementation in RUNS if implementation != "loop" or name in TORCH]

every_run = pytest.mark.parametrize(("cell", "implementation"), RUNS)
every_fast_run = pytest.mark.parametrize(("cell", "implementation"), COMPARED)
every_direction = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
each_way = pytest.mark.parametrize("reverse", [False, True], ids=["forward", "backward"])


def made(cell, implementation="auto", layers=1, bidirectional=False, dtype=torch.float64, width=H, **options):
    options = StackOptions(**options)
    return Stack(D, [width] * layers, CELLS[cell], bidirectional, 0.0, implementation, options).to(dtype)


def a_state(stack, batch, dtype=torch.float64):
    """A random state to start from."""
    shape = (len(stack.hidden_sizes), batch, stack.output_size)
    return tuple(torch.randn(shape, dtype=dtype) for _ in stack.shapes[0])


class Reference(nn.Module):
    """torch's own module of the same weights, over packed sequences; for a cell that torch lacks, the loop."""

    def __init__(self, cell, stack):
        super().__init__()
        layers, both, dtype = len(stack.hidden_sizes), stack.directions == 2, next(stack.parameters()).dtype
        width = stack.hidden_sizes[0]
        self.torchs = cell in TORCH
        if self.torchs:
            self.module = TORCH[cell](D, width, num_layers=layers, batch_first=True, bidirectional=both).to(dtype)
        else:
            self.module = made(cell, "loop", layers, both, dtype, width)
        self.module.load_state_dict(stack.state_dict())

    def forward(self, inputs, state=None):
        if not self.torchs:
            return self.module(inputs, state)
        ways = 2 if self.module.bidirectional else 1
        if state is not None:  # (L, B, ways * H) to (L * ways, B, H)
            state = tuple(torch.stack([half for layer in s for half in layer.chunk(ways, dim=-1)]) for s in state)
            state = state if len(state) == 2 else state[0]
        packed = pack_padded_sequence(inputs.data, inputs.lengths, batch_first=True, enforce_sorted=False)
        outputs, end = self.module(packed, state)
        outputs = pad_packed_sequence(outputs, batch_first=True, total_length=inputs.data.shape[1])[0]
        end = end if isinstance(end, tuple) else (end,)
        joined = tuple(torch.stack([torch.cat(list(layer), dim=-1) for layer in e.split(ways)]) for e in end)
        return Encoded(Padded(outputs, inputs.lengths), joined)


def scalar(encoded):
    """One number in which every output and state has its own weight, so that no gradient can hide another."""
    parts = (encoded.outputs.data, *encoded.state)
    return sum(
        ((i + 1) * part * torch.arange(part.numel()).reshape(part.shape).cos()).sum() for i, part in enumerate(parts)
    )


def everything(module, inputs, state=None):
    """Outputs, final state, and the gradients of the inputs, of the first state and of every weight."""
    data = inputs.data.clone().requires_grad_()
    start = None if state is None else tuple(part.clone().requires_grad_() for part in state)
    encoded = module(Padded(data, inputs.lengths), start)
    grads = torch.autograd.grad(scalar(encoded), [data, *(start or ()), *module.parameters()])
    return encoded.outputs.data, encoded.state, grads


def flat(results):
    """The tensors that ``everything`` returns, one after another."""
    outputs, state, grads = results
    return [part.detach() for part in (outputs, *state, *grads)]


def distance(found, wanted):
    """How far a tensor is off, as a share of what it should be."""
    return float((found.detach() - wanted.detach()).norm() / wanted.detach().norm())


def turned(padded):
    """Each sequence turned round by its own length."""
    return pad([row.flip(0) for row in padded.rows()])


# The same numbers


@every_fast_run
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@every_direction
@pytest.mark.parametrize("given", [False, True], ids=["from_zero", "from_state"])
def test_equals_the_reference(cell, implementation, layers, dtype, bidirectional, given, vectors):
    # The layer-norm LSTM divides by how little the numbers of a state differ, and some gradients go into the hundreds:
    # beside those, a small number in the same tensor is off by up to 5e-4 of itself, and the loop's as much, measured
    # against float64. So errors are shares of the tensor's largest number; of four numbers, which may happen to be
    # nearly alike, even these would be large.
    scaled = dtype is torch.float32 and cell == "layer_norm_lstm"
    tolerance = 1e-10 if dtype is torch.float64 else 2e-5 if scaled else 1e-5
    stack = made(cell, implementation, layers, bidirectional, dtype, WIDE if scaled else H)
    inputs = vectors(LENGTHS, D, dtype)
    state = a_state(stack, len(LENGTHS), dtype) if given else None
    found, wanted = everything(stack, inputs, state), everything(Reference(cell, stack), inputs, state)
    for one, other in zip(flat(found), flat(wanted), strict=True):
        largest = float(other.abs().max()) if scaled else 1.0
        assert_close(one, other, rtol=tolerance, atol=tolerance * max(1.0, largest))


@every_fast_run
@pytest.mark.parametrize(
    ("lengths", "more"), [([1], 0), ([6], 3), ([1, 1, 1], 2), ([4, 4, 4], 0), ([6, 5, 3, 3, 1], 3)], ids=str
)
def test_equals_the_reference_for_any_mixture_of_lengths(cell, implementation, lengths, more, vectors, noisy):
    stack, inputs = made(cell, implementation, 2, True), noisy(vectors(lengths, D), 0, more)
    state = a_state(stack, len(lengths))
    wanted = everything(Reference(cell, stack), inputs, state)
    assert_close(everything(stack, inputs, state), wanted, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("cell", CELLS)
def test_what_is_chosen_for_one_step_equals_the_reference(cell, vectors):
    stack, inputs = made(cell, "auto", 2, True), vectors([1, 1, 1], D)
    state = a_state(stack, 3)
    wanted = everything(Reference(cell, stack), inputs, state)
    assert_close(everything(stack, inputs, state), wanted, rtol=1e-10, atol=1e-10)


@every_run
def test_gradients_are_those_of_finite_differences(cell, implementation, vectors):
    stack = Stack(2, [2], CELLS[cell], True, 0.0, implementation).double()
    inputs = vectors([3, 1, 2], 2)
    start = tuple(torch.randn(1, 3, 4, dtype=torch.float64) for _ in stack.shapes[0])
    names = [name for name, _ in stack.named_parameters()]

    def run(data, *given):
        state, weights = given[: len(start)], dict(zip(names, given[len(start) :], strict=True))
        encoded = functional_call(stack, weights, (Padded(data, inputs.lengths), state))
        return encoded.outputs.data, *encoded.state

    given = [part.detach().clone().requires_grad_() for part in (inputs.data, *start, *stack.parameters())]
    assert torch.autograd.gradcheck(run, given, fast_mode=True)


@pytest.mark.parametrize("cell", ["mingru", "minlstm"])
@each_way
@pytest.mark.parametrize("more", [0, 3], ids=["tight", "wide"])
def test_the_scan_of_a_gpu_equals_that_of_a_cpu(cell, reverse, more, vectors, noisy):
    one, layout = CELLS[cell](D, H).double(), layout_of(noisy(vectors(LENGTHS, D), 9.0, more))
    rows = torch.randn(sum(LENGTHS), D, dtype=torch.float64, requires_grad=True)
    start = (torch.randn(len(LENGTHS), H, dtype=torch.float64, requires_grad=True),)
    results = []
    for outputs, end in (
        run_scan(one, rows, start, layout, reverse),
        scan_padded(*one.coefficients(rows), start, layout, reverse),
    ):
        cost = (outputs * torch.arange(outputs.numel()).reshape(outputs.shape).cos()).sum() + end[0].square().sum()
        results.append((outputs, end, torch.autograd.grad(cost, [rows, *start, *one.parameters()])))
    assert_close(results[1], results[0], rtol=1e-10, atol=1e-10)


@every_run
def test_weights_may_change(cell, implementation, vectors):
    # A fast path may keep weights in an order of its own; it must not keep old ones.
    stack, inputs = made(cell, implementation, 2), vectors(LENGTHS, D)
    scalar(stack(inputs)).backward()
    torch.optim.SGD(stack.parameters(), lr=0.1).step()
    assert_close(everything(stack, inputs), everything(Reference(cell, stack), inputs), rtol=1e-10, atol=1e-10)
    stack.load_state_dict({name: torch.randn_like(value) for name, value in stack.state_dict().items()})
    assert_close(everything(stack, inputs), everything(Reference(cell, stack), inputs), rtol=1e-10, atol=1e-10)


@every_run
def test_numbers_without_a_gradient_are_those_with_one(cell, implementation, vectors):
    stack, inputs = made(cell, implementation, 2, True), vectors(LENGTHS, D)
    wanted = stack(inputs)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            got = stack(inputs)
        assert_close((got.outputs.data, got.state), (wanted.outputs.data, wanted.state), rtol=1e-12, atol=1e-12)


@every_run
def test_gradients_are_right_if_only_a_part_of_the_result_is_used(cell, implementation, vectors):
    stack, inputs = made(cell, implementation, 2, True), vectors(LENGTHS, D)
    reference = Reference(cell, stack)
    for part in range(1 + len(stack.shapes[0])):
        grads = []
        for module in (stack, reference):
            encoded = module(inputs)
            chosen = (encoded.outputs.data, *encoded.state)[part]
            grads.append(torch.autograd.grad(chosen.square().sum(), list(module.parameters())))
        assert_close(grads[0], grads[1], rtol=1e-10, atol=1e-10)


@every_run
def test_frozen_weights_get_no_gradient_and_going_back_twice_doubles_the_others(cell, implementation, vectors):
    stack, inputs = made(cell, implementation, 2, True), vectors(LENGTHS, D)
    weights = dict(stack.named_parameters())
    wanted = dict(zip(weights, everything(stack, inputs)[2][1:], strict=True))
    frozen = [name for i, name in enumerate(weights) if i % 3 == 1]
    for name in frozen:
        weights[name].requires_grad_(False)
    cost = scalar(stack(inputs))
    cost.backward(retain_graph=True)
    cost.backward()
    found = {name: weight.grad for name, weight in weights.items()}
    assert [name for name, grad in found.items() if grad is None] == frozen
    learnt = [name for name in weights if name not in frozen]
    assert_close([found[n] for n in learnt], [2 * wanted[n] for n in learnt], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("cell", TORCH)
def test_cudnn_is_told_when_gradients_are_wanted_outside_training(cell, monkeypatch, vectors):
    """It refuses to go back through what was run otherwise, as dynamic evaluation does."""
    told = []
    name = {"rnn": "rnn_tanh"}.get(cell, cell)
    torchs = getattr(torch, name)
    monkeypatch.setattr(torch, name, lambda *args: told.append(args[-2]) or torchs(*args))
    stack = made(cell, "cudnn").eval()
    stack(vectors(LENGTHS, D))
    with torch.no_grad():
        stack(vectors(LENGTHS, D))
    assert told == [True, False]


def test_onednn_takes_bfloat16_only_where_the_processor_has_it(monkeypatch):
    for has in (True, False):
        monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda has=has: has)
        assert onednn_takes(torch.bfloat16) is has
        assert onednn_takes(torch.float32)
        assert not onednn_takes(torch.float64)


@every_run
def test_lower_precision_is_near_full_precision(cell, implementation, vectors):
    if implementation == "onednn" and not onednn_takes(torch.bfloat16):
        pytest.skip("this processor has no bfloat16 that oneDNN could use")
    stack = made(cell, implementation, 2, True, torch.float32, WIDE)
    inputs = vectors(LENGTHS, D, torch.float32)
    outputs, state, (_, *gradients) = everything(Reference(cell, stack), inputs)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        first = stack(inputs)
        second = stack(inputs, first.state)
    scalar(first).backward()
    # About twice what torch's own modules and the loop are off in bfloat16, whose numbers are off by up to 0.004.
    divides = cell == "layer_norm_lstm"  # by small numbers
    most, most_of_gradient = (0.05, 0.3) if divides else (0.01, 0.5 if cell in BENT else 0.07)
    for found, wanted in zip((first.outputs.data, *first.state), (outputs, *state), strict=True):
        assert distance(found, wanted) < most
    assert torch.isfinite(second.outputs.data).all()
    for weight, gradient in zip(stack.parameters(), gradients, strict=True):
        assert weight.grad.dtype is torch.float32
        assert distance(weight.grad, gradient) < most_of_gradient


@every_run
@pytest.mark.parametrize("dtypes", [(torch.float32, torch.float64), (torch.float64, torch.float32)], ids=str)
def test_weights_and_inputs_of_two_dtypes_are_refused_as_torch_does(cell, implementation, dtypes, vectors):
    stack, inputs = made(cell, implementation, dtype=dtypes[0]), vectors(LENGTHS, D, dtypes[1])
    with pytest.raises((RuntimeError, ValueError), match=r"dtype|type"):
        stack(inputs)


# Padding, company, time


@every_run
@every_direction
@pytest.mark.parametrize(("noise", "more"), [(1e6, 3), (float("nan"), 0)], ids=["large_wide", "nan_tight"])
def test_noise_in_padding_changes_nothing(cell, implementation, bidirectional, noise, more, vectors, noisy):
    stack, clean = made(cell, implementation, 2, bidirectional), vectors(LENGTHS, D)
    wide = max(LENGTHS) + more
    wanted, found = (everything(stack, padded) for padded in (noisy(clean, 0, more), noisy(clean, noise, more)))
    assert_close(found, wanted, rtol=1e-12, atol=1e-12)
    past = torch.arange(wide) >= clean.lengths[:, None]
    assert found[0].shape == (len(LENGTHS), wide, stack.output_size)
    assert not found[0][past].any()  # outputs
    assert not found[2][0][past].any()  # gradient of the inputs
    if "relu" not in cell and cell != "indrnn":
        assert found[0][~past].all()


@every_run
@every_direction
def test_a_sequence_alone_equals_itself_in_company(cell, implementation, bidirectional, vectors):
    stack, inputs = made(cell, implementation, 2, bidirectional), vectors(LENGTHS, D)
    state = a_state(stack, len(LENGTHS))
    together = stack(inputs, state)
    for i, row in enumerate(inputs.rows()):
        alone = stack(Padded(row[None], torch.tensor([len(row)])), tuple(s[:, i : i + 1] for s in state))
        assert_close(together.outputs.rows()[i], alone.outputs.data[0], rtol=1e-10, atol=1e-10)
        assert_close(tuple(s[:, i : i + 1] for s in together.state), alone.state, rtol=1e-10, atol=1e-10)


@every_run
@pytest.mark.parametrize("layers", [1, 3])
def test_ten_steps_equal_six_then_four(cell, implementation, layers, vectors):
    stack, whole = made(cell, implementation, layers), vectors([10, 8, 7], D)
    first = stack(Padded(whole.data[:, :6], torch.tensor([6, 6, 6])))
    second = stack(Padded(whole.data[:, 6:], whole.lengths - 6), first.state)
    at_once = stack(whole)
    joined = torch.cat([first.outputs.data, second.outputs.data], dim=1)
    assert_close(joined, at_once.outputs.data, rtol=1e-10, atol=1e-10)
    assert_close(second.state, at_once.state, rtol=1e-10, atol=1e-10)


@every_run
def test_a_backward_cell_is_a_forward_cell_on_turned_sequences(cell, implementation, vectors):
    both, alone, inputs = made(cell, implementation, 1, True), made(cell, implementation), vectors(LENGTHS, D)
    weights = both.state_dict().items()
    alone.load_state_dict({name.removesuffix("_reverse"): w for name, w in weights if name.endswith("_reverse")})
    state = a_state(both, len(LENGTHS))
    found = both(inputs, state)
    wanted = alone(turned(inputs), tuple(s[..., H:].contiguous() for s in state))
    assert_close(found.outputs.data[..., H:], turned(wanted.outputs).data, rtol=1e-10, atol=1e-10)
    assert_close(tuple(s[..., H:] for s in found.state), wanted.state, rtol=1e-10, atol=1e-10)


@every_run
@every_direction
def test_the_last_layers_state_is_the_output_at_each_end(cell, implementation, bidirectional, vectors):
    encoded = made(cell, implementation, 2, bidirectional)(vectors(LENGTHS, D))
    assert [tuple(s.shape) for s in encoded.state] == [(2, len(LENGTHS), H * (1 + bidirectional))] * len(encoded.state)
    for i, row in enumerate(encoded.outputs.rows()):
        ends = torch.cat([row[-1, :H], row[0, H:]])  # the backward half ends where the sequence begins
        assert_close(encoded.state[0][-1, i], ends, rtol=0, atol=0)


@every_run
def test_inputs_and_first_state_are_left_as_they_were(cell, implementation, vectors):
    stack, inputs = made(cell, implementation, 2), vectors(LENGTHS, D)
    given = inputs.data, *a_state(stack, len(LENGTHS))
    before = [part.clone() for part in given]
    scalar(stack(inputs, given[1:])).backward()
    assert all(torch.equal(one, other) for one, other in zip(given, before, strict=True))


@pytest.mark.parametrize("implementation", ["cudnn", "packed_rows", "onednn", "loop", "scan"])
@pytest.mark.parametrize("lengths", [[0, 2], [2, 3], [-1, 2]], ids=str)
def test_lengths_that_torch_would_clip_are_refused(implementation, lengths):
    stack = made("mingru" if implementation == "scan" else "lstm", implementation)
    with pytest.raises(ValueError, match="wanted 1 to 2"):
        stack(Padded(torch.zeros(2, 2, D).double(), torch.tensor(lengths)))


# The layout


def test_rows_are_the_steps_in_the_order_of_time(vectors):
    padded = vectors(LENGTHS, D)
    layout = layout_of(padded)
    ordered = sorted(range(len(LENGTHS)), key=lambda b: -LENGTHS[b])
    there = [(b, t) for t in range(max(LENGTHS)) for b in ordered if t < LENGTHS[b]]
    assert layout.sizes == [5, 4, 3, 2, 2]
    assert torch.equal(layout.enter(padded.data), torch.stack([padded.data[b, t] for b, t in there]))
    assert torch.equal(layout.leave(layout.enter(padded.data)), padded.data)
    numbers = torch.arange(len(there))
    forward, backward = layout.steps(False, numbers, -numbers), layout.steps(True, numbers, -numbers)
    assert [size for size, *_ in forward] == layout.sizes
    assert torch.equal(torch.cat([rows for _, rows, _ in forward]), numbers)
    assert torch.equal(torch.cat([rows for *_, rows in backward[::-1]]), -numbers)
    assert forward[0][1].data_ptr() == numbers.data_ptr()  # views, into which kernels write
    per_sequence = torch.randn(len(LENGTHS), H)
    assert torch.equal(layout.sort((per_sequence,))[0], per_sequence[ordered])
    assert torch.equal(layout.unsort(layout.sort((per_sequence,)))[0], per_sequence)
    assert torch.equal(layout.spread(per_sequence), torch.stack([per_sequence[ordered.index(b)] for b, _ in there]))
    for neighbours, step in ((layout.before, -1), (layout.after, 1)):
        for row, (b, t) in enumerate(there):
            known = (b, t + step) in there
            assert neighbours[row] == (there.index((b, t + step)) if known else len(there) + ordered.index(b))


# The choice


@pytest.mark.parametrize(
    ("cell", "device", "dtype", "zoneout", "wanted"),
    [
        ("lstm", "cpu", torch.float32, 0.0, "onednn"),
        ("lstm", "cpu", torch.bfloat16, 0.0, "onednn" if onednn_takes(torch.bfloat16) else "packed_rows"),
        ("lstm", "cpu", torch.float64, 0.0, "packed_rows"),
        ("lstm", "cpu", torch.float32, 0.1, "loop"),
        ("rnn", "cpu", torch.float32, 0.0, "packed_rows"),
        ("rnn_relu", "cpu", torch.float64, 0.0, "packed_rows"),
        ("gru", "cpu", torch.bfloat16, 0.0, "packed_rows"),
        ("gru_reset_before", "cpu", torch.float32, 0.0, "packed_rows"),
        ("layer_norm_lstm", "cpu", torch.float32, 0.0, "packed_rows"),
        ("layer_norm_lstm", "cpu", torch.float32, 0.2, "loop"),
        ("peephole_lstm", "cpu", torch.float32, 0.0, "loop"),
        ("coupled_lstm", "cpu", torch.float64, 0.0, "loop"),
        ("indrnn", "cpu", torch.float32, 0.0, "loop"),
        ("mingru", "cpu", torch.float32, 0.0, "scan"),
        ("minlstm", "cpu", torch.bfloat16, 0.0, "scan"),
        ("minlstm", "cpu", torch.float32, 0.3, "loop"),
        ("rnn", "cuda", torch.float32, 0.0, "cudnn"),
        ("lstm", "cuda", torch.bfloat16, 0.0, "cudnn"),
        ("gru", "cuda", torch.float64, 0.0, "cudnn"),
        ("gru", "cuda", torch.float32, 0.3, "loop"),
        ("mingru", "cuda", torch.float32, 0.0, "scan"),
    ],
)
def test_the_rule_for_a_cell(cell, device, dtype, zoneout, wanted):
    rule = made(cell, zoneout=zoneout).rule(device, dtype)
    assert rule == choose(CELLS[cell](D, H), device, dtype, zoneout)
    assert rule.name == wanted
    assert allowed(CELLS[cell](D, H), rule.name)
    assert rule.why
    assert "\n" not in str(rule)


@pytest.mark.parametrize(
    ("cell", "lengths", "autocast", "wanted"),
    [
        ("lstm", [10, 10], False, "onednn"),
        ("lstm", [10, 4], False, "onednn"),
        ("lstm", [10, 2], False, "packed_rows"),
        ("lstm", [10, 2], True, "packed_rows"),
        ("lstm", [10, 10], True, "onednn" if onednn_takes(torch.bfloat16) else "packed_rows"),
        ("lstm", [1, 1], False, "loop"),
        ("gru", [10, 1], False, "packed_rows"),
        ("gru", [1, 1], True, "loop"),
        ("peephole_lstm", [10, 10], False, "loop"),
        ("mingru", [10, 1], False, "scan"),
        ("mingru", [1, 1], False, "scan"),
    ],
)
def test_the_rule_for_a_batch(cell, lengths, autocast, wanted, vectors):
    stack, inputs = made(cell, dtype=torch.float32), vectors(lengths, D, torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        dtype = compute_dtype(inputs.data)
    assert dtype is (torch.bfloat16 if autocast else torch.float32)
    assert stack.rule("cpu", dtype).of(inputs) == wanted


def test_an_implementation_that_was_configured_is_taken():
    for cell, implementation in RUNS:
        assert made(cell, implementation).rule("cpu", torch.float64) == (implementation, "as configured", 0.0, "loop")


# Cells of somebody's own, and zoneout


class Own(Cell):
    """Sums up its inputs; its results are spoilt by a function."""

    def __init__(self, spoil):
        super().__init__()
        self.spoil = spoil

    def forward(self, x, state):
        h = state[0] + x
        return self.spoil(h, (h, *state[1:]))

    def zero_state(self, batch_size, like):
        return like.new_zeros(batch_size, D), like.new_zeros(batch_size, 2)


@every_direction
def test_a_cell_of_ones_own_runs(bidirectional, vectors):
    inputs = vectors(LENGTHS, D)
    encoded = Stack(D, [D], lambda *_: Own(lambda y, state: (y, state)), bidirectional)(inputs)
    assert_close(encoded.outputs.data[..., :D], inputs.data.cumsum(dim=1) * inputs.mask[..., None])
    for way in range(1 + bidirectional):
        assert_close(encoded.state[0][0][:, D * way : D * (way + 1)], inputs.data.sum(dim=1))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda y, state: (y[:, 1:], state),
        lambda y, state: (y[0], state),
        lambda y, state: (y, state[:1]),
        lambda y, state: (y, (*state, y)),
        lambda y, state: (y, (state[0], state[1][:1])),
        lambda y, state: (y, y),
    ],
    ids=["narrow output", "output without batch", "state lost", "state more", "state of one", "no tuple"],
)
@every_direction
def test_a_cell_that_returns_other_shapes_is_refused_by_name(spoil, bidirectional, vectors):
    with pytest.raises(ValueError, match=r"Own: output and state of shapes .* found, wanted"):
        Stack(D, [D], lambda *_: Own(spoil), bidirectional)(vectors(LENGTHS, D))


@pytest.mark.parametrize("cell", CELLS)
@every_direction
def test_zoneout_near_1_keeps_the_state(cell, bidirectional, vectors):
    stack, inputs = made(cell, "auto", 2, bidirectional, zoneout=1 - 1e-9), vectors(LENGTHS, D)
    state = a_state(stack, len(LENGTHS))
    encoded = stack(inputs, state)
    assert_close(encoded.state, state, rtol=0, atol=0)
    wanted = state[0][-1][:, None] * inputs.mask[..., None]  # what is written is h, and so it stands still too
    assert_close(encoded.outputs.data, wanted, rtol=0, atol=0)


@pytest.mark.parametrize("cell", CELLS)
def test_zoneout_is_the_mean_of_old_and_new_outside_training(cell, vectors):
    stack, inputs = made(cell, "loop", zoneout=0.3).eval(), vectors([5, 5], D)
    one = stack.layers[0].cells[0]
    state = one.zero_state(2, inputs.data)
    for t in range(5):
        new = one(inputs.data[:, t], state)[1]
        state = tuple(0.7 * n + 0.3 * old for n, old in zip(new, state, strict=True))
        assert_close(stack(inputs).outputs.data[:, t], state[0], rtol=1e-12, atol=1e-12)
    assert_close(stack(inputs).state, tuple(part[None] for part in state), rtol=1e-12, atol=1e-12)


def test_zoneout_keeps_its_share_in_training(vectors):
    stack, count = made("lstm", "auto", zoneout=0.3), 5000
    inputs = Padded(vectors([1], D).data.expand(count, -1, -1), torch.ones(count, dtype=torch.long))
    start = tuple(part.expand(-1, count, -1) for part in a_state(stack, 1))
    with torch.no_grad():
        ends = stack(inputs, start).state
    for end, old in zip(ends, start, strict=True):
        assert ((end == old).double().mean(dim=1) - 0.3).abs().max() < 0.035  # more than 5 standard deviations
        assert all(len(end[0, :, column].unique()) == 2 for column in range(H))


@pytest.mark.parametrize("cell", CELLS)
def test_zoneout_of_0_is_none(cell, vectors):
    inputs, none = vectors(LENGTHS, D), made(cell, "auto", 2, True)
    zero = made(cell, "auto", 2, True, zoneout=0.0)
    zero.load_state_dict(none.state_dict())
    assert_close(everything(zero, inputs), everything(none, inputs), rtol=0, atol=0)
