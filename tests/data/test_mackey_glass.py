"""The series of Mackey and Glass, held against its equation."""

import itertools

import pytest

from seqmodels.data import MackeyGlass, Windows
from seqmodels.data.mackey_glass import mackey_glass
from seqmodels.data.reader import fingerprint

WINDOWS = Windows(20, 5)


def test_the_error_falls_with_the_fourth_power_of_the_step():
    exact = mackey_glass(60, 17, 80, 1.2)
    errors = [max(abs(a - b) for a, b in zip(mackey_glass(60, 17, n, 1.2), exact, strict=True)) for n in (4, 8, 16)]
    for coarse, fine in itertools.pairwise(errors):
        assert 12 < coarse / fine < 20


def test_until_the_delay_is_over_it_is_known_in_closed_form():
    # The delayed x is constant until then, so that dx/dt = a - 0.1 x.
    a = 0.2 * 1.2 / (1 + 1.2**10)
    decay = [a / 0.1 + (1.2 - a / 0.1) * 2.718281828459045 ** (-0.1 * t) for t in range(18)]
    assert mackey_glass(18, 17, 10, 1.2) == pytest.approx(decay, abs=1e-8)


def test_it_is_chaotic_and_stays_in_bounds():
    one, other = (mackey_glass(1500, 17, 4, start) for start in (1.2, 1.2001))
    assert max(abs(a - b) for a, b in zip(one[:50], other[:50], strict=True)) < 1e-3
    assert max(abs(a - b) for a, b in zip(one[-300:], other[-300:], strict=True)) > 0.05
    assert 0.2 < min(one[500:]) < max(one[500:]) < 1.5


def test_the_same_start_gives_the_same_series():
    made = [MackeyGlass(400, start=start, windows=WINDOWS).read() for start in (0, 0, 1)]
    assert fingerprint(made[0].test) == fingerprint(made[1].test) != fingerprint(made[2].test)
    assert made[0].train[0].origin == "row 21"
