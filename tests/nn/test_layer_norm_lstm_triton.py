"""The layer-norm LSTM in one Triton kernel gives the numbers and gradients of the one whose steps torch runs.

A GPU runs it compiled (``python -m pytest -m gpu``). Elsewhere Triton's interpreter runs it where Triton is installed.
That has to be asked for before anything imports Triton, hence the process of its own.
"""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest
import torch
from torch.testing import assert_close

from seqmodels.nn.cells import LayerNormLSTMCell
from seqmodels.nn.recurrence import Stack, packed_rows
from seqmodels.nn.recurrence.kernels.layer_norm_lstm import LayerNormLstmRows
from seqmodels.nn.recurrence.kernels.layer_norm_lstm_triton import LayerNormLstmTriton, fits
from seqmodels.nn.recurrence.layout import layout_of

pytestmark = [
    pytest.mark.filterwarnings("ignore:Conversion of an array with ndim > 0:DeprecationWarning"),  # Triton before 3.9
    pytest.mark.filterwarnings("ignore:TRITON_DEFAULT_FP_FUSION:UserWarning"),  # Triton 3.9
]

D, H = 3, 32
# Fewer sequences than a program has, one, and more than a program's.
BATCHES = {"few": [2, 5, 1, 5, 3], "one": [3], "many": [4, 1, *[2] * 16, 3]}
INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"

MISSING = find_spec("triton") is None
# exp and division are approximate on a GPU.
TOLERANCE = {"cpu": 1e-5, "cuda": 1e-4}

elsewhere = "triton is not installed" if MISSING else "test_under_the_interpreter runs this in a process of its own"
on_a_cpu = pytest.param("cpu", marks=pytest.mark.skipif(not INTERPRETED, reason=elsewhere))
on_a_gpu = pytest.param(
    "cuda",
    marks=[
        pytest.mark.gpu,
        pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device on this machine"),
        pytest.mark.skipif(INTERPRETED, reason="TRITON_INTERPRET=1 is set: nothing is compiled"),
    ],
)
on_each = pytest.mark.parametrize("device", [on_a_cpu, on_a_gpu])


@pytest.mark.skipif(INTERPRETED, reason="this is that process")
@pytest.mark.skipif(MISSING, reason="triton is not installed")
def test_under_the_interpreter():
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", __file__]
    done = subprocess.run(words, env=os.environ | {"TRITON_INTERPRET": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def given(vectors, lengths, width, dtype, device):
    """The layout of a batch, and all that the functions take."""
    padded = vectors(lengths, D, torch.float32)
    layout = layout_of(type(padded)(*(tensor.to(device) for tensor in padded)))
    shapes = [(len(lengths), width)] * 2 + [(4 * width, D), (4 * width, width)] + [(4 * width,)] * 3 + [(width,)] * 2
    tensors = [layout.enter(padded.data.to(device)), *(torch.randn(*shape, device=device) for shape in shapes)]
    return layout, [tensor.to(dtype).requires_grad_() for tensor in tensors]


def with_gradients(function, tensors, layout, reverse):
    results = function(*tensors, layout, reverse)
    weights = (torch.arange(r.numel(), device=r.device).cos().reshape(r.shape) for r in results)
    cost = sum((r * w).sum() for r, w in zip(results, weights, strict=True))
    return *results, *torch.autograd.grad(cost, tensors)


@on_each
@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("reverse", [False, True], ids=["forward", "backward"])
def test_equals_the_rows(device, batch, reverse, vectors):
    layout, tensors = given(vectors, BATCHES[batch], H, torch.float32, device)
    wanted = with_gradients(LayerNormLstmRows.apply, tensors, layout, reverse)
    found = with_gradients(LayerNormLstmTriton.apply, tensors, layout, reverse)
    assert_close(found, wanted, rtol=TOLERANCE[device], atol=TOLERANCE[device])


@on_each
@pytest.mark.parametrize("width", [16, 64])
def test_width_does_not_matter(device, width, vectors):
    layout, tensors = given(vectors, [3, 1, 2], width, torch.float32, device)
    wanted = with_gradients(LayerNormLstmRows.apply, tensors, layout, False)
    found = with_gradients(LayerNormLstmTriton.apply, tensors, layout, False)
    assert_close(found, wanted, rtol=TOLERANCE[device], atol=TOLERANCE[device])


@on_each
def test_takes_gradients_of_one_result_alone(device, vectors):
    """What autograd then hands over is no plain tensor: an expanded one, and zeros."""
    layout, tensors = given(vectors, [3, 1, 2], H, torch.float32, device)
    found, wanted = (
        torch.autograd.grad(function(*tensors, layout, False)[0].sum(), tensors)
        for function in (LayerNormLstmTriton.apply, LayerNormLstmRows.apply)
    )
    assert_close(found, wanted, rtol=TOLERANCE[device], atol=TOLERANCE[device])


@on_each
def test_a_stack_runs_it(device, vectors, monkeypatch):
    called = []
    monkeypatch.setattr(packed_rows, "fits", lambda rows, width: called.append(width) or width == H)
    stack = Stack(D, [H, H], LayerNormLSTMCell, bidirectional=True, implementation="triton").to(device)
    padded = vectors([2, 4, 3], D, torch.float32)
    inputs = type(padded)(*(tensor.to(device) for tensor in padded))
    found = stack(inputs)
    assert called == [H] * 4
    stack.implementation = "loop"
    assert_close(found, stack(inputs), rtol=TOLERANCE[device], atol=TOLERANCE[device])


def test_what_does_not_fit_is_refused(vectors):
    stack = Stack(D, [H], LayerNormLSTMCell, implementation="triton")
    with pytest.raises(ValueError, match=r"implementation='triton' wants a GPU.*cpu.*use auto"):
        stack(vectors([2, 3], D, torch.float32))


# The interpreter multiplies bfloat16 wrongly, as if its bits were those of a whole number.
@pytest.mark.parametrize("device", [on_a_gpu])
@pytest.mark.parametrize("width", [16, 128, 256, 512])
@pytest.mark.parametrize("reverse", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def test_is_as_near_to_the_truth_as_the_rows(device, width, reverse, dtype, vectors):
    layout, tensors = given(vectors, BATCHES["many"], width, dtype, device)
    exact = [tensor.detach().double().requires_grad_() for tensor in tensors]
    truth = with_gradients(LayerNormLstmRows.apply, exact, layout, reverse)

    def errors(function):
        results = with_gradients(function, tensors, layout, reverse)
        return [float((r - true).norm() / true.norm()) for r, true in zip(results, truth, strict=True)]

    found, wanted = errors(LayerNormLstmTriton.apply), errors(LayerNormLstmRows.apply)
    worst = [4 * error + 2 * torch.finfo(dtype).eps for error in wanted]
    assert all(mine < most for mine, most in zip(found, worst, strict=True)), (found, wanted)


@pytest.mark.parametrize("device", [on_a_gpu])
def test_what_fits_on_a_gpu(device):
    rows = torch.zeros(3, D, device=device)
    assert fits(rows, 16)
    assert fits(rows.bfloat16(), 512)
    assert not fits(rows.double(), 16)
    assert not fits(rows, 48)
    assert not fits(rows, 1024)


def test_nothing_fits_on_a_cpu():
    assert not fits(torch.zeros(3, D), 16)


def test_importing_the_recurrences_imports_no_kernel():
    probe = "import sys, seqmodels.nn.recurrence as r; sys.exit(f'{r.__name__}.triton_parts' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe]).returncode == 0
