"""What is said of a number, and what that is worth: closed forms against integrals."""

import math

import pytest
import torch
from torch.testing import assert_close

from seqmodels.nn.distributions import Certain, Normal, Quantiles, pinball

SHARE = torch.linspace(0.0005, 0.9995, 1000, dtype=torch.float64)  # midpoints of a thousandth each


def twice_the_pinball(distribution, y):
    """CRPS as the integral of twice the pinball loss over all levels."""
    losses = [2 * pinball(y, distribution.quantile(float(level)), level) for level in SHARE]
    return torch.stack(losses).mean(dim=0)


@pytest.mark.parametrize("y", [-3.0, 0.0, 0.7, 5.0])
def test_the_score_of_a_normal_distribution_is_its_integral(y):
    said, y = Normal(torch.tensor(0.5).double(), torch.tensor(2.0).double()), torch.tensor(y).double()
    assert_close(said.crps(y), twice_the_pinball(said, y), rtol=2e-3, atol=1e-3)
    x = torch.linspace(-40, 40, 80_001, dtype=torch.float64)
    below = torch.special.ndtr((x - 0.5) / 2.0)
    assert_close(said.crps(y), torch.trapezoid((below - (x >= y).double()).square(), x), rtol=0, atol=1e-3)


def test_quantiles_of_a_normal_distribution():
    said = Normal(torch.tensor([1.0, 0.0]).double(), torch.tensor([2.0, 1.0]).double())
    assert_close(said.quantile(0.975), torch.tensor([1 + 2 * 1.959963984540054, 1.959963984540054]).double())
    assert_close(said.quantile(0.5), said.point())


def test_the_score_of_a_value_is_its_absolute_error():
    said, y = Certain(torch.tensor([1.0, 4.0]).double()), torch.tensor([3.0, 3.0]).double()
    assert said.crps(y).tolist() == [2.0, 1.0]
    assert_close(twice_the_pinball(said, y), said.crps(y))
    assert said.quantile(0.1).equal(said.point())


@pytest.mark.parametrize("count", [10, 40])
def test_more_quantiles_of_a_distribution_come_closer_to_its_score(count):
    exact, y = Normal(torch.zeros(1).double(), torch.ones(1).double()), torch.tensor([0.3]).double()
    levels = [(i + 0.5) / count for i in range(count)]
    said = Quantiles(levels, torch.stack([exact.quantile(level) for level in levels], dim=-1))
    assert_close(said.crps(y), exact.crps(y), rtol=0, atol=0.5 / count)


def test_levels_that_are_not_even_count_by_what_is_nearest_to_them():
    said, y = Quantiles([0.1, 0.5, 0.7], torch.tensor([[1.0, 2.0, 4.0]]).double()), torch.tensor([3.0]).double()
    losses = [max(t * (3 - q), (t - 1) * (3 - q)) for t, q in zip((0.1, 0.5, 0.7), (1.0, 2.0, 4.0), strict=True)]
    assert_close(said.crps(y)[0].item(), 2 * (0.3 * losses[0] + 0.3 * losses[1] + 0.4 * losses[2]))


def test_between_levels_a_quantile_goes_straight_and_outside_it_stays():
    said = Quantiles([0.1, 0.5, 0.9], torch.tensor([[1.0, 2.0, 4.0]]))
    wanted = {0.01: 1.0, 0.1: 1.0, 0.3: 1.5, 0.5: 2.0, 0.6: 2.5, 0.9: 4.0, 0.99: 4.0}
    for level, value in wanted.items():
        assert_close(said.quantile(level), torch.tensor([value]))
    assert said.point().tolist() == [2.0]
    assert Quantiles([0.5], torch.tensor([[7.0]])).quantile(0.2).tolist() == [7.0]


def test_quantiles_that_cross_are_put_in_order():
    said = Quantiles([0.1, 0.9], torch.tensor([[4.0, 1.0]]))
    assert (said.quantile(0.1).item(), said.quantile(0.9).item()) == (1.0, 4.0)


def test_the_pinball_loss_is_least_at_the_quantile():
    y = torch.rand(20_001, dtype=torch.float64).sort().values
    for level in (0.1, 0.5, 0.8):
        losses = [float(pinball(y, q, torch.tensor(level)).mean()) for q in torch.linspace(0, 1, 21)]
        best = min(range(21), key=losses.__getitem__) / 20
        assert math.isclose(best, level, abs_tol=0.051)
