"""EndAccuracy and LogLoss against counting by hand; what stands in the padding changes nothing."""

import math

import pytest
import torch
from torch.nn import functional as F

from seqmodels import Padded
from seqmodels.metrics import EndAccuracy, LogLoss

LENGTHS = torch.tensor([1, 4, 7, 7, 3])


def labels():
    return torch.randint(3, (5, 7))


@pytest.mark.parametrize("steps", [1, 3, 20])
def test_end_accuracy_counts_the_last_steps_of_each(steps):
    metric, right, total = EndAccuracy(steps), 0, 0
    for _ in range(3):
        said, wanted = labels(), labels()
        metric.update(Padded(said, LENGTHS), Padded(wanted, LENGTHS))
        for a, b, n in zip(said, wanted, LENGTHS.tolist(), strict=True):
            right += int((a[:n] == b[:n])[-steps:].sum())
            total += min(steps, n)
    assert float(metric.compute()) == right / total


def test_end_accuracy_refuses_what_differs_in_shape():
    with pytest.raises(ValueError, match=r"\(5, 7\) and targets \(5, 6\)"):
        EndAccuracy().update(Padded(labels(), LENGTHS), Padded(labels()[:, :6], LENGTHS))


def test_log_loss_is_cross_entropy_over_real_steps():
    metric, costs = LogLoss(), []
    for _ in range(3):
        scores, wanted = torch.randn(5, 7, 3, dtype=torch.float64), labels()
        noisy = scores.log_softmax(dim=-1)
        noisy[0, 1:] = math.nan
        metric.update(Padded(noisy, LENGTHS), Padded(wanted, LENGTHS))
        for s, w, n in zip(scores, wanted, LENGTHS.tolist(), strict=True):
            costs.append(F.cross_entropy(s[:n], w[:n], reduction="none"))
    assert float(metric.compute()) == pytest.approx(float(torch.cat(costs).mean()))
