"""The loss between two rows of the log, against a list of all that was added."""

import random

import pytest
import torch

from seqmodels.learning import RunningLoss


def alone(sums):
    return sums


def mean_of(batches):
    """Over the target steps."""
    return sum(loss * steps for loss, steps in batches) / sum(steps for _, steps in batches)


def added(running, batches):
    for loss, steps in batches:
        running.add(torch.tensor(loss), torch.tensor(steps))


@pytest.mark.parametrize("seed", range(5))
def test_the_mean_is_over_the_target_steps_of_all_steps_that_were_made_since_it_was_asked_for(seed):
    draw, running = random.Random(seed), RunningLoss()
    made = []
    for _ in range(60):
        window = [(draw.uniform(0, 9), draw.randint(1, 50)) for _ in range(draw.randint(1, 3))]
        added(running, window)
        assert float(running.pending()) == pytest.approx(mean_of(window))
        if draw.random() < 0.8:
            running.count()
            made += window
        else:
            running.drop()
        if draw.random() < 0.3:
            mean = running.mean(alone)
            assert (mean is None) == (not made)
            assert mean is None or float(mean[0]) == pytest.approx(mean_of(made))
            made = []


def test_without_a_step_there_is_no_mean():
    running = RunningLoss()
    assert running.mean(alone) is None
    added(running, [(1.0, 2)])
    assert running.mean(alone) is None, "its step is not made yet"
    running.drop()
    running.count()
    assert running.mean(alone) is None


def test_a_step_that_is_no_number_leaves_nothing_behind():
    running = RunningLoss()
    added(running, [(1.0, 2), (float("nan"), 3)])
    assert torch.isnan(running.pending())
    running.drop()
    added(running, [(2.0, 4)])
    running.count()
    assert running.mean(alone).tolist() == [2, 0]


def test_the_mean_is_over_all_processes():
    running = RunningLoss()
    added(running, [(1.0, 2)])
    running.count()
    assert float(running.mean(lambda sums: sums + torch.tensor([5.0 * 6, 6.0, 0.0]))[0]) == pytest.approx(
        mean_of([(1.0, 2), (5.0, 6)])
    )


def test_no_graph_is_kept():
    running, weight = RunningLoss(), torch.ones((), requires_grad=True)
    running.add(weight * 2, torch.tensor(3))
    running.count()
    assert not running.mean(alone).requires_grad


def test_a_penalty_has_a_mean_of_its_own():
    running = RunningLoss()
    running.add(torch.tensor(1.0), torch.tensor(2), torch.tensor(0.5))
    running.add(torch.tensor(3.0), torch.tensor(6), torch.tensor(0.1))
    assert float(running.pending()) == 2.5
    running.count()
    assert running.mean(alone).tolist() == pytest.approx([2.5, 0.2])


def test_a_state_comes_back_also_one_of_before_there_were_penalties():
    running, again = RunningLoss(), RunningLoss()
    running.add(torch.tensor(1.0), torch.tensor(2), torch.tensor(0.5))
    running.count()
    state = running.state(1, torch.device("cpu"))
    again.load_state(state, 0, torch.device("cpu"))
    assert torch.equal(again.sums, running.sums)
    again.load_state(state, 1, torch.device("cpu"))
    assert again.sums is None
    again.load_state(state[:, :2], 0, torch.device("cpu"))
    assert again.mean(alone).tolist() == [1, 0]
