"""A finished run that is run again is the same to the bit, and what is not as it was is named."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from conftest import tagging

from seqmodels.pages.rows import read_row
from seqmodels.run.rerun import compared


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def edit(folder: Path, **changes) -> None:
    path = folder / "environment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.fixture
def copy(tagger_run, tmp_path):
    """The finished run, in a folder that a test may change."""
    return Path(shutil.copytree(tagger_run, tmp_path / "copy"))


def test_the_same_run_again_is_identical_and_its_folder_is_left_alone(tagger_run, said, tmp_path):
    before = files(tagger_run)
    done = said("rerun", tagger_run, "--output", tmp_path / "again")
    assert done.code == 0, done
    assert "identical: the weights (sha256" in done.out
    assert files(tagger_run) == before
    shas = [
        json.loads((f / "environment.json").read_text())["weights_sha256"] for f in (tagger_run, tmp_path / "again")
    ]
    assert shas[0] == shas[1]


def test_without_a_folder_it_gets_one_of_its_own_and_other_data_are_named(tagger_run, said, copy):
    """The test split is another one now: the weights are the same, and the scores of that split are not."""
    words = json.dumps([w.strip("- \n") for w in (tagger_run / "overrides.yaml").read_text().splitlines()])
    test = copy.parent / "test.conllu"
    test.write_text("\n".join(f"{i}\tcat\t_\tVERB" + "\t_" * 6 for i in (1, 2)) + "\n\n")
    runs = copy.parent / "runs"
    changed = [w for w in json.loads(words) if not w.startswith(("data.test=", "runs="))]
    (copy / "overrides.yaml").write_text(json.dumps([*changed, f"data.test={test}", f"runs={runs}"]))
    text = (copy / "config.yaml").read_text().splitlines()
    (copy / "config.yaml").write_text("\n".join(f"runs: {runs}" if w.startswith("runs:") else w for w in text) + "\n")
    done = said("rerun", copy)
    assert done.code == 1, done
    (new,) = (runs / "pos_tagging").iterdir()
    told = done.out.partition("not identical: ")[2]
    assert "weights" not in told.partition("what else")[0]
    assert "test/accuracy: " in told
    assert "data_sha256 test: " in told
    assert f"config data.test: '{tagger_run.parents[2] / 'data' / 'test.conllu'}' in the run, '{test}' now" in told
    assert read_row(new, "new").state == "finished"


def test_a_run_is_run_again_by_as_many_threads_as_it_had(copy, said, tmp_path):
    edit(copy, threads=torch.get_num_threads() + 1)
    before = torch.get_num_threads()
    assert said("rerun", copy, "--output", tmp_path / "again").code in (0, 1)  # it was another number, in truth
    again = json.loads((tmp_path / "again" / "environment.json").read_text())
    assert again["threads"] == before + 1
    assert torch.get_num_threads() == before


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"seed": 77}, "seed: 77 in the run, 1 now"),
        ({"threads": 64}, "threads: 64 in the run"),
        ({"versions": {"torch": "1.0"}}, "versions torch: 1.0 in the run"),
        ({"cpu": "abacus"}, "cpu: abacus in the run"),
        ({"git_commit": "0" * 40}, f"git_commit: {'0' * 40} in the run"),
        ({"data_sha256": {"train": "0"}}, "data_sha256 train: 0 in the run"),
    ],
)
def test_what_is_not_as_it_was_is_named(tagger_run, copy, changes, told):
    edit(copy, **changes)
    done = compared(copy, tagger_run)
    assert any(line.startswith(told) for line in done.causes)
    assert done.results == []


def test_other_weights_are_told_with_what_may_be_the_cause(tagger_run, copy):
    edit(copy, weights_sha256="0" * 64)
    done = compared(copy, tagger_run)
    assert [line.split(":")[0] for line in done.results] == ["weights"]


def test_a_metric_that_a_run_did_not_have_yet_is_told_and_no_difference(tagger_run, copy):
    path = copy / "metrics.json"
    metrics = json.loads(path.read_text())
    path.write_text(json.dumps({name: value for name, value in metrics.items() if name != "val/accuracy"}))
    assert compared(copy, tagger_run).results == []
    assert "metrics.json: val/accuracy is there now, and was not" in compared(copy, tagger_run).causes
    assert [line.split(":")[0] for line in compared(tagger_run, copy).results] == ["val/accuracy"]


def test_a_run_that_is_not_there_or_not_finished_is_a_mistake(copy, refused, tmp_path):
    assert "no such folder" in refused("rerun", tmp_path / "nowhere")[0]
    assert "no config.yaml" in refused("rerun", tmp_path)[0]
    assert "own folder" in refused("rerun", copy, "--output", copy / "again")[0]
    (copy / "metrics.json").unlink()
    assert "is not finished" in refused("rerun", copy)[0]


def test_a_run_whose_words_no_longer_fit_is_a_mistake(copy, refused, tmp_path):
    text = (copy / "overrides.yaml").read_text()
    (copy / "overrides.yaml").write_text(text.replace("model.encoder.hidden_size", "model.encoder.hiddn"))
    assert "hiddn" in refused("rerun", copy, "--output", tmp_path / "again")[0]


def test_a_run_that_failed_keeps_why_until_it_goes_on(said, tmp_path):
    words = [*tagging(tmp_path / "data"), f"run_dir={tmp_path / 'run'}"]
    train = tmp_path / "data" / "train.conllu"
    right = train.read_text()
    train.write_text("1\tthe\n\n")
    assert said("train", *words).code == 2
    row = read_row(tmp_path / "run", "run")
    assert (row.state, row.error) == ("failed", f"{train}:1: 2 columns found, 10 separated by tabs wanted")
    train.write_text(right)
    assert said("train", f"resume={tmp_path / 'run'}").code == 0
    assert read_row(tmp_path / "run", "run").state == "finished"
    assert not (tmp_path / "run" / "failure.txt").exists()
