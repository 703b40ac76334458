"""The linear parts over n-grams, against counting them by hand."""

from collections import Counter

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.wide import JointNGramLinear, NGramLinear
from seqmodels.nn.wide.buckets import ngram_buckets
from seqmodels.types import BOS, EOS, pad

MANY = 2**20


@pytest.fixture
def ids():
    return pad([torch.randint(4, 30, (length,)) for length in (7, 1, 4)])


def by_hand(row, lengths):
    marked = [BOS, *row.tolist(), EOS]
    return Counter(tuple(marked[i : i + n]) for n in lengths for i in range(len(marked) - n + 1))


@pytest.mark.parametrize("ngrams", [(1, 1), (1, 3), (2, 5)])
def test_every_ngram_has_a_bucket_and_different_ones_have_others(ids, ngrams):
    wide = NGramLinear(30, 2, ngrams, MANY)
    for row, buckets in zip(ids.rows(), wide.hashed(ids), strict=True):
        counted, found = by_hand(row, wide.lengths), Counter(buckets[buckets != 0].tolist())
        assert sorted(counted.values()) == sorted(found.values())
    alone = [set(wide.hashed(pad([row]))[0].tolist()) - {0} for row in ids.rows()]
    grams = [set(by_hand(row, wide.lengths)) for row in ids.rows()]
    assert len(set().union(*alone)) == len(set().union(*grams))


def test_scores_are_the_sum_over_different_ngrams_by_how_long_they_are(ids):
    ids = Padded(ids.data.clamp(max=6), ids.lengths)  # few ids, so that n-grams come again
    wide = NGramLinear(30, 3, (1, 2), 50)
    for found in (wide.weight, wide.bias, wide.importance):
        torch.nn.init.normal_(found)
    wide.fitted.fill_(True)
    for scores, row in zip(wide(ids), ids.rows(), strict=True):
        buckets = wide.hashed(pad([row]))[0].unique()
        length = wide.importance[buckets].square().sum(dim=0).sqrt()  # (K,)
        wanted = wide.weight[buckets].sum(dim=0) / length[:, None] + wide.bias
        assert_close(scores, wanted.sigmoid().log().mean(dim=0))


def test_a_part_that_learns_adds_the_sum_over_ngrams_by_how_many_they_are(ids):
    wide = JointNGramLinear(30, 3, (1, 2), 50, scale=4.0)
    assert not wide(ids).any()  # begins as if it were not there
    torch.nn.init.normal_(wide.weight)
    deep = torch.randn(3, 3)
    for found, scores, row in zip(wide.beside(deep, ids), deep, ids.rows(), strict=True):
        buckets = ngram_buckets(pad([row]), wide.lengths, 50)[0]
        assert_close(found, scores + 4.0 * wide.weight[buckets].sum(dim=0) / len(buckets) ** 0.5)
    wide.beside(deep, ids).sum().backward()
    assert wide.weight.grad.any()


def test_dropout_hides_ngrams_in_training_alone(ids):
    wide = JointNGramLinear(30, 2, (1, 2), MANY, dropout=0.5)
    torch.nn.init.ones_(wide.weight)
    seen = wide(ids)[:, 0] ** 2 / wide.scale**2  # the number of n-grams
    assert not torch.allclose(seen, wide.eval()(ids)[:, 0] ** 2 / wide.scale**2)
    assert_close(wide(ids)[:, 0] ** 2 / wide.scale**2, 2.0 * ids.lengths + 3)


def test_what_stands_behind_the_end_and_in_other_columns_changes_nothing(ids):
    wide = NGramLinear(30, 3, (1, 3), 500)
    torch.nn.init.normal_(wide.weight)
    torch.nn.init.ones_(wide.importance)
    wide.fitted.fill_(True)
    noise = torch.where(ids.mask, ids.data, torch.randint(4, 30, ids.data.shape))
    columns = torch.stack([noise, torch.randint(9, noise.shape)], dim=-1)
    assert_close(wide(Padded(noise, ids.lengths)), wide(ids))
    assert_close(wide(Padded(columns, ids.lengths)), wide(ids))
    assert_close(torch.cat([wide(pad([row])) for row in ids.rows()]), wide(ids))


def texts(count, labels, seed=0):
    """Sequences of noise with one telling id for each label, and the labels."""
    draw = torch.Generator().manual_seed(seed)
    which = torch.randint(labels, (count,), generator=draw)
    noise = [torch.randint(10, 60, (9,), generator=draw) for _ in range(count)]
    return [torch.cat([row, 4 + label[None]]) for row, label in zip(noise, which, strict=True)], which


@pytest.mark.parametrize("labels", [2, 4])
def test_what_was_fitted_tells_labels_of_other_texts(labels):
    wide = NGramLinear(60, labels, (1, 2), MANY)
    with pytest.raises(ValueError, match="was not fitted"):
        wide(pad(texts(4, labels)[0]))
    wide.fit(*texts(200, labels))
    others, wanted = texts(200, labels, seed=1)
    assert (wide(pad(others)).argmax(dim=1) == wanted).float().mean() > 0.99


