"""Splits by hash."""

import random

import pytest

from seqmodels.data.hashed_split import hashed_split
from seqmodels.errors import InputError

KEYS = [f"word {i}" for i in range(200)]


def test_every_key_is_in_one_split_of_the_wanted_size():
    parts = hashed_split(KEYS * 2, val=20, test=30)
    assert set(parts) == set(KEYS)
    assert [list(parts.values()).count(part) for part in ("train", "val", "test")] == [150, 20, 30]


def test_the_order_of_the_keys_and_how_often_they_come_make_no_difference():
    mixed = KEYS * 3
    random.Random(1).shuffle(mixed)
    assert hashed_split(mixed, 20, 30) == hashed_split(KEYS, 20, 30)


def test_another_number_is_another_split():
    assert hashed_split(KEYS, 20, 30, number=1) != hashed_split(KEYS, 20, 30, number=0)


def test_a_key_more_moves_one_of_each_split_at_most():
    before, after = hashed_split(KEYS, 20, 30), hashed_split([*KEYS, "one more"], 20, 30)
    assert sum(before[key] != after[key] for key in KEYS) <= 2


def test_something_has_to_be_left_to_train_on():
    with pytest.raises(InputError, match=r"data\.val=20, data\.test=180 found, and 200 to be split"):
        hashed_split(KEYS, 20, 180)
