"""Scores of forecasts, each against a loop over all numbers, scaled and in the units of the data."""

import math

import pytest
import torch

from seqmodels.metrics import AbsoluteError, Coverage, Crps, Mase, Pinball, Scorer, SquaredError
from seqmodels.nn.distributions import Certain, Normal
from seqmodels.series import Series, Values, Window
from seqmodels.text import Label, Numbers
from seqmodels.types import pad

K = 2
LENGTHS = [3, 5]


@pytest.fixture
def field():
    series = Series(("a", "b"), torch.randn(50, K, dtype=torch.float64) * torch.tensor([2.0, 30.0]) + 5, training=40)
    field = Values(period=3)
    field.fit([Window(series, 0, 5, ("a", "b"))])
    return field


@pytest.fixture
def batches(vectors):
    return [(vectors(LENGTHS, K), vectors(LENGTHS, K)) for _ in range(2)]


def each(batches):
    """(prediction, target, column) of every real number."""
    for predictions, targets in batches:
        for said, wanted in zip(predictions.rows(), targets.rows(), strict=True):
            for one, other in zip(said.tolist(), wanted.tolist(), strict=True):
                yield from zip(one, other, range(K), strict=True)


def computed(metric, batches):
    for predictions, targets in batches:
        metric.update(predictions, targets)
    return float(metric.compute())


@pytest.mark.parametrize("unit", ["scaled", "original"])
def test_errors_of_values(field, batches, unit):
    scale = field.scale.deviation.tolist() if unit == "original" else [1.0, 1.0]
    errors = [(y - p) * scale[k] for p, y, k in each(batches)]
    assert computed(SquaredError(field, unit), batches) == pytest.approx(sum(e * e for e in errors) / len(errors))
    absolute = sum(map(abs, errors)) / len(errors)
    assert computed(AbsoluteError(field, unit), batches) == pytest.approx(absolute)
    assert computed(Crps(field, unit), batches) == pytest.approx(absolute)  # of values that are taken for certain
    assert computed(Pinball(field, unit, levels=[0.25, 0.75]), batches) == pytest.approx(absolute / 2)


def test_mase_divides_by_the_naive_error_of_each_column(field, batches):
    scale, naive = field.scale.deviation.tolist(), field.naive_error.tolist()
    errors = [abs(y - p) * scale[k] / naive[k] for p, y, k in each(batches)]
    assert computed(Mase(field), batches) == pytest.approx(sum(errors) / len(errors))


def test_the_seasonal_naive_method_has_a_mase_of_one_on_the_training_rows(field):
    rows = torch.randn(40, K, dtype=torch.float64)
    series = Series(("a", "b"), rows, training=40)
    field.fit([Window(series, 0, 5, ("a", "b"))])
    metric = Mase(field)
    metric.update(pad([field.encode(rows[:-3])]), pad([field.encode(rows[3:])]))
    assert float(metric.compute()) == pytest.approx(1.0, rel=1e-5)


def test_what_is_said_of_a_number_counts_where_it_is_more_than_a_value(field, batches):
    predictions, targets = batches[0]
    said = Normal(predictions.data, torch.full_like(predictions.data, 0.7))
    mask = targets.mask
    metrics = {"crps": Crps(field), "pinball": Pinball(field, levels=[0.1]), "mae": AbsoluteError(field)}
    scorer = Scorer(metrics)
    scorer.update(torch.tensor(0.0), torch.tensor(8), predictions, targets, None, said)
    found = scorer.compute_metrics()
    assert float(found["crps"]) == pytest.approx(float(said.crps(targets.data)[mask].mean()))
    low = targets.data - said.quantile(0.1)
    assert float(found["pinball"]) == pytest.approx(float(torch.maximum(0.1 * low, -0.9 * low)[mask].mean()))
    assert float(found["mae"]) == pytest.approx(float((targets.data - predictions.data).abs()[mask].mean()))


def test_coverage_is_the_share_of_numbers_in_the_band(field, vectors):
    targets = vectors([2000], K)
    said = Normal(torch.zeros_like(targets.data), torch.ones_like(targets.data))
    for share in (0.5, 0.8, 0.95):
        metric = Coverage(field, share)
        metric.update(targets, targets, said)
        assert float(metric.compute()) == pytest.approx(share, abs=0.03)
    metric.reset()
    metric.update(targets, targets, Certain(targets.data + 1))
    assert float(metric.compute()) == 0


def test_noise_in_padding_is_not_counted(field, batches, noisy):
    dirty = [(noisy(predictions, math.nan), noisy(targets, math.nan)) for predictions, targets in batches]
    for metric in (SquaredError, AbsoluteError, Crps, Pinball, Mase, Coverage):
        assert computed(metric(field), dirty) == computed(metric(field), batches)


def test_rows_of_a_table_are_numbers_too(batches):
    numbers = Numbers()
    numbers.fit(["1 10", "3 30"])
    errors = [abs(y - p) * (1.0, 10.0)[k] for p, y, k in each(batches)]
    assert computed(AbsoluteError(numbers, "original"), batches) == pytest.approx(sum(errors) / len(errors))
    with pytest.raises(ValueError, match="Numbers found for targets, wanted rows of a series"):
        Mase(numbers)


def test_labels_and_other_shapes_are_refused(field, batches):
    with pytest.raises(ValueError, match="Label found for targets, wanted numbers"):
        SquaredError(Label())
    (predictions, targets), _ = batches
    with pytest.raises(ValueError, match="differ in shape"):
        SquaredError(field).update(predictions._replace(data=predictions.data[:, :2]), targets)