@pytest.mark.parametrize("weighting", ["naive_bayes", "tfidf"])
def test_fitted_weights_are_the_regression_on_weighted_ngrams(weighting):
    inputs, wanted = texts(60, 2)
    wide = NGramLinear(60, 2, (1, 2), MANY, [weighting], strength=3.0, balanced=True)
    wide.fit(inputs, wanted)
    grams = [sorted(set(by_hand(row, wide.lengths))) for row in inputs]
    known = sorted({gram for row in grams for gram in row})
    there = np.array([[gram in row for gram in known] for row in grams], dtype=float)
    mine = wanted.numpy() == 0
    p, q = 1 + there[mine].sum(axis=0), 1 + there[~mine].sum(axis=0)
    if weighting == "naive_bayes":
        features = there / there.sum(axis=1, keepdims=True) ** 0.5 * (np.log(p / p.sum()) - np.log(q / q.sum()))
    else:
        features = there * (1 + np.log(61 / (1 + there.sum(axis=0))))
        features /= np.linalg.norm(features, axis=1, keepdims=True)
    model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=2000, tol=1e-8).fit(features, mine)
    found = wide(pad(inputs)).exp()  # (N, 2), two labels' regressions are each other's mirror
    assert_close(found[:, 0].double(), torch.from_numpy(model.predict_proba(features)[:, 1]), atol=2e-3, rtol=0)
    strange = [torch.cat([row, torch.tensor([1, 2, 3])]) for row in inputs]  # with n-grams that training lacks
    known_end = NGramLinear(60, 2, (1, 1), MANY, [weighting], strength=3.0)
    known_end.fit(inputs, wanted)
    assert_close(known_end(pad(strange)), known_end(pad(inputs)))
    assert_close(found.sum(dim=1), torch.ones(60), atol=2e-3, rtol=0)


def test_a_label_that_no_example_has_is_not_said_and_one_that_all_have_is():
    inputs, wanted = texts(50, 2)
    wide = NGramLinear(60, 3, (1, 1), MANY)
    wide.fit(inputs, wanted)
    assert set(wide(pad(inputs)).argmax(dim=1).tolist()) == {0, 1}
    wide.fit(inputs, torch.full((50,), 2))
    assert (wide(pad(inputs)).argmax(dim=1) == 2).all()


def test_a_second_fit_forgets_the_first():
    wide, fresh = (NGramLinear(60, 2, (1, 2), MANY) for _ in range(2))
    wide.fit(*texts(50, 2))
    for one in (wide, fresh):
        one.fit(*texts(50, 2, seed=1))
    for name, table in fresh.state_dict().items():
        assert torch.equal(table, wide.state_dict()[name])


def test_texts_that_are_too_short_have_no_ngrams():
    wide = NGramLinear(60, 2, (4, 4), MANY)
    short = pad([torch.tensor([5]), torch.tensor([6])])
    with pytest.raises(ValueError, match=r"ngrams=\[4, 4\]: no n-gram"):
        wide.fit(short.rows(), torch.tensor([0, 1]))
    wide.fit(*texts(50, 2))
    assert_close(wide(short)[0], wide(short)[1])


def test_labels_that_there_are_not_are_refused():
    with pytest.raises(ValueError, match="labels from 0 to 3 found"):
        NGramLinear(60, 2).fit(texts(4, 2)[0], torch.tensor([0, 1, 3, 0]))


def test_how_many_are_counted_at_once_changes_nothing(monkeypatch):
    found = []
    for at_once in (512, 7):
        monkeypatch.setattr("seqmodels.nn.wide.ngram_linear.AT_ONCE", at_once)
        wide = NGramLinear(60, 2, (1, 2), 500)
        wide.fit(*texts(50, 2))
        found.append(wide.weight)
    assert torch.equal(*found)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ngrams": [2, 1]}, "ngrams="),
        ({"buckets": 1}, "buckets=1"),
        ({"weightings": []}, "weightings="),
        ({"weightings": ["idf"]}, "weightings=.?idf"),
        ({"weightings": ["tfidf", "tfidf"]}, "weightings="),
        ({"weightings": "tfidf"}, "weightings="),
        ({"share": 1.7}, "share=1.7"),
        ({"strength": -1.0}, "strength=-1"),
    ],
)
def test_what_cannot_be_is_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        NGramLinear(30, 2, **settings)


@pytest.mark.parametrize("settings", [{"ngrams": [2, 1]}, {"buckets": 1}])
def test_a_part_that_learns_refuses_the_same(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        JointNGramLinear(30, 2, **settings)


def test_numbers_are_refused():
    with pytest.raises(ValueError, match="n-grams are of ids"):
        NGramLinear(30, 2).hashed(Padded(torch.zeros(1, 2, 3), torch.tensor([2])))
