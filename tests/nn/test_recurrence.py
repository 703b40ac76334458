"""Every implementation of a recurrence gives the numbers of torch's own."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.recurrence import choose, run_recurrence
from seqmodels.nn.recurrence.layout import from_rows, layout_of, to_rows

D, H = 3, 4
LENGTHS = [2, 5, 1, 5, 3]
CELLS = [nn.RNN, nn.LSTM, nn.GRU]
CASES = [*((cell, "rows") for cell in CELLS), (nn.LSTM, "onednn")]


def made(cell, layers=1, bidirectional=False, dtype=torch.float64):
    return cell(D, H, layers, batch_first=True, bidirectional=bidirectional).to(dtype)


def everything(module, inputs, state, implementation):
    """Outputs, final state, and the gradients of a sum over both with respect to all that went in."""
    data = inputs.data.clone().requires_grad_()
    start = None if state is None else tuple(s.clone().requires_grad_() for s in state)
    encoded = run_recurrence(module, Padded(data, inputs.lengths), start, implementation)
    weights = torch.arange(encoded.outputs.data.numel(), dtype=data.dtype).reshape(encoded.outputs.data.shape).cos()
    cost = (encoded.outputs.data * weights).sum() + sum((i + 1) * s.square().sum() for i, s in enumerate(encoded.state))
    return encoded.outputs.data, encoded.state, torch.autograd.grad(cost, [data, *(start or ()), *module.parameters()])


@pytest.mark.parametrize(("cell", "implementation"), CASES)
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-5)])
def test_equals_packed_torch(cell, implementation, layers, bidirectional, given, dtype, tolerance, vectors):
    module, inputs = made(cell, layers, bidirectional, dtype), vectors(LENGTHS, D, dtype)
    width = H * (1 + bidirectional)
    state = tuple(torch.randn(layers, len(LENGTHS), width, dtype=dtype) for _ in range(1 + (cell is nn.LSTM)))
    wanted = everything(module, inputs, state if given else None, "packed")
    found = everything(module, inputs, state if given else None, implementation)
    assert_close(found, wanted, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_gradients_by_hand_are_those_of_finite_differences(cell, bidirectional, vectors):
    module, inputs = made(cell, 2, bidirectional), vectors([3, 1, 2], D)

    def run(data, *weights):
        for parameter, weight in zip(list(module._parameters), weights, strict=True):
            module._parameters[parameter] = weight
        encoded = run_recurrence(module, Padded(data, inputs.lengths), None, "rows")
        return encoded.outputs.data, *encoded.state

    weights = [p.detach().clone().requires_grad_() for p in module.parameters()]
    assert torch.autograd.gradcheck(run, (inputs.data.requires_grad_(), *weights))


def test_dropout_stands_between_layers_only(vectors):
    for cell, implementation in CASES:
        one, two = made(cell), made(cell, 2)
        one.dropout = two.dropout = 0.5
        inputs = vectors(LENGTHS, D)
        first, second = (run_recurrence(one, inputs, None, implementation).outputs.data for _ in range(2))
        assert torch.equal(first, second)
        first, second = (run_recurrence(two, inputs, None, implementation).outputs.data for _ in range(2))
        assert not torch.equal(first, second)
        two.eval()
        first, second = (run_recurrence(two, inputs, None, implementation).outputs.data for _ in range(2))
        assert torch.equal(first, second)


def test_rows_are_the_steps_in_the_order_of_time(vectors):
    padded = vectors(LENGTHS, D)
    layout = layout_of(padded)
    ordered = sorted(range(len(LENGTHS)), key=lambda b: -LENGTHS[b])
    there = [(b, t) for t in range(max(LENGTHS)) for b in ordered if t < LENGTHS[b]]
    assert layout.sizes == [5, 4, 3, 2, 2]
    assert torch.equal(to_rows(padded.data, layout), torch.stack([padded.data[b, t] for b, t in there]))
    assert torch.equal(from_rows(to_rows(padded.data, layout), layout, *padded.data.shape[:2]), padded.data)
    for neighbours, step in ((layout.before, -1), (layout.after, 1)):
        for row, (b, t) in enumerate(there):
            known = (b, t + step) in there
            assert neighbours[row] == (there.index((b, t + step)) if known else len(there) + ordered.index(b))


def test_full_batches_of_an_lstm_go_to_onednn_and_others_to_rows():
    full, thin = torch.tensor([10, 10]), torch.tensor([10, 1])
    data = torch.zeros(2, 10, D)
    assert choose(made(nn.LSTM), Padded(data, full)) == "onednn"
    assert choose(made(nn.LSTM), Padded(data, thin)) == "rows"
    assert choose(made(nn.GRU), Padded(data, full)) == "rows"
    assert choose(made(nn.RNN), Padded(data, full)) == "rows"


@pytest.mark.parametrize("cell", CELLS)
def test_lower_precision_is_left_to_torch(cell, vectors):
    module, inputs = made(cell, dtype=torch.float32), vectors(LENGTHS, D, torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert choose(module, inputs) == "packed"
        assert_close(
            run_recurrence(module, inputs).outputs.data, run_recurrence(module, inputs, None, "packed")[0].data
        )


@pytest.mark.parametrize("implementation", ["packed", "rows", "onednn"])
@pytest.mark.parametrize("lengths", [[0, 2], [2, 3]])
def test_lengths_that_torch_would_clip_are_refused(implementation, lengths):
    with pytest.raises(ValueError, match="wanted 1 to 2"):
        run_recurrence(
            made(nn.LSTM), Padded(torch.zeros(2, 2, D).double(), torch.tensor(lengths)), None, implementation
        )
