"""Our dropout against what dropout is."""

import pytest
import torch

from seqmodels.nn.dropout import Dropout, dropout


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_the_share_is_dropped_and_the_mean_is_kept(share, dtype):
    x = torch.ones(1000, 1001, dtype=dtype)
    found = dropout(x, share)
    assert found.dtype is dtype
    count = x.numel()
    dropped = int((found == 0).sum())
    assert abs(dropped - share * count) < 5 * (share * (1 - share) * count) ** 0.5 + count / 2**16
    assert found.unique().tolist() == pytest.approx([0.0, 1 / (1 - share)], rel=1e-2)


def test_neighbours_are_dropped_independently():
    # Four elements share one random number, a whole number of 64 bits.
    kept = (dropout(torch.ones(400_000), 0.5) != 0).double().view(-1, 4)
    correlation = torch.corrcoef(kept.t()) - torch.eye(4)
    assert correlation.abs().max() < 0.02


@pytest.mark.parametrize("shape", [(), (1,), (3,), (5, 7), (2, 3, 5)])
def test_any_shape(shape):
    assert dropout(torch.ones(shape), 0.5).shape == shape


def test_the_gradient_passes_where_the_number_did():
    x = torch.randn(50, 50, dtype=torch.float64, requires_grad=True)
    found = dropout(x, 0.3)
    found.sum().backward()
    assert torch.allclose(x.grad * x, found)


def test_a_seed_gives_the_same_noise_and_two_draws_differ():
    x = torch.ones(100)
    torch.manual_seed(3)
    first, second = dropout(x, 0.5), dropout(x, 0.5)
    torch.manual_seed(3)
    assert torch.equal(first, dropout(x, 0.5))
    assert not torch.equal(first, second)


def test_nothing_happens_outside_training():
    x = torch.randn(10)
    assert Dropout(0.5).eval()(x) is x
    assert not torch.equal(Dropout(0.5)(x), x)


@pytest.mark.parametrize("share", [-0.1, 1.0, 30])
def test_a_share_that_cannot_be_is_refused(share):
    with pytest.raises(ValueError, match=f"dropout={share} found"):
        dropout(torch.ones(3), share)
