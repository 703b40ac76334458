"""Batches of examples of like lengths."""

import csv
import itertools
import json
import math
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from seqmodels.data import Batching, BucketBatches, Splits, data_root
from seqmodels.data.batching import JITTER

PACKAGE = Path(__file__).parents[2] / "seqmodels"
BY_COUNT = Batching(batch_size=8)
BY_TOKENS = Batching(batch_size=3, max_tokens=200)  # batch_size must not matter here
EPOCHS = (0, 1, 2, 7)


def lognormal(count: int, seed: int = 0) -> list[int]:
    """Lengths of mean 80 and sigma 0.8, clipped."""
    draw = random.Random(seed)
    mu = math.log(80) - 0.8**2 / 2
    return [min(400, max(3, round(draw.lognormvariate(mu, 0.8)))) for _ in range(count)]


def epoch_of(sampler: BucketBatches, epoch: int) -> list[list[int]]:
    sampler.set_epoch(epoch)
    return list(sampler)


def flat(batches: list[list[int]]) -> list[int]:
    return sorted(i for batch in batches for i in batch)


def all_processes(count: int, batching: Batching, world_size: int, epoch: int) -> list[list[list[int]]]:
    """The training batches of every process."""
    lengths = lognormal(count)
    return [epoch_of(BucketBatches(lengths, batching, True, 0, rank, world_size), epoch) for rank in range(world_size)]


@pytest.mark.parametrize("batching", [BY_COUNT, BY_TOKENS], ids=["batch_size", "max_tokens"])
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("count", [1, 7, 8, 9, 403])
def test_every_example_comes_exactly_once_an_epoch(count: int, shuffle: bool, batching: Batching) -> None:
    sampler = BucketBatches(lognormal(count), batching, shuffle)
    for epoch in EPOCHS:
        assert flat(epoch_of(sampler, epoch)) == list(range(count))


@pytest.mark.parametrize("world_size", [1, 2, 3, 5])
@pytest.mark.parametrize("batching", [BY_COUNT, BY_TOKENS], ids=["batch_size", "max_tokens"])
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("count", [5, 15, 403])
def test_len_is_the_number_of_batches_in_every_epoch(
    count: int, shuffle: bool, batching: Batching, world_size: int
) -> None:
    for rank in range(world_size):
        sampler = BucketBatches(lognormal(count), batching, shuffle, rank=rank, world_size=world_size)
        assert [len(epoch_of(sampler, epoch)) for epoch in EPOCHS] == [len(sampler)] * len(EPOCHS)


def test_batches_have_the_size_asked_for_and_only_one_is_smaller() -> None:
    sizes = sorted(map(len, BucketBatches(lognormal(403), BY_COUNT, shuffle=True)))
    assert sizes == [3] + [8] * 50


def test_the_same_seed_and_epoch_give_the_same_batches_in_the_same_order() -> None:
    lengths = lognormal(403)
    first, second = (BucketBatches(lengths, BY_COUNT, True, seed=3) for _ in range(2))
    assert epoch_of(first, 5) == epoch_of(second, 5)
    epoch_of(first, 6)
    assert epoch_of(first, 5) == epoch_of(second, 5)


@pytest.mark.parametrize(("seed", "epoch"), [(0, 1), (1, 0)])
def test_another_seed_or_epoch_gives_another_order_and_other_neighbours(seed: int, epoch: int) -> None:
    lengths = lognormal(403)
    before = epoch_of(BucketBatches(lengths, BY_COUNT, True, seed=0), 0)
    after = epoch_of(BucketBatches(lengths, BY_COUNT, True, seed=seed), epoch)
    assert before != after
    assert {frozenset(batch) for batch in before} != {frozenset(batch) for batch in after}


def test_short_and_long_batches_are_mixed_in_training() -> None:
    lengths = lognormal(403)
    means = [sum(lengths[i] for i in batch) / len(batch) for batch in BucketBatches(lengths, BY_COUNT, True)]
    rising = sum(a < b for a, b in itertools.pairwise(means)) / (len(means) - 1)
    assert 0.25 < rising < 0.75


