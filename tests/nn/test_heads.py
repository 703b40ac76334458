"""Scores to losses and answers, each against a loop over the real rows."""

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.heads import CategoricalHead
from seqmodels.nn.heads.cross_entropy import cross_entropy
from seqmodels.types import pad

H, C = 5, 4
LENGTHS = [3, 5, 1]

every_smoothing = pytest.mark.parametrize("smoothing", [0.0, 0.1])


def make_targets():
    return pad([torch.randint(C, (length,)) for length in LENGTHS])


@every_smoothing
def test_cross_entropy_is_the_mean_over_all_real_rows(smoothing, vectors):
    scores, targets = vectors(LENGTHS, C), make_targets()
    rows = [
        F.cross_entropy(score, target, label_smoothing=smoothing)
        for scored, wanted in zip(scores.rows(), targets.rows(), strict=True)
        for score, target in zip(scored, wanted, strict=True)
    ]
    assert len(rows) == sum(LENGTHS)
    assert_close(cross_entropy(scores, targets, smoothing), torch.stack(rows).mean())


def test_cross_entropy_is_the_negated_logarithm_of_the_softmax(vectors):
    scores, target = vectors([1], C), torch.tensor([[2]])
    share = scores.data[0, 0].exp() / scores.data[0, 0].exp().sum()
    loss = cross_entropy(scores, Padded(target, scores.lengths))
    assert_close(loss, -share[2].log())
    smooth = 0.9 * -share[2].log() + 0.1 * -share.log().mean()
    assert_close(cross_entropy(scores, Padded(target, scores.lengths), 0.1), smooth)


@every_smoothing
@pytest.mark.parametrize("noise", [1e6, float("inf"), float("nan")], ids=str)
def test_noise_in_padding_changes_no_loss(smoothing, noise, vectors, noisy):
    scores, targets = vectors(LENGTHS, C), make_targets()
    wanted = cross_entropy(scores, targets, smoothing)
    assert_close(cross_entropy(noisy(scores, noise), noisy(targets, C - 1), smoothing), wanted)
    # Ids of nothing, as other libraries mark padding, are not read either.
    assert_close(cross_entropy(noisy(scores, noise), noisy(targets, -7), smoothing), wanted)


@every_smoothing
def test_noise_in_features_changes_neither_the_loss_nor_its_gradients_nor_the_answer(smoothing, vectors, noisy):
    head, clean, targets = (
        CategoricalHead(H, C, label_smoothing=smoothing).double(),
        vectors(LENGTHS, H),
        make_targets(),
    )
    results = []
    for features in (clean, noisy(clean, 1e3)):
        data = features.data.requires_grad_()
        scores = head(Padded(data, features.lengths))
        loss = head.loss(scores, targets)
        results.append(
            (scores.data, loss, head.predict(scores).data, torch.autograd.grad(loss, [data, *head.parameters()]))
        )
    assert_close(results[0], results[1], rtol=1e-12, atol=1e-12)


def test_scores_are_linear_and_answers_the_largest_and_both_zero_past_the_ends(vectors):
    head, features = CategoricalHead(H, C).double(), vectors(LENGTHS, H)
    scores = head(features)
    answers = head.predict(scores)
    for row, scored, answered in zip(features.rows(), scores.rows(), answers.rows(), strict=True):
        assert_close(scored, row @ head.scores.weight.T + head.scores.bias)
        assert [int(a) for a in answered] == [max(range(C), key=s.tolist().__getitem__) for s in scored]
    assert (scores.data[~features.mask] == 0).all()
    assert (answers.data[~features.mask] == 0).all()
    scrambled = torch.where(scores.mask[..., None], scores.data, torch.randn_like(scores.data))
    assert torch.equal(head.predict(Padded(scrambled, scores.lengths)).data, answers.data)


def test_head_dropout_acts_in_training_only(vectors):
    head, features = CategoricalHead(H, C, dropout=0.5).double(), vectors(LENGTHS, H)
    assert not torch.equal(head(features).data, head(features).data)
    head.eval()
    assert torch.equal(head(features).data, head(features).data)
