"""Schedules against their formulas, and what Lightning is handed."""

import math
from functools import partial
from itertools import pairwise

import pytest
import torch
from torch.nn import Parameter

from seqmodels.errors import InputError
from seqmodels.learning import Learning, Plateau, WarmupCosine

LR = 0.3


def make_optimizer():
    return torch.optim.SGD([Parameter(torch.zeros(1))], lr=LR)


def rates(optimizer, scheduler, steps):
    """The rate that each optimiser step is taken with."""
    used = []
    for _ in range(steps):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return used


def formula(s, n, rising, floor):
    """Of step s, counted from 1 to n."""
    if s <= rising:
        return LR * s / rising
    return LR * (floor + (1 - floor) * (1 + math.cos(math.pi * (s - rising) / (n - rising))) / 2)


@pytest.mark.parametrize(("n", "warmup", "rising"), [(40, 0.25, 10), (40, 0.05, 2), (40, 0.0, 1), (7, 0.5, 4)])
@pytest.mark.parametrize("floor", [0.0, 0.02, 0.5])
def test_warmup_cosine_follows_its_formula_at_every_step(n, warmup, rising, floor):
    optimizer = make_optimizer()
    used = rates(optimizer, WarmupCosine(optimizer, n, warmup, floor), n)
    assert used == pytest.approx([formula(s, n, rising, floor) for s in range(1, n + 1)], abs=1e-12)


@pytest.mark.parametrize("n", [10, 100])
def test_warmup_cosine_peaks_once_at_the_full_rate_and_ends_on_its_floor(n):
    optimizer = make_optimizer()
    used = rates(optimizer, WarmupCosine(optimizer, n, warmup=0.2, floor=0.1), n + 3)
    peak = n // 5
    assert used[peak - 1] == pytest.approx(LR)
    assert all(a < b for a, b in pairwise(used[:peak]))
    assert all(a > b for a, b in pairwise(used[peak - 1 : n]))
    assert used[n - 1 :] == pytest.approx([LR * 0.1] * 4)  # it stays there if training goes on


@pytest.mark.parametrize("n", [1, 2])
def test_warmup_cosine_bears_the_shortest_trainings(n):
    optimizer = make_optimizer()
    assert all(0 < rate <= LR for rate in rates(optimizer, WarmupCosine(optimizer, n), n))


@pytest.mark.parametrize("patience", [0, 2])
@pytest.mark.parametrize(("mode", "better"), [("min", -1.0), ("max", 1.0)])
def test_plateau_lowers_the_rate_after_its_patience_and_not_while_the_metric_improves(patience, mode, better):
    optimizer = make_optimizer()
    scheduler = Plateau(optimizer, total_steps=100, factor=0.5, patience=patience, mode=mode)
    for i in range(5):
        scheduler.step(10 + better * i)
    assert optimizer.param_groups[0]["lr"] == LR
    seen = []
    for _ in range(patience + 1):
        scheduler.step(10 - better)
        seen.append(optimizer.param_groups[0]["lr"])
    assert seen == [LR] * patience + [LR / 2]


def test_plateau_stops_at_its_smallest_rate():
    optimizer = make_optimizer()
    scheduler = Plateau(optimizer, total_steps=100, factor=0.1, patience=0, min_lr=0.01)
    for _ in range(9):
        scheduler.step(1.0)
    assert optimizer.param_groups[0]["lr"] == 0.01


def test_adam_at_a_constant_rate_is_what_learning_does_by_itself():
    weight = Parameter(torch.zeros(1))
    configured = Learning().configure([weight], total_steps=10)
    assert set(configured) == {"optimizer"}
    assert type(configured["optimizer"]) is torch.optim.Adam
    assert configured["optimizer"].param_groups[0]["lr"] == 1e-3
    assert configured["optimizer"].param_groups[0]["params"] == [weight]


def test_a_schedule_of_steps_is_made_for_all_steps_and_advanced_after_each():
    learning = Learning(partial(torch.optim.SGD, lr=LR), partial(WarmupCosine, warmup=0.5, floor=0.0))
    configured = learning.configure([Parameter(torch.zeros(1))], total_steps=20)
    schedule = configured["lr_scheduler"]
    assert schedule["interval"] == "step"
    assert schedule["scheduler"].optimizer is configured["optimizer"]
    used = rates(configured["optimizer"], schedule["scheduler"], 20)
    assert used == pytest.approx([formula(s, 20, 10, 0.0) for s in range(1, 21)])


def test_a_plateau_schedule_is_never_advanced_by_lightning():
    # The topology does so, after each validation; Lightning counts the epochs up to the frequency.
    learning = Learning(partial(torch.optim.SGD, lr=LR), Plateau, monitor="val/f1")
    schedule = learning.configure([Parameter(torch.zeros(1))], total_steps=20)["lr_scheduler"]
    assert schedule["interval"] == "epoch"
    assert schedule["frequency"] > 10**15
    assert schedule["monitor"] == learning.monitor == "val/f1"


def test_a_loss_that_is_no_number_stops_the_training_if_nothing_else_is_asked_for():
    assert Learning().nonfinite == "stop"
    assert Learning(nonfinite="skip").nonfinite == "skip"


def test_one_learning_configures_two_models_apart():
    learning = Learning(partial(torch.optim.SGD, lr=LR), WarmupCosine)
    first, second = (learning.configure([Parameter(torch.zeros(1))], total_steps=20) for _ in range(2))
    assert first["optimizer"] is not second["optimizer"]
    assert first["lr_scheduler"]["scheduler"] is not second["lr_scheduler"]["scheduler"]


@pytest.mark.parametrize(("mode", "scores"), [("min", [-2.0, -2.0]), ("min", [-2.0, -1.99999]), ("max", [0.9, 0.9])])
def test_plateau_takes_what_is_not_better_for_no_new_best(mode, scores):
    optimizer = make_optimizer()
    scheduler = Plateau(optimizer, total_steps=100, factor=0.5, patience=0, mode=mode)
    for score in scores:
        scheduler.step(score)
    assert optimizer.param_groups[0]["lr"] == LR / 2


@pytest.mark.parametrize(("mode", "scores"), [("min", [2.0, 1.99999]), ("max", [0.9, 0.90001])])
def test_plateau_takes_any_gain_for_one(mode, scores):
    optimizer = make_optimizer()
    scheduler = Plateau(optimizer, total_steps=100, factor=0.5, patience=0, mode=mode)
    for score in scores:
        scheduler.step(score)
    assert optimizer.param_groups[0]["lr"] == LR


def test_a_schedule_wants_to_know_the_number_of_steps_and_a_constant_rate_does_not():
    weights = [Parameter(torch.zeros(1))]
    assert set(Learning().configure(weights, math.inf)) == {"optimizer"}
    with pytest.raises(InputError, match=r"^trainer: neither max_epochs nor max_steps ends the training"):
        Learning(scheduler=WarmupCosine).configure(weights, math.inf)