def test_the_order_does_not_depend_on_the_process_or_its_hash_seed() -> None:
    # Importing the room seqmodels.data takes Lightning along, five seconds; its batching module alone does not.
    code = f"""
import json, sys, types
room = types.ModuleType("seqmodels.data")
room.__path__ = [{str(PACKAGE / "data")!r}]
sys.modules["seqmodels.data"] = room
from seqmodels.data.batching import Batching, BucketBatches
sampler = BucketBatches({lognormal(60)!r}, Batching(batch_size=8), True, seed=3)
sampler.set_epoch(2)
print(json.dumps(list(sampler)))
"""
    hash_seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    output = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(output) == epoch_of(BucketBatches(lognormal(60), BY_COUNT, True, seed=3), 2)


def test_a_fixed_order_is_shortest_first_and_the_same_in_every_epoch() -> None:
    lengths = lognormal(403)
    sampler = BucketBatches(lengths, BY_COUNT, shuffle=False)
    order = [lengths[i] for batch in sampler for i in batch]
    assert order == sorted(lengths)
    assert epoch_of(sampler, 4) == epoch_of(sampler, 0)


@pytest.mark.parametrize("shuffle", [True, False])
def test_no_batch_is_over_max_tokens_by_more_than_the_jitter(shuffle: bool) -> None:
    lengths = lognormal(403)
    slack = 1 + JITTER if shuffle else 1
    sampler = BucketBatches(lengths, BY_TOKENS, shuffle)
    for epoch in EPOCHS:
        batches = epoch_of(sampler, epoch)
        assert any(len(batch) == 1 and lengths[batch[0]] > 200 for batch in batches)
        for batch in batches:
            tokens = len(batch) * max(lengths[i] for i in batch)
            assert len(batch) == 1 or tokens <= 200 * slack


@pytest.mark.parametrize("lengths", [lognormal(403), [10] * 400 + [500]], ids=["lognormal", "one long one"])
def test_no_process_is_given_more_than_max_tokens_by_more_than_the_jitter(lengths: list[int]) -> None:
    for rank in range(2):
        for batch in BucketBatches(lengths, BY_TOKENS, True, 0, rank, 2):
            assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= 200 * (1 + JITTER)


def test_batches_are_filled_up_to_max_tokens() -> None:
    assert sorted(map(len, BucketBatches([10] * 50, BY_TOKENS, True))) == [10, 20, 20]


@pytest.mark.parametrize("world_size", [1, 2, 3])
@pytest.mark.parametrize("count", [1, 15, 403])
def test_evaluation_gives_every_example_to_exactly_one_process(count: int, world_size: int) -> None:
    lengths = lognormal(count)
    dealt = [list(BucketBatches(lengths, BY_COUNT, False, 0, rank, world_size)) for rank in range(world_size)]
    assert flat([batch for batches in dealt for batch in batches]) == list(range(count))


@pytest.mark.parametrize("world_size", [1, 2, 3, 5])
@pytest.mark.parametrize("batching", [BY_COUNT, BY_TOKENS], ids=["batch_size", "max_tokens"])
@pytest.mark.parametrize("count", [5, 15, 72, 403])
def test_training_gives_every_example_to_one_process_and_all_of_them_as_many_batches(
    count: int, batching: Batching, world_size: int
) -> None:
    for epoch in EPOCHS:
        dealt = all_processes(count, batching, world_size, epoch)
        assert len({len(batches) for batches in dealt}) == 1
        assert all(batch for batches in dealt for batch in batches), "a process without an example in a step"
        assert flat([batch for batches in dealt for batch in batches]) == list(range(count))


