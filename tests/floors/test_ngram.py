"""The n-gram floor against counting by hand."""

import math
from collections import Counter, defaultdict

import pytest
import torch

from seqmodels.floors import NGram

CLASSES = 7
START = "start"


def texts(*lengths, seed=0):
    """Sequences with some structure: each token is near the one before it, mostly."""
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(3, (n,), generator=generator).cumsum(0) % CLASSES for n in lengths]


def shifted(sequences):
    """What a language model reads and what it should say."""
    return [ids[:-1] for ids in sequences], [ids[1:] for ids in sequences]


def by_hand(order, train, inputs, targets):
    """p(target) at every step, by the recursion of the paper over plain dictionaries."""
    followers = defaultdict(Counter)

    def context(ids, step, length):
        padded = [START] * length + ids.tolist()[: step + 1]
        return tuple(padded[len(padded) - length :])

    for read, wanted in zip(*train, strict=True):
        for step, word in enumerate(wanted.tolist()):
            for length in range(order + 1):
                followers[context(read, step, length)][word] += 1

    def p(word, h):
        shorter = p(word, h[1:]) if h else 1 / CLASSES
        counts = followers.get(h)
        if counts is None:
            return shorter
        return (counts[word] + len(counts) * shorter) / (counts.total() + len(counts))

    return [
        p(word, context(read, step, order))
        for read, wanted in zip(inputs, targets, strict=True)
        for step, word in enumerate(wanted.tolist())
    ]


@pytest.mark.parametrize("order", [0, 1, 2, 4])
def test_probabilities_equal_the_recursion_over_dictionaries(order):
    train, (inputs, targets) = shifted(texts(40, 2, 17)), shifted(texts(30, 3, 2, seed=1))
    floor = NGram(order)
    floor.fit(*train, CLASSES)
    wanted = by_hand(order, train, inputs, targets)
    assert floor.probabilities(inputs, targets).tolist() == pytest.approx(wanted, rel=1e-12)
    assert floor.loss(inputs, targets) == pytest.approx(-sum(map(math.log, wanted)) / len(wanted))


@pytest.mark.parametrize("order", [0, 1, 3])
def test_probabilities_of_all_tokens_sum_to_one(order):
    floor = NGram(order)
    floor.fit(*shifted(texts(50)), CLASSES)
    (inputs,), _ = shifted(texts(20, seed=3))
    everything = torch.stack([floor.probabilities([inputs], [torch.full_like(inputs, w)]) for w in range(CLASSES)])
    torch.testing.assert_close(everything.sum(dim=0), torch.ones(19, dtype=torch.float64))
    assert bool((everything > 0).all())


def test_a_context_does_not_reach_into_the_sequence_before():
    floor = NGram(3)
    floor.fit(*shifted(texts(30, 30)), CLASSES)
    inputs, targets = shifted(texts(9, 1, 5, seed=2))  # a sequence of one token has no step
    together = floor.probabilities(inputs, targets)
    alone = [floor.probabilities([read], [wanted]) for read, wanted in zip(inputs, targets, strict=True)]
    assert torch.equal(together, torch.cat(alone))


def test_fitting_anew_forgets():
    floor, fresh = NGram(2), NGram(2)
    floor.fit(*shifted(texts(99, seed=5)), CLASSES + 2)
    for one in (floor, fresh):
        one.fit(*shifted(texts(20)), CLASSES)
    inputs, targets = shifted(texts(20, seed=6))
    assert floor.loss(inputs, targets) == fresh.loss(inputs, targets)


def test_a_context_never_seen_falls_back_to_the_shorter_one():
    train = [torch.tensor([1, 2, 1, 2])], [torch.tensor([2, 1, 2, 1])]
    long, short = NGram(2), NGram(1)
    for floor in (long, short):
        floor.fit(*train, CLASSES)
    read, wanted = torch.tensor([5, 2]), torch.tensor([1, 1])  # (5, 2) was never seen, (2) was
    assert long.probabilities([read], [wanted])[1] == short.probabilities([read], [wanted])[1]
