"""Scores of labels and of how sure a model is of them, held against scikit-learn and torchmetrics."""

import pytest
import torch
from sklearn.metrics import f1_score, roc_auc_score
from torchmetrics.functional.classification import multiclass_calibration_error

from seqmodels import Padded
from seqmodels.metrics import Accuracy, CalibrationError, MacroF1, RocAuc, Scorer
from seqmodels.text import Label

CLASSES = 4
LENGTHS = torch.tensor([3, 1, 5, 2])
MASK = torch.arange(5) < LENGTHS[:, None]


@pytest.fixture
def field() -> Label:
    field = Label()
    field.fit("abcd"[:CLASSES])
    return field


def drawn(seed: int, classes: int = CLASSES) -> tuple[Padded, Padded]:
    """log p and targets, noise in the padding of both."""
    torch.manual_seed(seed)
    log_p = (2 * torch.randn(4, 5, classes)).log_softmax(dim=-1)
    return Padded(log_p, LENGTHS), Padded(torch.randint(classes, (4, 5)), LENGTHS)


def answers(log_p: Padded) -> Padded:
    return Padded(log_p.data.argmax(dim=-1), log_p.lengths)


def real(batches: list[tuple[Padded, Padded]]) -> tuple[torch.Tensor, torch.Tensor]:
    """p and targets of all real steps."""
    return torch.cat([p.data[MASK].exp() for p, _ in batches]), torch.cat([t.data[MASK] for _, t in batches])


@pytest.mark.parametrize("seed", range(4))
def test_macro_f1_over_batches_is_scikit_learns_of_all_real_steps(seed: int, field: Label) -> None:
    batches = [drawn(10 * seed + i) for i in range(3)]
    metric = MacroF1(field)
    for log_p, targets in batches:
        metric.update(answers(log_p), targets)
    p, wanted = real(batches)
    assert float(metric.compute()) == pytest.approx(f1_score(wanted, p.argmax(dim=1), average="macro"))


def test_labels_that_nobody_says_or_wants_do_not_count(field: Label) -> None:
    one = torch.ones(4, dtype=torch.int64)
    metric = MacroF1(field)
    metric.update(Padded(torch.tensor([[0], [0], [1], [0]]), one), Padded(torch.tensor([[0], [1], [1], [0]]), one))
    assert float(metric.compute()) == pytest.approx((4 / 5 + 2 / 3) / 2)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("classes", [2, CLASSES])
def test_the_area_under_the_roc_curve_is_scikit_learns(seed: int, classes: int) -> None:
    batches = [drawn(10 * seed + i, classes) for i in range(3)]
    metric = RocAuc()
    for log_p, targets in batches:
        metric.update(log_p, targets)
    p, wanted = real(batches)
    theirs = roc_auc_score(wanted, p[:, 1]) if classes == 2 else roc_auc_score(wanted, p, multi_class="ovr")
    assert float(metric.compute()) == pytest.approx(theirs, abs=1e-6)


def test_of_one_label_there_is_no_order() -> None:
    log_p, _ = drawn(1)
    metric = RocAuc()
    metric.update(log_p, Padded(torch.zeros(4, 5, dtype=torch.int64), LENGTHS))
    assert float(metric.compute()) == 0.5


@pytest.mark.parametrize("bins", [5, 15])
def test_the_calibration_error_is_torchmetrics(bins: int) -> None:
    batches = [drawn(i) for i in range(5)]
    metric = CalibrationError(bins)
    for log_p, targets in batches:
        metric.update(log_p, targets)
    p, wanted = real(batches)
    theirs = multiclass_calibration_error(p, wanted, num_classes=CLASSES, n_bins=bins)
    assert float(metric.compute()) == pytest.approx(float(theirs), abs=1e-6)


def test_reliability_is_bin_by_bin_what_the_error_is_made_of() -> None:
    metric = CalibrationError(4)
    p = torch.tensor([0.3, 0.5, 0.6, 0.7, 1.0])  # 0.5 is the end of the second bin
    log_p = torch.stack([p, *[(1 - p) / 7] * 7], dim=1)[:, None].log()
    one = torch.ones(5, dtype=torch.int64)
    metric.update(Padded(log_p, one), Padded(torch.tensor([[0], [1], [0], [0], [1]]), one))
    steps, confidence, accuracy = metric.reliability()
    assert steps.tolist() == [0, 2, 2, 1]
    assert confidence.tolist() == pytest.approx([0, 0.4, 0.65, 1], abs=1e-6)
    assert accuracy.tolist() == [0, 0.5, 1, 0]
    assert float(metric.compute()) == pytest.approx((2 * 0.1 + 2 * 0.35 + 1) / 5, abs=1e-6)


@pytest.mark.parametrize("metric", [RocAuc(), CalibrationError()], ids=["RocAuc", "CalibrationError"])
def test_shapes_that_do_not_go_together_are_refused(metric: RocAuc | CalibrationError) -> None:
    log_p, targets = drawn(1)
    with pytest.raises(ValueError, match=r"wanted \(B, T, C\) and \(B, T\)"):
        metric.update(answers(log_p), targets)


def test_a_scorer_gives_answers_to_some_metrics_and_probabilities_to_others(field: Label) -> None:
    log_p, targets = drawn(3)
    scorer = Scorer({"accuracy": Accuracy(), "f1": MacroF1(field), "auc": RocAuc(), "ece": CalibrationError()})
    scorer.update(torch.tensor(1.0), LENGTHS.sum(), answers(log_p), targets, distribution=log_p)
    first = scorer.compute()
    assert set(first) == {"loss", "accuracy", "f1", "auc", "ece"}
    scorer.reset()
    scorer.update(torch.tensor(1.0), LENGTHS.sum(), answers(log_p), targets, distribution=log_p)
    assert scorer.compute() == first
    with pytest.raises(ValueError, match="RocAuc wants log p of every class, and none was given"):
        scorer.update_metrics(answers(log_p), targets)
