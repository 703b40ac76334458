"""The tasks trained for real, held against the figures that this project promises (``make test-slow``)."""

import json

import pytest

from seqmodels.run.cli import run

pytestmark = pytest.mark.slow


def trained(folder, *words: str) -> dict[str, float]:
    assert run(["train", f"run_dir={folder}", *words]) == 0
    return json.loads((folder / "metrics.json").read_text())


def test_dates_are_read_within_three_minutes(tmp_path):
    metrics = trained(tmp_path / "dates")
    assert metrics["test/exact_match"] >= 0.99
    assert metrics["floor/exact_match"] < 0.35
    assert metrics["seconds"] <= 180


def test_the_language_of_a_date_is_told_apart(tmp_path):
    metrics = trained(tmp_path / "language", "task=date_language")
    assert metrics["test/accuracy"] >= 0.9
    assert metrics["floor/accuracy"] < 0.1


@pytest.mark.usefixtures("ewt")
def test_words_of_ewt_are_tagged_within_ten_minutes(tmp_path):
    metrics = trained(tmp_path / "tagger", "task=pos_tagging")
    assert metrics["test/accuracy"] >= 0.95
    assert 0.885 <= metrics["floor/accuracy"] <= 0.89
    assert metrics["seconds"] <= 600


def test_one_batch_is_learnt_by_heart(tmp_path):
    assert run(["train", f"run_dir={tmp_path / 'overfit'}", "debug=overfit"]) == 0
    rows = (tmp_path / "overfit" / "logs" / "metrics.csv").read_text().splitlines()
    column = rows[0].split(",").index("train/loss")
    losses = [float(row.split(",")[column]) for row in rows[1:] if row.split(",")[column]]
    assert losses[-1] < 0.1 * losses[0]
