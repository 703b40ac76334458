"""A forecaster's run: scores beside floors, pictures, another file scored, and the rows behind a file's last."""

import csv
import json

import pytest
import torch
from PIL import Image

import seqmodels
from seqmodels.run.cli import run
from seqmodels.series import Window

HORIZON, LOOK_BACK = 5, 12
TABLE = ["date,load,heat"] + [
    f"2026-{1 + i // 672:02d}-{1 + i % 672 // 24:02d} {i % 24:02d}:00:00,{(i % 24) ** 2},{50 - i % 24}"
    for i in range(300)
]
SMALL = ["device=cpu", "callbacks.progress=null", "trainer.max_epochs=1", "model.encoder.hidden_size=8"]
SMALL += ["model.embedder.embedding_size=8", "model.embedder.segment=4", "batching.batch_size=16"]
SMALL += ["floor.seasonal_naive.period=6", f"data.windows.look_back={LOOK_BACK}", f"data.windows.horizon={HORIZON}"]


def write(path, lines=TABLE):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write(tmp_path_factory.mktemp("series") / "series.csv")


@pytest.fixture(scope="module")
def forecaster(tmp_path_factory, table):
    """A run on a file, by quantiles, that reads the hour too."""
    runs = tmp_path_factory.mktemp("runs")
    words = ["task=forecasting", "data=series", f"data.path={table}", "data.calendar=[hour]", "model/head=quantile"]
    words += ["~model.head.error", "metric=forecast_distribution", f"runs={runs}", *SMALL]
    assert run(["train", *words]) == 0
    (folder,) = (runs / "forecasting").iterdir()
    return folder


@pytest.fixture(scope="module")
def chaos(tmp_path_factory):
    """A run on the series that is made in-process."""
    runs = tmp_path_factory.mktemp("runs")
    assert run(["train", "task=mackey_glass", "data.rows=400", f"runs={runs}", *SMALL]) == 0
    (folder,) = (runs / "mackey_glass").iterdir()
    return folder


def test_scores_stand_beside_those_of_trivial_methods(forecaster):
    metrics = json.loads((forecaster / "metrics.json").read_text())
    for name in ("mse", "mae", "mase", "mse_original", "mae_original", "crps", "pinball", "coverage"):
        assert f"test/{name}" in metrics
        assert any(key.startswith("floor/") and key.endswith(f"/{name}") for key in metrics)
    assert metrics["test/crps"] < metrics["test/mae"]


def test_errors_by_step_average_to_the_scores(forecaster):
    metrics = json.loads((forecaster / "metrics.json").read_text())
    rows = list(csv.DictReader((forecaster / "errors_by_step.csv").read_text().splitlines()))
    assert [row["step"] for row in rows] == [str(i + 1) for i in range(HORIZON)]
    for column, score in (("MSE model", "mse"), ("MAE model", "mae"), ("CRPS model", "crps")):
        mean = sum(float(row[column]) for row in rows) / HORIZON
        assert mean == pytest.approx(metrics[f"test/{score}"], rel=1e-4)
    mean = sum(float(row[f"mae {name} original"]) for row in rows for name in ("load", "heat")) / HORIZON / 2
    assert mean == pytest.approx(metrics["test/mae_original"], rel=1e-4)


def test_pictures_are_drawn(forecaster, chaos):
    for folder in (forecaster, chaos):
        for name in ("forecasts.png", "errors_by_step.png", "learning_curves.png"):
            with Image.open(folder / name) as picture:
                assert min(picture.size) > 300


def test_rows_behind_the_last_one_are_forecast_with_their_times(forecaster, table, said):
    found = json.loads(said("predict", forecaster, "--input", table, "--json").out)
    assert found["times"] == [f"2026-01-13 {hour}:00:00" for hour in (12, 13, 14, 15, 16)]
    assert set(found["forecast"]) == {"load", "heat"}
    predictor = seqmodels.load(forecaster)
    series = next(iter(_read(table)))
    window = Window(series, 300 - LOOK_BACK, 300, predictor.inputs.columns)
    (rows,) = predictor.predict([window])
    assert torch.tensor(rows)[:, 1].tolist() == pytest.approx(found["forecast"]["heat"], rel=1e-5)
    for (low, high), value in zip(found["bands"]["0.8"]["heat"], found["forecast"]["heat"], strict=True):
        assert low <= value <= high


