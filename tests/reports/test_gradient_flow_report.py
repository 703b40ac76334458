"""Quartiles, slopes and what is said of them; the table and the picture."""

import csv
import io
import math

import numpy as np
import pytest
import torch
from PIL import Image

from seqmodels.reports.gradient_flow import (
    gradient_csv,
    gradient_curve,
    gradient_picture,
    reading,
    slope_of,
)


def falling(rate, count=9, steps=40):
    """Norms that fall by one rate, spread around it by example."""
    spread = 10 ** torch.linspace(-1, 1, count).double()[:, None]
    return spread * rate ** torch.arange(steps).double()


def test_quartiles_are_numpy_s_lag_by_lag_of_the_examples_that_have_it():
    norms = torch.rand(11, 6).double()
    norms[:3, 4:] = torch.nan
    curve = gradient_curve("layer 1", "h", norms)
    for lag in range(6):
        there = norms[~norms[:, lag].isnan(), lag].log10().numpy()
        assert np.allclose(curve.quartiles[:, lag], np.quantile(there, [0.25, 0.5, 0.75]))
    assert curve.counts == [11, 11, 11, 11, 8, 8]


def test_lags_that_less_than_half_of_the_examples_have_are_left_out():
    norms = torch.ones(4, 5).double()
    norms[:2, 3] = norms[:3, 4] = torch.nan
    assert gradient_curve("layer 1", "h", norms).lags == [0, 1, 2, 3]


def test_the_slope_is_numpy_s_and_zeros_are_left_out():
    lags, values = list(range(7)), [3.0, 1.0, 4.0, -1.0, -5.0, -9.0, 2.0]
    assert slope_of(lags, values) == pytest.approx(np.polyfit(lags, values, 1)[0])
    assert slope_of(lags, [*values[:5], -math.inf, math.nan]) == pytest.approx(np.polyfit(lags[:5], values[:5], 1)[0])
    assert math.isnan(slope_of([0], [1.0]))


@pytest.mark.parametrize(
    ("rate", "said"),
    [(0.5, "falls by half every 1.0 steps"), (2, "doubles every 1.0 steps"), (1.001, "stays within a factor of 2")],
)
def test_what_is_said_is_what_was_put_in(rate, said):
    line = reading(gradient_curve("layer 1", "∂L/∂h", falling(rate), {"J": -0.5}))
    assert line.startswith(f"layer 1, ∂L/∂h: {said}")
    assert line.endswith(f"(10^{math.log10(rate):+.3f} a step; J 10^-0.500)")


def test_no_gradient_at_all_is_said():
    curve = gradient_curve("layer 1", "∂L/∂h", torch.zeros(3, 5))
    assert reading(curve) == "layer 1, ∂L/∂h: too few steps, or no gradient at all"
    with pytest.raises(ValueError, match="no gradient above 0"):
        gradient_picture([curve], "nothing")


def test_the_table_has_a_row_a_lag():
    curve = gradient_curve("layer 1", "∂L/∂c", falling(0.1, steps=5))
    rows = list(csv.DictReader(io.StringIO(gradient_csv([curve]))))
    assert [int(row["lag"]) for row in rows] == [0, 1, 2, 3, 4]
    assert [float(row["median"]) for row in rows] == pytest.approx([0, -1, -2, -3, -4])
    assert {(row["panel"], row["curve"], row["examples"]) for row in rows} == {("layer 1", "∂L/∂c", "9")}


def test_a_picture_has_a_panel_for_each_and_survives_gradients_of_zero():
    norms = falling(0.1)
    norms[:, 20] = 0
    curves = [gradient_curve(panel, "h", norms) for panel in ("layer 1", "layer 2")]
    one, two = (Image.open(io.BytesIO(gradient_picture(some, "gradients"))) for some in (curves[:1], curves))
    assert two.height > one.height
    blue = (0, 0x72, 0xB2)
    counts = [np.all(np.array(image) == blue, axis=2).sum() for image in (one, two)]
    assert counts[1] == 2 * counts[0] > 1000
