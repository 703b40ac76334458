"""The adaptive softmax against its formula, class by class."""

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.heads import AdaptiveSoftmaxHead, CategoricalHead
from seqmodels.types import pad

H, C = 8, 23
CUTOFFS = [0.2, 0.5]
LENGTHS = [3, 5, 1]


def make_head(**settings):
    """Weights large enough that probabilities differ."""
    torch.manual_seed(0)
    head = AdaptiveSoftmaxHead(H, C, CUTOFFS, divisor=2.0, **settings).double()
    with torch.no_grad():
        for weight in head.parameters():
            weight.mul_(5)
    return head


def by_formula(head, row):
    """p of every class for features (H,)."""
    first, *ends = head.softmax.cutoffs
    top = (head.softmax.head.weight @ row).softmax(dim=-1)
    p = list(top[:first])
    for group, (projection, words) in enumerate(head.softmax.tail):
        inside = (words.weight @ (projection.weight @ row)).softmax(dim=-1)
        assert len(inside) == ends[group] - [first, *ends][group]
        p += list(top[first + group] * inside)
    return torch.stack(p)


def make_targets():
    return pad([torch.randint(C, (length,)) for length in LENGTHS])


def test_probabilities_are_those_of_the_formula_and_sum_to_one(vectors):
    head, features = make_head(), vectors(LENGTHS, H)
    found = head.log_probabilities(head(features))
    assert found.data.shape == (3, 5, C)
    for row, said in zip(features.rows(), found.rows(), strict=True):
        wanted = torch.stack([by_formula(head, step) for step in row])
        assert_close(said.exp(), wanted)
        assert_close(said.exp().sum(dim=-1), torch.ones(len(row), dtype=torch.float64))
    assert bool((found.data[~found.mask] == 0).all())


@pytest.mark.parametrize("target", range(C))
def test_the_loss_of_every_class_is_the_negated_logarithm_of_its_probability(target, vectors):
    head, features = make_head(), vectors([2], H)
    scores = head(features)
    loss = head.loss(scores, Padded(torch.full((1, 2), target), scores.lengths))
    assert_close(loss, -head.log_probabilities(scores).data[..., target].mean())


def test_the_loss_is_the_mean_over_real_steps_and_its_gradients_those_of_the_enumeration(vectors):
    head, features, targets = make_head(), vectors(LENGTHS, H), make_targets()
    loss = head.loss(head(features), targets)
    log_p = head.log_probabilities(head(features)).data
    wanted = -log_p.gather(-1, targets.data[..., None])[..., 0][targets.mask].mean()
    assert_close(loss, wanted)
    gradients = [torch.autograd.grad(value, list(head.parameters())) for value in (loss, wanted)]
    assert_close(gradients[0], gradients[1])


def test_the_answer_is_the_most_probable_class(vectors):
    head, features = make_head(), vectors([40, 25], H)
    scores = head(features)
    answers = head.predict(scores)
    assert torch.equal(answers.data, Padded(head.log_probabilities(scores).data.argmax(-1), scores.lengths).zeroed()[0])
    groups = torch.bucketize(answers.data[answers.mask], torch.tensor(head.softmax.cutoffs), right=True)
    assert set(groups.tolist()) == {0, 1, 2}  # or the case tests nothing


@pytest.mark.parametrize("noise", [1e6, float("inf"), float("nan")], ids=str)
def test_noise_in_padding_changes_nothing(noise, vectors, noisy):
    head, targets = make_head(), make_targets()
    results = []
    for features in (clean := vectors(LENGTHS, H), noisy(clean, noise)):
        data = features.data.clone().requires_grad_()
        scores = head(Padded(data, features.lengths))
        loss = head.loss(scores, targets)
        gradients = torch.autograd.grad(loss, [data, *head.parameters()])
        results.append((scores.data, loss, head.predict(scores).data, head.log_probabilities(scores).data, gradients))
    assert_close(results[0], results[1], rtol=0, atol=0)
    assert_close(head.loss(scores, noisy(targets, -7)), loss, rtol=0, atol=0)


def test_head_dropout_acts_in_training_only(vectors):
    head, features = make_head(dropout=0.5), vectors(LENGTHS, H)
    assert not torch.equal(head(features).data, head(features).data)
    head.eval()
    assert torch.equal(head(features).data, features.data)


@pytest.mark.parametrize("classes", [2, 3, 5, 17, 1000])
def test_cutoffs_are_shares_of_any_number_of_classes(classes):
    head = AdaptiveSoftmaxHead(16, classes)
    assert head.softmax.cutoffs[-1] == classes
    assert 1 <= head.softmax.cutoffs[0] <= max(1, round(0.05 * classes))


@pytest.mark.parametrize("cutoffs", [[], [0.0], [1.0], [0.5, 0.2], [0.2, 0.2], [-0.1, 0.5]], ids=str)
def test_cutoffs_that_do_not_rise_are_refused(cutoffs):
    with pytest.raises(ValueError, match="wanted rising shares between 0 and 1"):
        AdaptiveSoftmaxHead(H, C, cutoffs)


def test_a_group_without_any_width_is_refused():
    with pytest.raises(ValueError, match=r"divisor=4\.0 found, but H=8 leaves group 2 no width"):
        AdaptiveSoftmaxHead(8, C)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="output_size=1 found, wanted two"):
        AdaptiveSoftmaxHead(16, 1)


def test_lower_precision_changes_the_loss_by_rounding_alone(vectors):
    head, features, targets = make_head().float(), vectors(LENGTHS, H), make_targets()
    wanted = head.loss(head(Padded(features.data.float(), features.lengths)), targets)
    with torch.autocast("cpu", torch.bfloat16):
        scores = head(Padded(features.data.bfloat16(), features.lengths))
        found = head.loss(scores, targets)
        assert head.predict(scores).data.shape == (3, 5)
    assert found.dtype == torch.float32
    assert_close(found, wanted, rtol=0.02, atol=0.02)


def test_log_probabilities_of_a_plain_softmax_are_its_scores_normalised(vectors):
    head, features = CategoricalHead(H, C).double(), vectors(LENGTHS, H)
    scores = head(features)
    found = head.log_probabilities(scores)
    assert_close(found.data.exp().sum(-1)[found.mask], torch.ones(sum(LENGTHS), dtype=torch.float64))
    assert_close((found.data - scores.data)[found.mask].std(dim=-1), torch.zeros(sum(LENGTHS), dtype=torch.float64))
    assert bool((found.data[~found.mask] == 0).all())
