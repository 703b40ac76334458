"""One thread and two: the same numbers, to the last bit.

Where MKL parts its work, and how, depends on the processor; what seqmodels.nn.linear knows was measured on AMD's.
"""

from pathlib import Path

import pytest
import torch

from seqmodels.nn.attention import AdditiveAttention, DotAttention, LookBack
from seqmodels.nn.cells import (
    Cell,
    GRUCell,
    GRUResetBeforeCell,
    LSTMCell,
    MinGRUCell,
    MinLSTMCell,
    RNNCell,
)
from seqmodels.nn.heads import CategoricalHead
from seqmodels.nn.linear import Linear
from seqmodels.nn.recurrence import Stack
from seqmodels.nn.sigmoid import sigmoid
from seqmodels.types import Padded

CPU = Path("/proc/cpuinfo")
pytestmark = pytest.mark.skipif(
    not CPU.is_file() or "AuthenticAMD" not in CPU.read_text(), reason="measured on AMD's processors alone"
)


@pytest.fixture
def both():
    """Calls something under one thread and under two, and says whether what it returns differs."""
    before = torch.get_num_threads()

    def call(work):
        found = []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            found.append([tensor.clone() for tensor in work()])
        return [i for i, pair in enumerate(zip(*found, strict=True)) if not torch.equal(*pair)]

    yield call
    torch.set_num_threads(before)


def steps(module, loss):
    """A few training steps from the same weights on; what became of them."""
    weights = {name: tensor.clone() for name, tensor in module.state_dict().items()}

    def work():
        module.load_state_dict(weights)
        optimizer = torch.optim.Adam(module.parameters(), lr=0.01, fused=True)
        for _ in range(3):
            optimizer.zero_grad()
            loss().backward()
            torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimizer.step()
        return module.state_dict().values()

    return work


@pytest.mark.parametrize("length", [8, 17, 23, 45])
@pytest.mark.parametrize("kind", [AdditiveAttention, DotAttention])
def test_attention(both, kind, length):
    torch.manual_seed(length)
    attention = kind(50, 50)
    query, values = torch.randn(64, 11, 50, requires_grad=True), torch.randn(64, length, 50, requires_grad=True)
    memory = Padded(values, torch.randint(1, length + 1, (64,)))
    goal = torch.randn(64, 11, 50)

    def work():
        context = attention(query, attention.prepare(memory)).context
        return torch.autograd.grad((context * goal).sum(dim=(1, 2)).unbind(), [query, values, *attention.parameters()])

    assert both(work) == []


@pytest.mark.parametrize("length", [8, 23, 64])
def test_looking_back(both, length):
    torch.manual_seed(length)
    look_back = LookBack(50, 70, window=100, key_size=60)
    inputs = Padded(torch.randn(64, length, 50), torch.full((64,), length))
    states, goal = torch.randn(64, length, 70), torch.randn(64, length, 50)
    _, kept = look_back(inputs, torch.randn(64, length, 70))
    kept = tuple(part.detach() for part in kept)

    def loss():
        return (look_back(inputs, states, kept)[0] - goal).square().sum(dim=2).mean(dim=1).mean()

    assert both(steps(look_back, loss)) == []


@pytest.mark.parametrize("rows", [1, 3, 5, 7, 10, 11, 13, 100])
@pytest.mark.parametrize("classes", [2, 5, 6, 9, 11, 30])
def test_a_linear_map(both, rows, classes):
    torch.manual_seed(rows)
    linear = Linear(75, classes)
    x, goal = torch.randn(rows, 75), torch.randn(rows, classes)
    assert both(steps(linear, lambda: (linear(x) - goal).square().sum(dim=1).mean())) == []


@pytest.mark.parametrize("classes", [6, 9])
def test_a_head(both, classes):
    torch.manual_seed(classes)
    head = CategoricalHead(75, classes, label_smoothing=0.1)
    features = Padded(torch.randn(32, 20, 75), torch.randint(1, 21, (32,)))
    targets = Padded(torch.randint(0, classes, (32, 20)), features.lengths)
    assert both(steps(head, lambda: head.loss(head(features), targets))) == []


@pytest.mark.parametrize("strided", [False, True])
@pytest.mark.parametrize("shape", [(439, 300), (1103, 75), (859, 75), (429, 288), (600, 64)])
def test_sigmoid(both, shape, strided):
    torch.manual_seed(0)
    x = torch.randn(shape[0], 2 * shape[1])[:, : shape[1]] if strided else torch.randn(shape)
    assert both(lambda: [sigmoid(x)]) == []


@pytest.mark.parametrize("cell", [MinGRUCell, MinLSTMCell])
@pytest.mark.parametrize("width", [64, 75])
def test_a_scan(both, cell: type[Cell], width):
    assert both(stack_steps(cell, width, [20] * 43)) == []


@pytest.mark.parametrize("cell", [RNNCell, LSTMCell, GRUCell])
def test_a_recurrence_over_whole_sequences(both, cell):
    assert both(stack_steps(cell, 75, [12] * 43)) == []


def stack_steps(cell, width, lengths, implementation="auto"):
    torch.manual_seed(width)
    stack = Stack(33, [width], cell, bidirectional=True, implementation=implementation)
    inputs = Padded(torch.randn(len(lengths), max(lengths), 33), torch.tensor(lengths))
    return steps(stack, lambda: stack(inputs).outputs.data.square().sum(dim=2).mean(dim=1).mean())


@pytest.mark.parametrize("cell", [RNNCell, LSTMCell, GRUCell, GRUResetBeforeCell])
@pytest.mark.parametrize("width", [64, 75])
def test_rows_of_which_few_are_left(both, cell, width):
    assert both(stack_steps(cell, width, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 30], "packed_rows")) == []


@pytest.mark.parametrize("cell", [LSTMCell, GRUCell])
def test_rows_of_uneven_width(both, cell):
    assert both(stack_steps(cell, 300, [3] * 63, "packed_rows")) == []
