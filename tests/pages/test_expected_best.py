"""The expected best of n is the mean over all that n draws can give."""

import math
from itertools import product
from statistics import fmean, pstdev

import pytest

from seqmodels.pages.expected_best import expected_best


@pytest.mark.parametrize("scores", [[0.3, 0.9, 0.5, 0.5], [2.0, 1.0, 7.0]])
@pytest.mark.parametrize(("mode", "best"), [("max", max), ("min", min)])
def test_it_is_the_mean_and_deviation_over_all_draws(scores, mode, best):
    mean, sd = expected_best(scores, mode)
    for n in range(1, len(scores) + 1):
        drawn = [best(draw) for draw in product(scores, repeat=n)]
        assert mean[n - 1] == pytest.approx(fmean(drawn))
        assert sd[n - 1] == pytest.approx(pstdev(drawn), abs=1e-9)


def test_one_draw_is_the_mean_and_many_near_the_best():
    scores = [math.sin(i) for i in range(200)]
    mean, _ = expected_best(scores)
    assert mean[0] == pytest.approx(fmean(scores))
    assert mean == sorted(mean)
    assert max(scores) - mean[-1] < 0.01