def _read(table):
    from seqmodels.data import SeriesFile, Windows

    reader = SeriesFile(str(table), calendar=["hour"], windows=Windows(LOOK_BACK, HORIZON))
    yield reader.read().test[0].inputs.series


def test_a_table_says_the_same(forecaster, table, said, tmp_path):
    found = json.loads(said("predict", forecaster, "--input", table, "--json").out)
    lines = said("predict", forecaster, "--input", table).out.splitlines()
    assert lines[0].split() == ["time", "load", "load", "from", "load", "to", "heat", "heat", "from", "heat", "to"]
    assert len(lines) == HORIZON + 2
    for line, value in zip(lines[1:], found["forecast"]["load"], strict=False):
        assert float(line.split()[2]) == pytest.approx(value, rel=1e-3)
    assert said("predict", forecaster, "--input", table, "--output", tmp_path / "out.txt").out == ""
    assert (tmp_path / "out.txt").read_text().splitlines() == lines


def test_a_series_without_times_has_numbered_rows(chaos, said, tmp_path):
    path = write(tmp_path / "x.csv", ["x", *(f"{0.5 + i % 5 / 10}" for i in range(40))])
    lines = said("predict", chaos, "--input", path).out.splitlines()
    assert [line.split()[0] for line in lines] == ["row", "41", "42", "43", "44", "45"]


def test_only_the_rows_that_the_model_reads_count(forecaster, table, said, tmp_path):
    last = write(tmp_path / "last.csv", [TABLE[0], *TABLE[-LOOK_BACK:]])
    assert said("predict", forecaster, "--input", last).out == said("predict", forecaster, "--input", table).out


def test_what_cannot_be_forecast_is_told(forecaster, table, refused, tmp_path):
    assert "name a table" in refused("predict", forecaster)[0]
    assert "a text found, wanted the table of a series with --input FILE" in refused("predict", forecaster, "x")[0]
    assert "no such file" in refused("predict", forecaster, "--input", tmp_path / "none.csv")[0]
    short = write(tmp_path / "short.csv", TABLE[:8])
    assert refused("predict", forecaster, "--input", short)[0].endswith(
        "7 rows found, wanted 12 at least: so many does the model read"
    )
    other = write(tmp_path / "other.csv", [line.replace("heat", "cold") for line in TABLE])
    assert "no column 'heat' in the header" in refused("predict", forecaster, "--input", other)[0]
    gap = write(tmp_path / "gap.csv", [*TABLE[:250], *TABLE[251:]])
    assert "1 missing before it" in refused("predict", forecaster, "--input", gap)[0]
    assert "--beam" in refused("predict", forecaster, "--input", table, "--beam", "3")[0]


def test_a_run_is_scored_on_another_file(forecaster, said, refused, tmp_path):
    other = write(tmp_path / "other.csv", [TABLE[0], *(line.replace(",50", ",49") for line in TABLE[1:])])
    found = json.loads(said("evaluate", forecaster, f"data.path={other}", "--json").out)
    assert found["test/mae"] > 0
    faults = refused("evaluate", forecaster, "data.windows.horizon=4")
    assert "and the model says 5" in faults[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["model/strategy=recursive", "data.calendar=[hour]"], "nobody knows what they will be"),
        (["data.calendar=[minute]"], "data.calendar"),
        (["data.windows.split=[0.5,0.5]"], "wanted three"),
    ],
    ids=["strategy", "calendar", "split"],
)
def test_settings_that_cannot_be_are_told(words, told, table, refused):
    faults = refused("train", "task=forecasting", "data=series", f"data.path={table}", *words)
    assert any(told in fault for fault in faults), faults
