"""``seqmodels inspect RUN --gradients``: files in the run's folder or elsewhere, what is said, and what is refused."""

import csv

import pytest

from seqmodels.run.cli import run

SMALL = ["device=cpu", "callbacks.progress=null", "trainer.max_epochs=1", "report=false"]


@pytest.fixture(scope="module")
def bag_run(tmp_path_factory):
    """A run of a model that has no state."""
    words = ["task=parity", "data.train=8", "data.val=2", "data.test=2", "data.further=[]", "encoder_size=8"]
    folder = tmp_path_factory.mktemp("bag") / "run"
    assert run(["train", *SMALL, *words, "model/encoder=bag", f"run_dir={folder}"]) == 0
    return folder


@pytest.fixture(scope="module")
def language_run(tmp_path_factory):
    """A run of a language model, whose text is read in streams."""
    base = tmp_path_factory.mktemp("language")
    text = base / "text"
    text.write_text("to be or not to be, that is the question\n" * 40, encoding="utf-8")
    files = [f"data.{split}={text}" for split in ("train", "val", "test")]
    words = ["task=language_model", "data=text", *files, "model.encoder.hidden_size=8", "model.encoder.num_layers=1"]
    words += ["batching.steps=16", "batching.batch_size=4", "floor=null", "model.tied=false"]
    assert run(["train", *SMALL, *words, f"run_dir={base / 'run'}"]) == 0
    return base / "run"


def medians(folder):
    """By panel and curve, how many lags there are."""
    counts = {}
    with open(folder / "gradients.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counts.setdefault((row["panel"], row["curve"]), []).append(float(row["median"]))
    return counts


def test_every_layer_and_direction_is_there_and_said(any_run, said, tmp_path):
    result = said("inspect", any_run, "--gradients", "--output", tmp_path / "new" / "folder")
    assert result.code == 0, result.err
    found = medians(tmp_path / "new" / "folder")
    lines = result.out.splitlines()
    assert len(lines) == len(found) + 1
    assert {"layer 1", "layer 1, read backwards"} <= {panel for panel, _ in found}
    assert all(line.startswith("layer ") and " a step" in line and "‖J‖" in line for line in lines[:-1])
    assert (tmp_path / "new" / "folder" / "gradients.png").read_bytes()[1:4] == b"PNG"


def test_without_a_place_the_files_go_into_the_run_s_folder(tagger_run, said):
    result = said("inspect", tagger_run / "checkpoints" / "best.ckpt", "--gradients", "--examples", "2")
    assert result.code == 0, result.err
    assert result.out.splitlines()[-1] == f"written: {tagger_run}/gradients.png, {tagger_run}/gradients.csv"
    assert len(medians(tagger_run)) == 4


def test_a_text_read_on_and_on_is_looked_at_window_by_window(language_run, said):
    result = said("inspect", language_run, "--gradients")
    assert result.code == 0, result.err
    assert all(len(values) >= 16 for values in medians(language_run).values())


def test_what_cannot_be_looked_at_is_told(bag_run, tagger_run, refused, tmp_path):
    assert "ManyToMany with BagEncoder found, which has no state" in refused("inspect", bag_run, "--gradients")[0]
    assert refused("inspect", tagger_run) == ["inspect: nothing to look at; wanted --gradients"]
    assert refused("inspect", tagger_run, "data.val=x", "--gradients") == [
        "data.val=x: wanted nothing behind the run but flags"
    ]
    assert refused("inspect", tagger_run, "--gradients", "--examples", "0") == ["--examples 0: wanted 1 or more"]
    assert "no such run" in refused("inspect", tmp_path / "nowhere", "--gradients")[0]
    (tmp_path / "file").write_text("")
    told = refused("inspect", tagger_run, "--gradients", "--output", tmp_path / "file")
    assert told == [f"{tmp_path / 'file'}: File exists; make room, or name another folder with --output"]