@pytest.mark.parametrize("world_size", [2, 3, 5])
@pytest.mark.parametrize("count", [72, 160, 405])  # what is left over is nothing, or enough for all processes
def test_all_processes_together_make_the_steps_of_one_with_larger_batches(count: int, world_size: int) -> None:
    larger = BucketBatches(lognormal(count), Batching(batch_size=8 * world_size), True)
    for epoch in EPOCHS:
        dealt = all_processes(count, BY_COUNT, world_size, epoch)
        together = [sorted(i for batch in step for i in batch) for step in zip(*dealt, strict=True)]
        assert together == [sorted(batch) for batch in epoch_of(larger, epoch)]


@pytest.mark.parametrize("world_size", [2, 3, 5])
@pytest.mark.parametrize("count", [41, 72, 403])
def test_no_process_has_two_examples_more_in_a_step_than_another(count: int, world_size: int) -> None:
    for step in zip(*all_processes(count, BY_COUNT, world_size, 0), strict=True):
        sizes = [len(batch) for batch in step]
        assert max(sizes) - min(sizes) <= 1
        assert max(sizes) <= 9  # 8, and what was too little for a step of its own


@pytest.mark.parametrize("count", [1, 4])
def test_fewer_examples_than_processes_cannot_be_trained_on(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} examples found for 5 processes, wanted one for each at least"):
        BucketBatches(lognormal(count), BY_COUNT, True, 0, rank=0, world_size=5)
    assert len(BucketBatches(lognormal(count), BY_COUNT, False, 0, rank=4, world_size=5)) == 0


def shares(lengths: list[int], batching: Batching) -> list[float]:
    """The share of real tokens in some epochs."""
    sampler = BucketBatches(lengths, batching, True)
    found = []
    for epoch in EPOCHS:
        sampler.set_epoch(epoch)
        found.append(sampler.real_share())
    return found


@pytest.fixture(scope="module")
def reviews() -> list[int]:
    """Lengths of Amazon's food reviews, in words, each text once."""
    file = data_root() / "amazon_fine_food_sample" / "Reviews.csv"
    if not file.is_file():
        pytest.skip(f"{file} is not there: set SEQMODELS_DATA to a folder that holds it")
    with file.open(encoding="utf-8", newline="") as rows:
        texts = dict.fromkeys(row["Text"] for row in csv.DictReader(rows))
    return [len(text.split()) for text in texts]


def test_the_real_share_is_that_of_the_padded_batches() -> None:
    assert BucketBatches([5, 1, 4, 2], Batching(batch_size=2), False).real_share() == 12 / (2 * 2 + 2 * 5)
    dealt = [BucketBatches(lognormal(403), BY_COUNT, True, 0, rank, 2) for rank in range(2)]
    larger = BucketBatches(lognormal(403), Batching(batch_size=16), True)
    assert dealt[0].real_share() == dealt[1].real_share() == larger.real_share()


def test_at_least_95_percent_of_log_normal_tokens_are_real() -> None:
    assert 0.95 <= min(shares(lognormal(10_000), Batching(batch_size=32))) < 1


def test_at_least_95_percent_of_the_tokens_of_ewt_are_real(ewt: Splits) -> None:
    assert 0.95 <= min(shares([len(example.inputs) for example in ewt.train], Batching(batch_size=32))) < 1


def test_at_least_95_percent_of_the_tokens_of_reviews_are_real(reviews: list[int]) -> None:
    assert 0.95 <= min(shares(reviews, Batching(batch_size=32))) < 1
    training = random.Random(0).sample(reviews, len(reviews) * 8 // 10)
    assert 0.95 <= min(shares(training, Batching(batch_size=32))) < 1


def test_at_least_95_percent_of_reviews_cut_by_tokens_are_real(reviews: list[int]) -> None:
    assert 0.95 <= min(shares(reviews, Batching(max_tokens=3000))) < 1


def test_reviews_change_their_neighbours_between_epochs(reviews: list[int]) -> None:
    sampler = BucketBatches(reviews, Batching(batch_size=32), True)
    pairs = [{p for batch in epoch_of(sampler, e) for p in itertools.combinations(sorted(batch), 2)} for e in (0, 1)]
    assert len(pairs[0] & pairs[1]) < 0.5 * len(pairs[0])
