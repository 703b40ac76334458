"""Recurrences written by hand give the numbers and gradients of a plain loop over the equations."""

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from seqmodels.nn.recurrence.kernels.gru_reset_before import GruResetBeforeRows
from seqmodels.nn.recurrence.kernels.layer_norm_lstm import LayerNormLstmRows
from seqmodels.nn.recurrence.kernels.linear_scan import LinearScanRows, parallel_scan
from seqmodels.nn.recurrence.layout import layout_of

D, H = 3, 4
LENGTHS = [2, 5, 1, 5, 3]


def gru_step(x, state, w, u, b):
    (h,) = state
    r, z = torch.sigmoid(x @ w[: 2 * H].t() + b[: 2 * H] + h @ u[: 2 * H].t()).chunk(2)
    n = torch.tanh(x @ w[2 * H :].t() + b[2 * H :] + (r * h) @ u[2 * H :].t())
    return ((1 - z) * n + z * h,)


def lstm_step(x, state, w, u, b, gain_ih, gain_hh, gain_c, bias_c):
    h, c = state
    sums = F.layer_norm(u @ h, [4 * H]) * gain_hh + F.layer_norm(w @ x, [4 * H]) * gain_ih + b
    i, f, g, o = sums.chunk(4)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * torch.tanh(F.layer_norm(c, [H]) * gain_c + bias_c), c


def scan_step(x, state):
    a, b = x.chunk(2)
    return (a * state[0] + b,)


def scan_rows(x, h0, layout, reverse):
    return LinearScanRows.apply(*x.chunk(2, dim=1), h0, layout, reverse)


# By name: the function, one step of it, the width of x, the number of states, the shapes of its weights.
CASES = {
    "gru": (GruResetBeforeRows.apply, gru_step, D, 1, [(3 * H, D), (3 * H, H), (3 * H,)]),
    "lstm": (
        LayerNormLstmRows.apply,
        lstm_step,
        D,
        2,
        [(4 * H, D), (4 * H, H), (4 * H,), (4 * H,), (4 * H,), (H,), (H,)],
    ),
    "scan": (scan_rows, scan_step, 2 * H, 1, []),
}


def looped(step, data, lengths, states, weights, reverse):
    """Outputs of every sequence in turn, and the last states, sequence by sequence and step by step."""
    outputs, lasts = torch.zeros(*data.shape[:2], H, dtype=data.dtype), []
    for row, length in enumerate(lengths):
        state = tuple(s[row] for s in states)
        found = {}
        for t in range(length)[:: -1 if reverse else 1]:
            state = step(data[row, t], state, *weights)
            found[t] = state[0]
        outputs[row, :length] = torch.stack([found[t] for t in range(length)])
        lasts.append(state)
    return outputs, *(torch.stack(part) for part in zip(*lasts, strict=True))


def random(*shape, dtype=torch.float64):
    return torch.randn(*shape, dtype=dtype).requires_grad_()


def with_gradients(results, given):
    cost = sum((r * torch.arange(r.numel(), dtype=r.dtype).reshape(r.shape).cos()).sum() for r in results)
    return *results, *torch.autograd.grad(cost, given)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("lengths", [LENGTHS, [4, 4, 4], [1]])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-5)])
def test_equals_a_plain_loop(name, reverse, lengths, dtype, tolerance, vectors):
    function, step, width, count, shapes = CASES[name]
    padded = vectors(lengths, width, dtype)
    layout = layout_of(padded)
    data = padded.data.requires_grad_()
    states = [random(len(lengths), H, dtype=dtype) for _ in range(count)]
    weights = [random(*shape, dtype=dtype) for shape in shapes]
    given = [data, *states, *weights]
    outputs, *lasts = looped(step, data, lengths, states, weights, reverse)
    wanted = with_gradients([layout.enter(outputs), *lasts], given)
    starts = [s[layout.order] for s in states]
    rows, *ends = function(layout.enter(data), *starts, *weights, layout, reverse)
    found = with_gradients([rows, *(end[layout.rank] for end in ends)], given)
    assert_close(found, wanted, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("reverse", [False, True])
def test_gradients_by_hand_are_those_of_finite_differences(name, reverse, vectors):
    function, _, width, count, shapes = CASES[name]
    padded = vectors([3, 1, 2], width)
    layout = layout_of(padded)
    given = [layout.enter(padded.data).requires_grad_(), *(random(3, H) for _ in range(count))]
    given += [random(*shape) for shape in shapes]
    assert torch.autograd.gradcheck(lambda *tensors: function(*tensors, layout, reverse), given)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("steps", [1, 2, 7, 8])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-5)])
def test_parallel_scan_equals_a_plain_loop(reverse, steps, dtype, tolerance):
    data, h0 = random(2, steps, 2 * H, dtype=dtype), random(2, H, dtype=dtype)
    outputs, last = looped(scan_step, data, [steps, steps], [h0], [], reverse)
    found = parallel_scan(*data.chunk(2, dim=2), h0, reverse)
    results = [found, found[:, 0 if reverse else -1]]
    wanted = with_gradients([outputs, last], [data, h0])
    assert_close(with_gradients(results, [data, h0]), wanted, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("reverse", [False, True])
def test_parallel_scan_stands_still_on_padding_and_has_right_gradients(reverse, vectors):
    padded = vectors(LENGTHS, 2 * H)
    a, b = padded.data.chunk(2, dim=2)
    a = a.masked_fill(~padded.mask[..., None], 1)
    h0 = random(len(LENGTHS), H)
    found = parallel_scan(a, b, h0, reverse)
    _, last = looped(scan_step, padded.data, LENGTHS, [h0], [], reverse)
    assert_close(found[:, 0 if reverse else -1], last)
    assert torch.autograd.gradcheck(parallel_scan, (a[:2].requires_grad_(), b[:2].requires_grad_(), h0[:2], reverse))
