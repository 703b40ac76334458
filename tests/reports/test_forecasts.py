"""Pictures and tables of forecasts."""

from io import BytesIO

import pytest
import torch
from PIL import Image

from seqmodels.reports.canvas import COLOURS
from seqmodels.reports.forecasts import (
    BANDS,
    Forecast,
    Forecasts,
    errors_csv,
    errors_picture,
    forecast_files,
    forecast_picture,
)

STEPS = 6


def make_forecast(columns=2, bands=True):
    came, point = torch.randn(STEPS, columns), torch.randn(STEPS, columns)
    edges = {share: (point - 3 * share, point + 3 * share) for share in BANDS} if bands else {}
    return Forecast("2026-03-01 00:00:00", torch.randn(2 * STEPS, columns), came, point, edges)


def make_forecasts(columns=2, bands=True):
    errors = {score: {who: [0.1 * i for i in range(STEPS)] for who in ("model", "linear")} for score in ("MSE", "MAE")}
    names = tuple(f"column {i}" for i in range(columns))
    return Forecasts(names, [make_forecast(columns, bands)] * 3, errors, torch.rand(STEPS, columns))


def colours(png):
    picture = Image.open(BytesIO(png)).convert("RGB")
    return {"#{:02x}{:02x}{:02x}".format(*colour) for _, colour in picture.getcolors(2**20)}


def test_bands_are_drawn_where_more_than_a_value_is_said():
    found = make_forecasts()
    assert set(BANDS.values()) | {COLOURS[0]} <= colours(forecast_picture(found.columns, found.some, "title"))
    certain = make_forecasts(bands=False)
    assert not set(BANDS.values()) & colours(forecast_picture(certain.columns, certain.some, "title"))


def test_of_many_columns_the_first_ones_are_drawn():
    few, many = make_forecasts(8), make_forecasts(20)
    sizes = [Image.open(BytesIO(forecast_picture(f.columns, f.some, "title"))).size for f in (few, many)]
    assert sizes[0] == sizes[1]


def test_everybody_has_a_line():
    assert set(COLOURS[:2]) <= colours(errors_picture(make_forecasts().errors, "title"))
    errors_picture({"MSE": {"model": [0.5]}}, "one step")
    errors_picture({"MSE": {"model": [0.0, 0.0]}}, "no error")


def test_the_table_has_a_row_a_step():
    found = make_forecasts()
    lines = errors_csv(found).splitlines()
    assert lines[0] == ("step,MSE model,MSE linear,MAE model,MAE linear,mae column 0 original,mae column 1 original")
    assert len(lines) == STEPS + 1
    assert [float(cell) for cell in lines[3].split(",")[5:]] == pytest.approx(found.by_column[2].tolist(), rel=1e-5)


def test_all_files_are_made():
    made = {name: make() for name, make in forecast_files(make_forecasts(), "title")}
    assert list(made) == ["forecasts.png", "errors_by_step.png", "errors_by_step.csv"]
    with pytest.raises(ValueError, match="no forecast found"):
        forecast_picture(["a"], [], "title")
