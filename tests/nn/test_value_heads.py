"""Heads that write numbers: losses by their definition, padding unread, and a scale that can be taken back."""

from functools import partial

import pytest
import torch
from torch.distributions import Normal as TorchNormal
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.distributions import pinball
from seqmodels.nn.heads import GaussianHead, PointHead, QuantileHead

H, K = 5, 3
LENGTHS = [3, 5, 1]
LEVELS = [0.1, 0.5, 0.9]
HEADS = {
    "squared": partial(PointHead, error="squared"),
    "absolute": partial(PointHead, error="absolute"),
    "huber": partial(PointHead, error="huber", delta=0.5),
    "gaussian": GaussianHead,
    "quantile": partial(QuantileHead, levels=LEVELS),
}
every_head = pytest.mark.parametrize("name", HEADS)


def cost(name, parameters, y):
    """What a number costs, by its parameters."""
    if name == "gaussian":
        return -TorchNormal(parameters[0], parameters[1]).log_prob(y)
    if name == "quantile":
        return torch.stack([2 * pinball(y, q, torch.tensor(t)) for q, t in zip(parameters, LEVELS, strict=True)]).mean()
    error = (y - parameters[0]).abs()
    if name == "huber":
        return error**2 / 2 if error <= 0.5 else 0.5 * (error - 0.25)
    return error**2 if name == "squared" else error


@every_head
def test_the_loss_is_the_mean_over_all_numbers_of_real_steps(name, vectors):
    head, targets = HEADS[name](H, K).double(), vectors(LENGTHS, K)
    scores = head(vectors(LENGTHS, H))
    costs = [
        cost(name, parameters, y)
        for said, wanted in zip(scores.rows(), targets.rows(), strict=True)
        for step, numbers in zip(said, wanted, strict=True)
        for parameters, y in zip(step.view(K, -1), numbers, strict=True)
    ]
    assert len(costs) == sum(LENGTHS) * K
    assert_close(head.loss(scores, targets), torch.stack(costs).mean())


@every_head
@pytest.mark.parametrize("noise", [1e6, float("nan")], ids=str)
def test_noise_in_padding_changes_nothing(name, noise, vectors, noisy):
    head, features, targets = HEADS[name](H, K).double(), vectors(LENGTHS, H), vectors(LENGTHS, K)
    scores = head(features)
    assert_close(head(noisy(features, noise)).data, scores.data)
    assert_close(head.loss(noisy(scores, noise), noisy(targets, noise)), head.loss(scores, targets))
    assert_close(head.predict(noisy(scores, noise)).data, head.predict(scores).data)
    assert torch.equal(head.predict(scores).zeroed().data, head.predict(scores).data)


@every_head
def test_rescaled_scores_say_the_same_of_rescaled_numbers(name, vectors):
    head, targets = HEADS[name](H, K).double(), vectors(LENGTHS, K)
    scale, shift = torch.rand(3, 1, K).double() + 0.5, torch.randn(3, 1, K).double()
    scores = head(vectors(LENGTHS, H))
    moved = head.rescaled(scores, scale, shift)
    said, before = head.distribution(moved), head.distribution(scores)
    mask = targets.mask
    for level in (0.2, 0.5):
        assert_close(said.quantile(level)[mask], (before.quantile(level) * scale + shift)[mask])
    y = targets.data
    assert_close(said.crps(y * scale + shift)[mask], (before.crps(y) * scale)[mask])


@every_head
def test_learning_finds_what_the_loss_asks_for(name):
    torch.manual_seed(1)
    head = HEADS[name](1, 1)
    y = torch.randn(1000, 1, 1).exp()  # whose mean, median and quantiles are known
    ones, lengths = torch.ones(1000, 1, 1), torch.ones(1000, dtype=torch.int64)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.1)
    for _ in range(80):
        optimizer.zero_grad()
        head.loss(head(Padded(ones, lengths)), Padded(y, lengths)).backward()
        optimizer.step()
    parameters = head(Padded(ones[:1], lengths[:1])).data.flatten().tolist()
    q = [float(y.quantile(level)) for level in LEVELS]
    wanted = {
        "squared": [float(y.mean())],
        "absolute": [q[1]],
        "gaussian": [float(y.mean()), float(y.std(correction=0))],
        "quantile": q,
    }
    if name == "huber":
        assert q[1] < parameters[0] < float(y.mean())
    else:
        assert parameters == pytest.approx(wanted[name], rel=0.1, abs=0.05)


def test_a_deviation_never_falls_to_nothing():
    head = GaussianHead(1, 1)
    with torch.no_grad():
        head.scores.bias.fill_(-1e4)
    scores = head(Padded(torch.zeros(1, 1, 1), torch.tensor([1])))
    assert float(scores.data[0, 0, 1].detach()) == pytest.approx(1e-3)
    assert bool(head.loss(scores, Padded(torch.zeros(1, 1, 1), torch.tensor([1]))).isfinite())


@pytest.mark.parametrize("levels", [[], [0.5, 0.5], [0.9, 0.1], [0.0, 0.5], [0.5, 1.0]], ids=str)
def test_levels_that_do_not_rise_are_refused(levels):
    with pytest.raises(ValueError, match="wanted rising numbers between 0 and 1"):
        QuantileHead(H, K, levels)


def test_another_error_is_refused():
    with pytest.raises(ValueError, match="error='cubed' found, wanted one of: squared, absolute, huber"):
        PointHead(H, K, "cubed")


@every_head
def test_numbers_are_compared_in_single_precision_whatever_autocast_does(name, vectors):
    head, features = HEADS[name](H, K), vectors(LENGTHS, H, torch.float32)
    with torch.autocast("cpu", torch.bfloat16):
        scores = head(features)
        loss = head.loss(scores, vectors(LENGTHS, K, torch.float32))
    assert scores.data.dtype == loss.dtype == torch.float32
