"""Floors that remember nothing: what they pay is known in closed form."""

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from seqmodels.data import CopyMemory, Digits, Parity
from seqmodels.floors import LastRow, Mean, Memoryless

NAMES = ["_", *"abcdefgh"]


@pytest.fixture(scope="module")
def copying():
    reader = CopyMemory(train=3000, val=1, test=200, shortest=30, longest=30)
    splits, floor = reader.read(), Memoryless()
    floor.fit([e.inputs for e in splits.train], [e.targets for e in splits.train])
    return floor, splits.test


def test_copying_without_memory_costs_log_8_a_symbol_and_nothing_else(copying):
    floor, test = copying
    log_p = floor.log_probabilities([e.inputs for e in test], NAMES)
    costs = [-p[i, NAMES.index(label)] for p, e in zip(log_p, test, strict=True) for i, label in enumerate(e.targets)]
    assert float(torch.stack(costs).mean()) == pytest.approx(10 * math.log(8) / 50, rel=0.02)
    assert all(torch.allclose(p.exp().sum(dim=1), torch.ones(50).double()) for p in log_p)


def test_what_it_says_is_a_blank_until_the_end_and_then_a_guess(copying):
    floor, test = copying
    said = floor.predict([e.inputs for e in test])
    assert all(answer[:40] == ["_"] * 40 for answer in said)
    right = sum(
        a == b for answer, e in zip(said, test, strict=True) for a, b in zip(answer[40:], e.targets[40:], strict=True)
    )
    assert right / 2000 == pytest.approx(1 / 8, abs=0.03)


def test_parity_without_memory_is_a_coin():
    splits, floor = Parity(train=3000, val=1, test=300, longest=10, length=40).read(), Memoryless()
    floor.fit([e.inputs for e in splits.train], [e.targets for e in splits.train])
    said = floor.predict([e.inputs for e in splits.test])
    right = [
        a == b for answer, e in zip(said, splits.test, strict=True) for a, b in zip(answer, e.targets, strict=True)
    ]
    assert np.mean(right) == pytest.approx(0.5, abs=0.03)


def test_a_step_never_seen_gets_what_is_most_frequent():
    floor = Memoryless()
    floor.fit([["a", "b"]] * 3, [["X", "Y"]] * 2 + [["Y", "Y"]])
    assert floor.predict([["z"]]) == [["Y"]]
    assert floor.log_probabilities([["z"]], ["X", "Y"])[0].exp()[0, 0] == pytest.approx(2.01 / 6.02)


def test_the_mean_is_the_mean_of_every_number():
    floor = Mean()
    floor.fit(["x"] * 3, [[1.0, -2.0], [2.0, 0.0], [6.0, 2.0]])
    assert floor.predict(["a", "b"]) == [[3.0, 0.0]] * 2
    assert floor.predict([]) == []


def test_the_last_row_is_all_that_is_looked_at():
    splits, floor = Digits("rows").read(), LastRow()
    train, test = splits.train[:300], splits.test[:50]
    floor.fit([e.inputs for e in train], [e.targets for e in train])
    rows = [np.stack([e.inputs.pixels[-1, :, 0].numpy() / 255 for e in part]) for part in (train, test)]
    ours = LogisticRegression(max_iter=2000).fit(rows[0], [e.targets for e in train]).predict(rows[1])
    assert floor.predict([e.inputs for e in test]) == ours.tolist()
