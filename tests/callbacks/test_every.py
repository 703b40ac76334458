"""What ``save_every`` may say, and when it is due."""

import math

import pytest

from seqmodels.callbacks import Checkpoints
from seqmodels.callbacks.every import parse_every
from seqmodels.errors import InputError

NEVER = math.inf
GOOD = {
    None: (NEVER, NEVER),
    500: (500, NEVER),
    "500": (500, NEVER),
    "500 steps": (500, NEVER),
    "1 step": (1, NEVER),
    "10 min": (NEVER, 600),
    "10min": (NEVER, 600),
    "0.5 minutes": (NEVER, 30),
    "1 minute": (NEVER, 60),
    "90 s": (NEVER, 90),
    "1 second": (NEVER, 1),
    "2.5 seconds": (NEVER, 2.5),
}
BAD = ["", "0", "0 min", "-1", "- 5 s", "ten minutes", "10 m", "1 h", "5 5", "1e3", "min", "5 mins", "5 steps!", "nan"]


@pytest.mark.parametrize("words", GOOD)
def test_steps_and_times_are_understood(words):
    assert parse_every(words) == GOOD[words]
    assert Checkpoints("nowhere", "val/score", save_every=words).every == GOOD[words]


@pytest.mark.parametrize("words", BAD)
def test_what_is_neither_steps_nor_a_time_is_refused(words):
    for made in (parse_every, lambda given: Checkpoints("nowhere", "val/score", save_every=given)):
        with pytest.raises(InputError) as caught:
            made(words)
        assert f"save_every={words!r} found, wanted steps or a time" in str(caught.value)


@pytest.mark.parametrize("words", GOOD)
def test_it_is_due_from_so_many_steps_or_so_much_time_on(words):
    every, (steps, seconds) = parse_every(words), GOOD[words]
    assert not every.due(0, 0.0)
    for count in (1, 499, 500, 501):
        assert every.due(count, 0.0) == (count >= steps)
        assert every.due(0, float(count)) == (count >= seconds)
