"""The same random numbers at the same place of a training, whatever was drawn before."""

import itertools
import random
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from seqmodels.callbacks import StepSeed

DRAWS = {
    "python": lambda: random.random(),
    "numpy": lambda: float(np.random.rand()),
    "torch": lambda: float(torch.rand(())),
    "dropout": lambda: torch.nn.functional.dropout(torch.ones(40)).tolist(),
}
every_generator = pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)


@pytest.fixture(autouse=True)
def as_before():
    """Other tests draw on as if nothing had been seeded."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    yield
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])


def place(seed=1, epoch=0, batch=0, rank=0):
    """Begin a batch there."""
    trainer = SimpleNamespace(current_epoch=epoch, global_rank=rank)
    StepSeed(seed).on_train_batch_start(trainer, SimpleNamespace(device=torch.device("cpu")), None, batch)


@every_generator
def test_the_same_place_draws_the_same_whatever_was_drawn_before(draw):
    place(3, 2, 5, 1)
    wanted = [draw() for _ in range(3)]
    for before in range(3):
        for other in DRAWS.values():
            for _ in range(before):
                other()
        place(3, 2, 5, 1)
        assert [draw() for _ in range(3)] == wanted


@every_generator
def test_every_other_place_draws_something_else(draw):
    drawn = []
    for seed, epoch, batch, rank in itertools.product((1, 2), (0, 1, 11), (0, 1, 11), (0, 1)):
        place(seed, epoch, batch, rank)
        drawn.append(str(draw()))
    assert len(set(drawn)) == len(drawn)


def test_no_place_is_taken_for_another_by_its_digits():
    drawn = []
    for where in ((1, 11, 1, 0), (11, 1, 1, 0), (1, 1, 11, 0), (1, 1, 1, 10), (111, 1, 0, 0), (1, 1, 1, 1)):
        place(*where)
        drawn.append(random.random())
    assert len(set(drawn)) == len(drawn)
