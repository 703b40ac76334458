"""How large gradients are, against torch's own measure, and what is said when one is no number."""

import math

import pytest
import torch
from torch.nn import Parameter

from seqmodels.learning import NonFinite, gradient_norm, largest_gradients

NAN, INF = float("nan"), float("inf")


def with_gradients(*gradients):
    """Parameters that have these gradients, or none."""
    made = []
    for gradient in gradients:
        parameter = Parameter(torch.zeros(1 if gradient is None else torch.as_tensor(gradient).shape))
        parameter.grad = None if gradient is None else torch.as_tensor(gradient)
        made.append(parameter)
    return made


SHAPES = [(3,), (2, 3), (), (1, 1, 4), (0,)]


@pytest.mark.parametrize("count", range(len(SHAPES) + 1))
def test_the_norm_is_that_of_all_gradients_in_one_vector(count):
    parameters = with_gradients(*[torch.randn(shape) for shape in SHAPES[:count]], None)
    norm = gradient_norm(parameters)
    assert norm.shape == ()
    together = torch.cat([torch.zeros(1), *(p.grad.flatten() for p in parameters if p.grad is not None)])
    assert float(norm) == pytest.approx(float(together.double().norm()))


def test_the_norm_is_that_by_which_torch_clips():
    parameters = with_gradients(*map(torch.randn, SHAPES))
    before = [p.grad.clone() for p in parameters]
    norm = gradient_norm(parameters)
    assert all(torch.equal(p.grad, gradient) for p, gradient in zip(parameters, before, strict=True))
    assert torch.equal(norm, torch.nn.utils.clip_grad_norm_(parameters, 0.1))
    assert float(gradient_norm(parameters)) == pytest.approx(0.1)


@pytest.mark.parametrize("wrong", [NAN, INF, -INF])
def test_one_gradient_that_is_no_number_makes_the_norm_none(wrong):
    assert not torch.isfinite(gradient_norm(with_gradients([1.0, 2.0], [0.0, wrong], None)))


def test_the_largest_gradients_are_named_and_before_them_what_is_no_number():
    gradients = {"small": [0.3, 0.4], "none": None, "nan": [NAN, 0.0], "large": [3.0, 4.0], "inf": [INF, 0.0]}
    named = list(zip(gradients, with_gradients(*gradients.values()), strict=True))
    (first, norm), *others = largest_gradients(named)
    assert first == "nan"
    assert math.isnan(norm)
    assert others == [("inf", INF), ("large", pytest.approx(5.0))]
    assert largest_gradients(named[:2]) == [("small", pytest.approx(0.5))]
    assert largest_gradients([]) == []


def test_the_exception_says_what_it_knows():
    error = NonFinite(7, NAN, [("head.bias", INF), ("encoder.weight", 12345.678)])
    assert (error.step, error.largest) == (7, [("head.bias", INF), ("encoder.weight", 12345.678)])
    assert str(error) == "step 7: loss nan, largest gradient norms: head.bias inf, encoder.weight 1.23e+04"
