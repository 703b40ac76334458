"""Scores of a model that learns on meanwhile."""

import copy

import pytest
import torch
from test_language_model import TEXT, batches, model, nats
from test_topologies import weights_hash

from seqmodels.data.streams import Streams
from seqmodels.errors import InputError
from seqmodels.topologies import DynamicEvaluation

ALONE = Streams(eval_batch_size=1, steps=9).exact()


@pytest.fixture
def text(ids):
    return batches(ids, TEXT, ALONE)[0]


def test_without_a_step_to_speak_of_it_is_the_score_itself(text):
    one = model().double()
    found = DynamicEvaluation(rate=1e-12).score(one, text, [])
    with torch.no_grad():
        assert float(found) == pytest.approx(nats([one.evaluate(batch) for batch in text]) / sum(TEXT), rel=1e-6)


@pytest.mark.parametrize("rms", [False, True])
@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_it_makes_the_steps_of_the_paper(rms, decay, text, ids):
    one = model().double()
    other, start = copy.deepcopy(one), copy.deepcopy(one)
    training = batches(ids, [50], Streams(3, steps=10), training=True)[0]
    found = DynamicEvaluation(0.1, decay, rms).score(one, text, training)

    roots = [torch.ones_like(p) for p in other.parameters()]
    if rms:
        squares = [torch.zeros_like(p) for p in other.parameters()]
        for batch in training:
            grads = torch.autograd.grad(other.eval().evaluate(batch).loss, list(other.parameters()))
            squares = [s + g.square() for s, g in zip(squares, grads, strict=True)]
        roots = [(s / len(training)).sqrt() for s in squares]
    mean = torch.cat([root.flatten() for root in roots]).mean()
    total = 0.0
    for batch in text:
        evaluated = other.eval().evaluate(batch)
        total += float(evaluated.loss.detach()) * int(evaluated.steps)
        grads = torch.autograd.grad(evaluated.loss, list(other.parameters()))
        with torch.no_grad():
            for p, p0, g, root in zip(other.parameters(), start.parameters(), grads, roots, strict=True):
                p += -0.1 * g / (root + 1e-5 if rms else 1) + (decay * root / mean).clamp(max=1) * (p0 - p)
    assert float(found) == pytest.approx(total / sum(TEXT), rel=1e-6)


def test_mean_squares_of_no_gradients_are_refused(text):
    one = model()
    before = weights_hash(one)
    with pytest.raises(InputError, match="rms=true: no training batch found, wanted some"):
        DynamicEvaluation(0.1, 0.3, rms=True).score(one, text, [])
    assert weights_hash(one) == before


def test_the_model_is_afterwards_as_it_was(text):
    one = model()
    before = weights_hash(one)
    first = DynamicEvaluation(rate=0.5).score(one, text, [])
    assert weights_hash(one) == before
    assert all(p.grad is None for p in one.parameters())
    assert float(DynamicEvaluation(rate=0.5).score(one, text, [])) == float(first)


def test_of_what_comes_again_it_learns(text):
    one = model()
    static = float(DynamicEvaluation(rate=1e-12).score(one, text * 5, []))
    assert float(DynamicEvaluation(rate=0.5).score(one, text * 5, [])) < static
