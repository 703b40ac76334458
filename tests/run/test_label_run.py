"""A run that says one label of a text, from one table: its split, its floors, how sure it is."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

import seqmodels
from seqmodels.data import Csv, StratifiedSplit
from seqmodels.run.cli import run
from seqmodels.run.evaluate import evaluate_run

TASTE = ["awful", "bland", "lovely", "superb"]
SMALL = ["task=sentiment", "data=csv", "data.split.val=0.2", "model.head.weights=balanced", "device=cpu"]
SMALL += ["encoder_size=8", "model.embedder.embedding_size=8", "trainer.max_epochs=2", "callbacks.progress=null"]
SMALL += [f"~floor.{name}" for name in ("averaged_vectors", "bag_of_words", "naive_bayes")]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "reviews.csv"
    rows = [f"{TASTE[i % 4]} tea number {i},{'bad' if i % 4 == 0 else 'good'}\n" for i in range(160)]
    path.write_text("text,label\n" + "".join([*rows, *rows[:5]]))
    return path


@pytest.fixture(scope="module")
def folder(table: Path) -> Path:
    assert run(["train", *SMALL, f"data.train={table}", f"run_dir={table.parent / 'run'}"]) == 0
    return table.parent / "run"


def metrics(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "metrics.json").read_text())
    assert isinstance(found, dict)
    return found


def test_the_split_that_was_made_lies_in_the_folder_and_makes_the_same_split(folder: Path, table: Path) -> None:
    made = Csv(str(table), split=StratifiedSplit(val=0.2)).read()
    assert Csv(str(table), split=str(folder / "split.csv")).read() == made
    assert (folder / "split.csv").read_text().count("\n") == 161
    _, found, _ = evaluate_run(folder, overrides=[f"data.split={folder / 'split.csv'}"])
    assert found["test/accuracy"] == metrics(folder)["test/accuracy"]


def test_every_floor_has_every_score_but_the_loss(folder: Path) -> None:
    found = metrics(folder)
    names = {"accuracy", "macro_f1", "roc_auc", "ece"}
    assert {key for key in found if key.startswith("floor/")} == {
        f"floor/{floor}/{name}" for floor in ("majority", "tfidf") for name in names
    }
    assert set(found) >= {f"{split}/{name}" for split in ("val", "test") for name in {*names, "loss"}}
    assert found["floor/majority/roc_auc"] == 0.5


def test_how_sure_it_is_is_drawn_and_is_what_the_metric_says(folder: Path) -> None:
    _, found, report = evaluate_run(folder)
    assert (folder / "reliability.png").read_bytes()[1:4] == b"PNG"
    assert report.reliability is not None
    steps, confidence, accuracy = report.reliability
    assert float((steps * (confidence - accuracy).abs()).sum() / steps.sum()) == pytest.approx(found["test/ece"])
    assert int(steps.sum()) == 32


def test_weights_that_balanced_the_labels_are_in_the_checkpoint(folder: Path) -> None:
    head = seqmodels.load(folder).model.head
    assert isinstance(head, seqmodels.nn.heads.CategoricalHead)
    assert head.weights is not None
    assert torch.allclose(head.weights * torch.tensor([28.0, 84.0]), torch.tensor(56.0))


def test_settings_that_do_not_fit_the_labels_are_told_before_training(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for word in SMALL if "weights" not in word]
    words += ["+model.head.weights.fair=2", f"data.train={table}", f"run_dir={table.parent / 'none'}"]
    assert run(["train", *words]) == 2
    told = "model.head: CategoricalHead refuses its settings: weights of fair found, wanted some of bad, good"
    assert told in capsys.readouterr().err


def test_what_answers_beside_a_model_is_solved_for_before_training_and_saved(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["model/wide=ngrams", "model.wide.share=1.0", "trainer.max_epochs=1", "report=false"]
    assert run(["train", *SMALL, *words, f"data.train={table}", f"run_dir={tmp_path / 'wide'}"]) == 0
    assert metrics(tmp_path / "wide")["test/accuracy"] == 1.0  # one word tells, and the rest has no share
    model = seqmodels.load(tmp_path / "wide").model
    assert model.wide.fitted
    assert model.wide.weight.any()
    monkeypatch.setattr("seqmodels.run.train.fit_wide", None)  # a run that goes on has it in its checkpoint
    assert run(["train", f"resume={tmp_path / 'wide'}", "trainer.max_epochs=2", "resume_anyway=true"]) == 0
    assert metrics(tmp_path / "wide")["epochs"] == 2
    assert torch.equal(seqmodels.load(tmp_path / "wide").model.wide.weight, model.wide.weight)


def test_what_cannot_be_solved_for_is_told(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["model/wide=ngrams", "model.wide.ngrams=[30,30]", f"data.train={table}", f"run_dir={tmp_path / 'wide'}"]
    assert run(["train", *SMALL, *words]) == 2
    assert "model.wide: ngrams=[30, 30]: no n-gram found in what training reads" in capsys.readouterr().err
