"""The linear part over n-grams, against counting them by hand."""

from collections import Counter

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.wide import NGramLinear
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


def test_scores_are_the_sum_over_ngrams_by_the_root_of_how_many_there_are(ids):
    wide = NGramLinear(30, 3, (1, 2), 50, scale=4.0)
    torch.nn.init.normal_(wide.weight)
    for scores, row in zip(wide(ids), ids.rows(), strict=True):
        buckets = wide.hashed(pad([row]))[0]
        assert_close(scores, 4 * wide.weight[buckets].sum(dim=0) / len(buckets) ** 0.5)


def test_what_stands_behind_the_end_and_in_other_columns_changes_nothing(ids):
    wide = NGramLinear(30, 3, (1, 3), 500)
    torch.nn.init.normal_(wide.weight)
    noise = torch.where(ids.mask, ids.data, torch.randint(4, 30, ids.data.shape))
    columns = torch.stack([noise, torch.randint(9, noise.shape)], dim=-1)
    assert_close(wide(Padded(noise, ids.lengths)), wide(ids))
    assert_close(wide(Padded(columns, ids.lengths)), wide(ids))
    assert_close(torch.cat([wide(pad([row])) for row in ids.rows()]), wide(ids))


def test_dropout_hides_ngrams_in_training_alone(ids):
    wide = NGramLinear(30, 2, (1, 2), MANY, dropout=0.5)
    torch.nn.init.ones_(wide.weight)
    with torch.no_grad():
        wide.weight[0] = 0
    seen = wide(ids)[:, 0] ** 2 / wide.scale**2  # the number of n-grams
    assert not torch.allclose(seen, wide.eval()(ids)[:, 0] ** 2 / wide.scale**2)
    assert_close(wide(ids)[:, 0] ** 2 / wide.scale**2, 2.0 * ids.lengths + 3)


def test_no_ngram_has_a_gradient_and_neither_has_what_was_not_read(ids):
    wide = NGramLinear(30, 2, (1, 1), MANY)
    wide(ids).sum().backward()
    read = wide.weight.grad.abs().sum(dim=1) > 0
    assert not read[0]
    assert set(read.nonzero().flatten().tolist()) == set(wide.hashed(ids).unique().tolist()) - {0}


@pytest.mark.parametrize(("settings", "said"), [({"ngrams": [2, 1]}, "ngrams="), ({"buckets": 1}, "buckets=1")])
def test_what_cannot_be_is_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        NGramLinear(30, 2, **settings)


def test_numbers_are_refused():
    with pytest.raises(ValueError, match="counts ids"):
        NGramLinear(30, 2)(Padded(torch.zeros(1, 2, 3), torch.tensor([2])))
