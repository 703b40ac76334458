"""Scorer: a loss weighted by steps, and metrics by name."""

import pytest
import torch

from seqmodels.metrics import Accuracy, ExactMatch, Scorer
from seqmodels.text import Tokens
from seqmodels.types import pad

SAID = pad([torch.tensor([1, 2]), torch.tensor([3])])
WANTED = pad([torch.tensor([1, 2]), torch.tensor([4])])


def test_the_loss_is_weighted_by_steps():
    losses, steps, scorer = torch.rand(6), torch.tensor([1, 9, 2, 40, 3, 3]), Scorer({})
    for loss, count in zip(losses, steps, strict=True):
        scorer.update(loss, count, SAID, WANTED)
    assert float(scorer.compute()["loss"]) == pytest.approx(float((losses * steps).sum() / steps.sum()), abs=1e-6)


def test_a_batch_whose_loss_is_no_number_is_not_left_out():
    scorer = Scorer({})
    for loss, steps in ((1.0, 5), (float("nan"), 2), (1.0, 5)):
        scorer.update(torch.tensor(loss), torch.tensor(steps), SAID, WANTED)
    assert scorer.compute()["loss"].isnan()
    scorer.reset()
    for loss, steps in ((1.0, 5), (float("nan"), 0)):  # nothing of it is scored
        scorer.update(torch.tensor(loss), torch.tensor(steps), SAID, WANTED)
    assert scorer.compute()["loss"] == 1.0


def test_every_metric_is_computed_under_its_name():
    scorer = Scorer({"steps": Accuracy(), "whole": ExactMatch()})
    scorer.update(torch.tensor(0.25), torch.tensor(3), SAID, WANTED)
    scores = scorer.compute()
    assert {name: float(score) for name, score in scores.items()} == pytest.approx(
        {"loss": 0.25, "steps": 2 / 3, "whole": 1 / 2}
    )
    assert {score.dtype for score in scores.values()} == {torch.float32}


def test_any_of_the_texts_that_are_right_is_an_exact_match_as_the_field_reads_it():
    field = Tokens(lowercase=True)
    field.fit(["a dog", "the dog runs"])
    said = pad([field.encode(text) for text in ("the dog", "the dog", "a dog", "dog")])
    wanted = pad([field.encode("a dog")] * 4)
    texts = [["a dog", "The dog"], ["a dog"], ["a dog", "runs"], ["a dog", "runs", "dog runs"]]
    for metric, share in ((ExactMatch(field), 0.5), (ExactMatch(), 0.25)):
        scorer = Scorer({"whole": metric})
        scorer.update_metrics(said, wanted, texts)
        assert scorer.compute_metrics()["whole"] == share


def test_the_share_that_was_cut_is_counted_where_it_is_told():
    scorer = Scorer({})
    for ended in (torch.tensor([True, False]), torch.tensor([True, True])):
        scorer.update(torch.tensor(1.0), torch.tensor(2), SAID, WANTED, ended=ended)
    assert scorer.compute()["cut"] == 0.25
    scorer.reset()
    scorer.update(torch.tensor(1.0), torch.tensor(2), SAID, WANTED)
    assert "cut" not in scorer.compute()


def test_metrics_may_be_counted_without_a_loss():
    scorer = Scorer({"whole": ExactMatch()})
    scorer.update_metrics(SAID, WANTED)
    assert {name: float(score) for name, score in scorer.compute_metrics().items()} == {"whole": 0.5}


def test_a_reset_forgets_the_loss_and_the_metrics():
    scorer = Scorer({"whole": ExactMatch()})
    scorer.update(torch.tensor(9.0), torch.tensor(100), SAID, WANTED)
    scorer.reset()
    scorer.update(torch.tensor(1.0), torch.tensor(1), WANTED, WANTED)
    assert {name: float(score) for name, score in scorer.compute().items()} == {"loss": 1, "whole": 1}


def test_two_scorers_of_one_metric_count_apart():
    metric = ExactMatch()
    first, second = Scorer({"whole": metric}), Scorer({"whole": metric})
    first.update_metrics(SAID, WANTED)
    second.update_metrics(WANTED, WANTED)
    assert float(first.compute_metrics()["whole"]) == 0.5
    assert float(second.compute_metrics()["whole"]) == 1
    assert metric.total == 0
