"""Learning curves: what the log holds, and where the best checkpoint is."""

import io
import math

import pytest
from PIL import Image

from seqmodels.axis import axis_of, written
from seqmodels.loggers import CsvLog
from seqmodels.reports import learning_curves, read_log
from seqmodels.reports.curves import Curve, best_of


@pytest.fixture
def log(tmp_path):
    """Thirty steps with a validation every ten, and the scores of the best checkpoint behind them."""
    log = CsvLog(str(tmp_path))
    for step in range(30):
        log.log_metrics({"train/loss": 1 / (step + 1), "lr-Adam": 0.1, "epoch": step // 10}, step)
        if step % 10 == 9:
            log.log_metrics({"val/loss": 0.5, "val/accuracy": 0.6 if step == 9 else 0.9}, step)
    log.log_metrics({"val/loss": 0.4, "val/accuracy": 0.95, "epoch": 3}, 30)
    return log.path


def test_the_log_gives_losses_and_validated_metrics_of_the_training(log):
    curves = {curve.name: curve for curve in read_log(log, 30)}
    assert set(curves) == {"train/loss", "val/loss", "val/accuracy"}
    assert curves["train/loss"].steps == list(range(1, 31))
    assert curves["train/loss"].values == pytest.approx([1 / step for step in range(1, 31)])
    assert curves["val/accuracy"] == Curve("val/accuracy", [10, 20, 30], [0.6, 0.9, 0.9])


def test_the_best_checkpoint_is_the_first_of_the_best(log):
    curves = read_log(log, 30)
    assert best_of(curves, "val/accuracy", "max") == (20, 0.9)
    assert best_of(curves, "val/accuracy", "min") == (10, 0.6)
    assert best_of(curves, "val/other", "min") is None


def test_what_is_no_number_is_left_out(tmp_path):
    log = CsvLog(str(tmp_path))
    for step, value in enumerate([1.0, math.nan, math.inf, 2.0]):
        log.log_metrics({"train/loss": value}, step)
    assert read_log(log.path) == [Curve("train/loss", [1, 4], [1.0, 2.0])]


@pytest.mark.parametrize("names", [["train/loss"], ["val/accuracy"], ["train/loss", "val/loss", "val/f1", "val/a$b$"]])
@pytest.mark.parametrize("values", [[0.5], [0.0, 0.0], [-3.0, 4.0], [1e-6, 1e6], [2.0, 1.5, 1.2] * 400])
def test_a_picture_is_drawn_of_any_log(names, values):
    curves = [Curve(name, list(range(1, len(values) + 1)), values) for name in names]
    picture = Image.open(io.BytesIO(learning_curves(curves, "a title, 中文", names[-1], "max")))
    assert picture.format == "PNG"
    assert picture.width == 1100


def test_nothing_to_draw_is_told():
    with pytest.raises(ValueError, match="no loss and no validated metric was logged"):
        learning_curves([], "a title", "val/loss", "min")


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0, 3.7), (-5, 5), (0.911, 0.957), (3, 3), (0, 0), (1e-7, 2e-7), (0, 62840)]
)
def test_an_axis_holds_its_values_and_a_few_round_numbers(low, high):
    axis = axis_of([low, high])
    assert axis.low <= low <= high <= axis.high
    assert 3 <= len(axis.ticks) <= 12
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)
    assert all(
        len(written(tick).strip("-0.,").replace(",", "")) <= 4 or tick == 0 or abs(tick) < 1e-4 for tick in axis.ticks
    )


@pytest.mark.parametrize(("low", "high"), [(0.01, 1), (0.3, 9), (1e-5, 1e5)])
def test_a_logarithmic_axis_does_too(low, high):
    axis = axis_of([low, high], logarithmic=True)
    assert axis.logarithmic
    assert axis.low <= low <= high <= axis.high
    assert len(axis.ticks) >= 3
    places = [axis.place(tick) for tick in axis.ticks]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)


def test_values_at_zero_or_close_together_have_a_plain_axis():
    assert not axis_of([0, 100], logarithmic=True).logarithmic
    assert not axis_of([1, 5], logarithmic=True).logarithmic
