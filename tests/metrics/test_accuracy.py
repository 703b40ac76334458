"""Accuracy and ExactMatch against counting by hand."""

import pytest
import torch

from seqmodels import Padded
from seqmodels.metrics import Accuracy, ExactMatch
from seqmodels.text import Label, Tokens
from seqmodels.types import pad

N = 24


def make_pairs():
    """Predictions and targets of the same lengths, over two ids so that short ones often agree."""
    lengths = torch.randint(1, 5, (N,)).tolist()
    return [(torch.randint(2, (n,)), torch.randint(2, (n,))) for n in lengths]


def make_unequal_pairs():
    """Predictions of lengths of their own, among them none at all; a third are right."""
    pairs = [(torch.randint(2, (int(n),)), torch.randint(2, (int(m),))) for n, m in torch.randint(1, 4, (N, 2))]
    return [(wanted if i % 3 == 0 else said[1:], wanted) for i, (said, wanted) in enumerate(pairs)]


def update(metric, pairs):
    metric.update(*(pad(list(side)) for side in zip(*pairs, strict=True)))


def update_with_noise(metric, pairs, noisy, said, wanted):
    """With these two values in the padding of the predictions and of the targets."""
    predictions, targets = (pad(list(side)) for side in zip(*pairs, strict=True))
    metric.update(noisy(predictions, said), noisy(targets, wanted))


def shares(pairs):
    """Right steps of all steps, right sequences of all sequences."""
    steps = [s == w for said, wanted in pairs for s, w in zip(said.tolist(), wanted.tolist(), strict=False)]
    whole = [said.tolist() == wanted.tolist() for said, wanted in pairs]
    return sum(steps) / sum(len(wanted) for _, wanted in pairs), sum(whole) / len(pairs)


@pytest.mark.parametrize("noise", [(0, 0), (1, 1), (0, 1)], ids=str)
def test_accuracy_is_the_share_of_right_steps(noise, noisy):
    pairs, metric = make_pairs(), Accuracy()
    update_with_noise(metric, pairs, noisy, *noise)
    assert float(metric.compute()) == pytest.approx(shares(pairs)[0], abs=1e-12)


@pytest.mark.parametrize("make", [make_pairs, make_unequal_pairs])
@pytest.mark.parametrize("noise", [(0, 0), (1, 1), (0, 1)], ids=str)
def test_exact_match_is_the_share_of_sequences_right_from_end_to_end(make, noise, noisy):
    pairs, metric = make(), ExactMatch()
    update_with_noise(metric, pairs, noisy, *noise)
    assert 0 < shares(pairs)[1] < 1
    assert float(metric.compute()) == pytest.approx(shares(pairs)[1], abs=1e-12)


@pytest.mark.parametrize(("metric", "make"), [(Accuracy, make_pairs), (ExactMatch, make_unequal_pairs)])
@pytest.mark.parametrize("size", [1, 5, 23])
def test_any_batch_split_gives_the_same_number(metric, make, size):
    pairs, whole, split = make(), metric(), metric()
    update(whole, pairs)
    for start in range(0, N, size):
        update(split, pairs[start : start + size])
    assert torch.equal(split.compute(), whole.compute())


@pytest.mark.parametrize("metric", [Accuracy, ExactMatch])
def test_a_reset_forgets_everything(metric):
    metric = metric()
    one = [(torch.tensor([1]), torch.tensor([1]))]
    update(metric, [(torch.tensor([0]), torch.tensor([1]))])
    metric.reset()
    update(metric, one)
    assert metric.compute() == 1


def test_a_prediction_that_is_a_beginning_of_its_target_does_not_match():
    metric = ExactMatch()
    two, one = Padded(torch.tensor([[5, 0]]), torch.tensor([2])), Padded(torch.tensor([[5]]), torch.tensor([1]))
    metric.update(one, two)  # token 0 is what pads: only the lengths tell them apart
    metric.update(two, one)
    assert metric.compute() == 0


def test_a_prediction_that_says_nothing_does_not_match():
    metric = ExactMatch()
    nothing = Padded(torch.zeros(2, 0, dtype=torch.int64), torch.tensor([0, 0]))
    metric.update(nothing, pad([torch.tensor([5]), torch.tensor([5, 6])]))
    assert metric.compute() == 0


def test_accuracy_refuses_sequences_of_another_shape():
    with pytest.raises(ValueError, match="differ in shape"):
        Accuracy().update(pad([torch.tensor([1, 2])]), pad([torch.tensor([1])]))


def test_a_sequence_with_a_token_that_training_never_saw_equals_none():
    field = Tokens()
    field.fit(["a cat"])
    for said, wanted, others, right in (
        ("a dog", "a dog", [], 0),
        ("a dog", "a cat", ["a horse"], 0),
        ("a cat", "a dog", ["a cat"], 1),
    ):
        metric = ExactMatch(field)
        metric.update(pad([field.encode(said)]), pad([field.encode(wanted)]), [[wanted, *others]])
        assert metric.compute() == right, said
    labels = Label()
    labels.fit(["yes", "no"])
    metric, second = ExactMatch(labels), pad([torch.tensor([1])])
    metric.update(second, second)
    assert metric.compute() == 1
