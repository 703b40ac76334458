"""linear_cross_entropy against torch's linear layer and cross-entropy."""

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from seqmodels.nn.linear_cross_entropy import linear_cross_entropy


def made(rows, width, classes, dtype=torch.float64, scale=1.0):
    tensors = [torch.randn(rows, width), torch.randn(classes, width) * scale, torch.randn(classes)]
    return [tensor.to(dtype).requires_grad_() for tensor in tensors], torch.randint(classes, (rows,))


def both(tensors, targets, smoothing):
    x, weight, bias = tensors
    torchs = F.cross_entropy(F.linear(x, weight, bias), targets, label_smoothing=smoothing)
    ours = linear_cross_entropy(x, weight, bias, targets, smoothing)
    return [(loss, torch.autograd.grad(3 * loss, tensors)) for loss in (ours, torchs)]


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
@pytest.mark.parametrize(("rows", "classes"), [(1, 40), (5, 13), (12, 12), (13, 7), (40, 300)])
def test_loss_and_gradients_are_torchs(smoothing, rows, classes):
    ours, torchs = both(*made(rows, 8, classes), smoothing)
    assert_close(ours, torchs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_in_single_precision_it_is_torchs_to_a_millionth(smoothing):
    ours, torchs = both(*made(60, 32, 2000, torch.float32, 0.2), smoothing)
    assert_close(ours, torchs, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_target_of_no_probability_costs_what_it_should(smoothing):
    tensors, targets = made(20, 8, 30, torch.float32, 100.0)  # exp runs under for most classes
    ours, torchs = both(tensors, targets, smoothing)
    assert torch.isfinite(ours[0])
    assert_close(ours[0], torchs[0])


def test_nothing_is_kept_where_no_gradient_is_wanted():
    (x, weight, bias), targets = made(20, 8, 30)
    with torch.no_grad():
        assert_close(
            linear_cross_entropy(x, weight, bias, targets, 0.1),
            F.cross_entropy(F.linear(x, weight, bias), targets, label_smoothing=0.1),
        )


def test_under_autocast_the_softmax_stays_in_single_precision():
    (x, weight, bias), targets = made(40, 16, 50, torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = linear_cross_entropy(x.bfloat16(), weight, bias, targets, 0.1)
    assert loss.dtype == torch.float32
    grads = torch.autograd.grad(loss, [x, weight, bias])
    exact = torch.autograd.grad(
        F.cross_entropy(F.linear(x, weight, bias), targets, label_smoothing=0.1), [x, weight, bias]
    )
    for grad, wanted in zip(grads, exact, strict=True):
        assert_close(grad, wanted, rtol=0.05, atol=5e-3)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize(("rows", "classes"), [(5, 500), (67, 1000), (12, 301), (700, 9)])
def test_one_thread_and_two_give_the_same_bits(smoothing, rows, classes):
    tensors, targets = made(rows, 50, classes, torch.float32)
    before, found = torch.get_num_threads(), []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        loss = linear_cross_entropy(*tensors, targets, smoothing)
        found.append([loss.detach(), *torch.autograd.grad(loss, tensors)])
    torch.set_num_threads(before)
    assert all(torch.equal(one, two) for one, two in zip(*found, strict=True))
