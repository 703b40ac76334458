"""Penalties on what the last layer writes."""

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.activity import ActivityPenalty

LENGTHS = [5, 1, 3]


def test_the_penalty_is_the_mean_of_squares_and_of_the_squares_of_differences(vectors):
    outputs = vectors(LENGTHS, 4)
    same, penalty = ActivityPenalty(alpha=2.0, beta=3.0)(outputs)
    assert_close(same.data, outputs.data)
    rows = outputs.rows()
    squares = torch.cat(rows).square().mean()
    moved = torch.cat([row[1:] - row[:-1] for row in rows]).square().mean()
    assert_close(penalty, 2 * squares + 3 * moved)


def test_the_large_ones_are_of_the_dropped_outputs_and_the_fast_ones_of_all(vectors):
    outputs = vectors([50, 40], 64)
    dropped, penalty = ActivityPenalty(0.5, alpha=1.0, beta=0.0)(outputs)
    assert_close(penalty, torch.cat(dropped.rows()).square().mean())
    held = (dropped.data == 0) | (dropped.data == 2 * outputs.data)
    assert held.all()
    kept = torch.stack([row != 0 for row in dropped.rows()[0]])
    assert (kept == kept[0]).all(), "the same numbers at every step"
    _, fast = ActivityPenalty(0.5, alpha=0.0, beta=1.0)(outputs)
    _, all_of_them = ActivityPenalty(0.0, alpha=0.0, beta=1.0)(outputs)
    assert_close(fast, all_of_them)


def test_padding_costs_nothing(vectors):
    outputs = vectors(LENGTHS, 4)
    wider = Padded(torch.cat([outputs.data, torch.zeros(3, 6, 4, dtype=torch.float64)], dim=1), outputs.lengths)
    assert_close(ActivityPenalty()(wider)[1], ActivityPenalty()(outputs)[1])


def test_a_single_step_moves_nowhere(vectors):
    outputs = vectors([1, 1], 4)
    assert_close(ActivityPenalty(alpha=0.0, beta=1.0)(outputs)[1], torch.tensor(0.0, dtype=torch.float64))


def test_there_is_none_outside_training(vectors):
    outputs = vectors(LENGTHS, 4)
    same, penalty = ActivityPenalty(0.5).eval()(outputs)
    assert same is outputs
    assert float(penalty) == 0


def test_gradients_are_right(vectors):
    data = vectors([4, 2], 3).data.requires_grad_()
    lengths = torch.tensor([4, 2])
    mask = Padded(data.detach(), lengths).mask[..., None]

    def penalty(x):
        return ActivityPenalty()(Padded(x * mask, lengths))[1]

    assert torch.autograd.gradcheck(penalty, (data,))


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_another_share_is_refused(share, vectors):
    with pytest.raises(ValueError, match="found, wanted at least 0 and less than 1"):
        ActivityPenalty(share)(vectors([2], 2))
