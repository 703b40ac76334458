"""A sampler that goes on where another one stood."""

import json
from typing import Any

import pytest
from test_batching import lognormal

from seqmodels.data import Batching, BucketBatches

LENGTHS = lognormal(403)
BATCHINGS = pytest.mark.parametrize(
    "batching", [Batching(batch_size=8), Batching(max_tokens=600)], ids=["count", "tokens"]
)


def make(batching: Batching | None = None, seed: int = 3, rank: int = 0, world_size: int = 1) -> BucketBatches:
    return BucketBatches(LENGTHS, batching or Batching(batch_size=8), True, seed, rank, world_size)


def stopped(sampler: BucketBatches, epoch: int, position: int) -> dict[str, Any]:
    """The state after so many batches of an epoch, as a file would keep it."""
    sampler.set_epoch(epoch)
    iterator = iter(sampler)
    for _ in range(position):
        next(iterator)
    state: dict[str, Any] = json.loads(json.dumps(sampler.state_dict()))
    return state


def whole(epoch: int, batching: Batching | None = None, rank: int = 0, world_size: int = 1) -> list[list[int]]:
    sampler = make(batching, rank=rank, world_size=world_size)
    sampler.set_epoch(epoch)
    return list(sampler)


@BATCHINGS
@pytest.mark.parametrize("world_size", [1, 2, 3])
def test_the_rest_of_the_epoch_is_given_and_then_whole_epochs(batching: Batching, world_size: int) -> None:
    for rank in range(world_size):
        wanted = whole(4, batching, rank, world_size)
        for position in (0, 1, len(wanted) // 2, len(wanted) - 1, len(wanted)):
            # A checkpoint holds the state of the first process alone.
            state = stopped(make(batching, world_size=world_size), 4, position)
            sampler = make(batching, rank=rank, world_size=world_size)
            sampler.load_state_dict(state)
            assert list(sampler) == wanted[position:]
            assert list(sampler) == wanted
            sampler.set_epoch(5)
            assert list(sampler) == whole(5, batching, rank, world_size)


def test_the_epoch_that_was_loaded_may_be_set_again() -> None:
    sampler = make()
    sampler.load_state_dict(stopped(make(), 4, 7))
    sampler.set_epoch(4)
    assert list(sampler) == whole(4)[7:]


@pytest.mark.parametrize("epoch", [0, 3, 5])
def test_another_epoch_starts_afresh(epoch: int) -> None:
    sampler = make()
    sampler.load_state_dict(stopped(make(), 4, 7))
    sampler.set_epoch(epoch)
    assert sampler.state_dict()["position"] == 0
    assert list(sampler) == whole(epoch)


def test_len_stays_that_of_a_whole_epoch() -> None:
    sampler = make()
    sampler.load_state_dict(stopped(make(), 4, 7))
    assert len(sampler) == len(make()) == 51


def test_a_state_that_was_loaded_is_the_state() -> None:
    state = stopped(make(), 4, 7)
    sampler = make()
    sampler.load_state_dict(state)
    assert sampler.state_dict() == state
    iterator = iter(sampler)
    next(iterator)
    assert sampler.state_dict() == state | {"position": 8}


def test_an_iteration_that_was_broken_off_is_not_gone_on_with() -> None:
    sampler = make()
    stopped(sampler, 4, 7)
    assert list(sampler) == whole(4)


OTHERS = {
    "lengths": lambda: BucketBatches([*LENGTHS[1:], LENGTHS[0]], Batching(batch_size=8), True, 3),
    "sizes": lambda: make(Batching(batch_size=9)),
    "seed": lambda: make(seed=4),
    "shuffle": lambda: BucketBatches(LENGTHS, Batching(batch_size=8), False, 3),
    "processes": lambda: make(world_size=2),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_state_of_other_batches_is_refused_with_what_differs(name: str) -> None:
    state, sampler = stopped(make(), 4, 7), OTHERS[name]()
    ours, theirs = sampler.state_dict()[name], state[name]
    with pytest.raises(ValueError, match="sampler of other batches") as caught:
        sampler.load_state_dict(state)
    assert f"{name} {theirs} there, {ours} here" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert sampler.state_dict()["position"] == sampler.state_dict()["epoch"] == 0, "half of it was loaded"


def test_all_that_differs_is_told_and_nothing_else() -> None:
    with pytest.raises(ValueError, match="seed 3 there, 4 here; sizes") as caught:
        make(Batching(batch_size=9), seed=4).load_state_dict(stopped(make(), 4, 7))
    assert "lengths" not in str(caught.value)


@pytest.mark.parametrize("more", [{"position": 52}, {"position": -1}, {"position": None}, {"epoch": None}])
def test_a_position_that_cannot_be_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="wanted a position from 0 to 51"):
        make().load_state_dict(make().state_dict() | more)
