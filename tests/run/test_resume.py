"""Runs that were interrupted go on as if they had not been."""

import csv
import json
import os

import pytest
import yaml
from drills.resume import different, every_step, result
from interrupted import content, copy_of, interrupt, words_for

from seqmodels.run.cli import run


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """A command line that trains for a moment."""
    return words_for(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def whole(words, tmp_path_factory):
    """The run of that command line."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    assert run([*words, f"run_dir={folder}"]) == 0
    return folder


@pytest.fixture(scope="module")
def three_steps(words, tmp_path_factory):
    """The same run, interrupted after three of its six steps: in the middle of an epoch."""
    folder = tmp_path_factory.mktemp("half") / "run"
    assert interrupt([*words, f"run_dir={folder}"], saves=3) == 130
    return folder


@pytest.fixture
def half(three_steps, tmp_path):
    """A copy of that one."""
    return copy_of(three_steps, tmp_path / "half")


def facts(folder):
    return json.loads((folder / "environment.json").read_text())


def record(folder):
    return yaml.safe_load((folder / "overrides.yaml").read_text())


def test_an_interrupted_run_has_no_metrics_and_says_how_to_go_on(words, tmp_path, said):
    assert interrupt([*words, f"run_dir={tmp_path / 'mine'}"], saves=1) == 130
    assert not (tmp_path / "mine" / "metrics.json").exists()
    assert (tmp_path / "mine" / "checkpoints" / "last.ckpt").is_file()


@pytest.mark.parametrize("how", ["{run}", "'{run}/checkpoints'", "{run}/checkpoints/last.ckpt"])
def test_it_comes_out_as_the_run_that_was_not_interrupted(how, half, whole, said):
    done = said("train", f"resume={how.format(run=half)}")
    assert done.code == 0, done.err
    wanted = f"goes on from {half / 'checkpoints' / 'last.ckpt'}: epoch 2, step 3"
    assert wanted.replace(" ", "") in "".join(done.out.split())  # a line that is as long as the terminal loses a space
    assert different(result(whole), result(half)) is None


@pytest.mark.parametrize("saves", [1, 6])
def test_it_does_so_from_other_steps_and_in_three_parts(saves, words, whole, said, tmp_path):
    folder = tmp_path / "mine"
    assert interrupt([*words, f"run_dir={folder}"], saves) == 130
    assert interrupt(["train", f"resume={folder}"], 1) == (130 if saves < 6 else 0)
    assert said("train", f"resume={folder}").code == 0
    assert different(result(whole), result(folder)) is None


@pytest.mark.parametrize("more", [[], ["trainer.val_check_interval=1", "trainer.check_val_every_n_epoch=null"]])
@pytest.mark.parametrize("saves", [1, 2, 3, 4, 5])  # the last of them at the end of half an epoch
def test_a_run_of_so_many_steps_does_so_wherever_it_was_interrupted(saves, more, words, said, tmp_path):
    steps = [*words, "trainer.max_epochs=-1", "trainer.max_steps=5", *more]
    assert said(*steps, f"run_dir={tmp_path / 'whole'}").code == 0
    assert interrupt([*steps, f"run_dir={tmp_path / 'mine'}"], saves) == 130
    done = said("train", f"resume={tmp_path / 'mine'}")
    assert done.code == 0, done.err
    assert different(result(tmp_path / "whole"), result(tmp_path / "mine")) is None


def test_the_drill_finds_no_difference_with_all_that_is_random_or_averaged(tmp_path):
    outcomes = every_step(tmp_path / "drill", ["augment=rare_as_unknown", "model.embedder.dropout=0.3"], stride=9)
    assert len(outcomes) == 2
    assert set(outcomes.values()) == {None}


def test_the_one_before_the_last_can_be_gone_on_from_too(half, whole, said):
    assert said("train", f"resume={half / 'checkpoints' / 'previous.ckpt'}").code == 0
    assert different(result(whole), result(half)) is None


def test_the_log_has_a_row_for_every_step_and_every_validation_once(half, said):
    assert said("train", f"resume={half}").code == 0
    with open(half / "logs" / "metrics.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows if row["train/loss"]] == list("012345")
    # The last of them is that of the best checkpoint, when all is done.
    assert [row["step"] for row in rows if row["val/loss"]] == list("1356")
    assert len([row for row in rows if row["test/loss"]]) == 1


def test_a_finished_run_is_left_as_it_is(whole, said, tmp_path):
    done = copy_of(whole, tmp_path / "done")
    before = content(done)
    for _ in range(2):
        answer = said("train", f"resume={done}")
        assert answer.code == 0, answer.err
        assert answer.out.replace("\n", "") == f"the run in {done} is finished"
    assert content(done) == before


def test_last_begins_a_run_where_there_is_none_and_finishes_it_once(words, whole, said, tmp_path):
    folder = tmp_path / "mine"
    again = [*words, "resume=last", f"run_dir={folder}"]
    assert interrupt(again, saves=2) == 130
    assert record(folder) == record(whole), "what goes on is begun by the same words"
    assert said(*again).code == 0
    assert different(result(whole), result(folder)) is None
    assert "is finished" in said(*again).out


def test_last_finds_the_newest_run_of_the_task(words, said, tmp_path):
    for seed in (5, 6):
        assert interrupt([*words, f"seed={seed}", f"runs={tmp_path}"], saves=2) == 130
    older, newer = sorted((tmp_path / "pos_tagging").iterdir(), key=lambda run: facts(run)["seed"])
    os.utime(older / "config.yaml", ns=(1, 1))  # as if it had been begun long before
    done = said("train", "task=pos_tagging", "resume=last", f"runs={tmp_path}")
    assert done.code == 0, done.err
    assert (newer / "metrics.json").is_file()
    assert not (older / "metrics.json").exists()
    assert sorted((tmp_path / "pos_tagging").iterdir()) == sorted([older, newer])


def test_a_run_that_was_moved_goes_on_where_it_lies(half, whole, said, tmp_path, monkeypatch):
    moved = half.rename(tmp_path / "été, (moved) [a=b]")
    monkeypatch.chdir(tmp_path)
    done = said("train", f"resume={moved.name}")
    assert done.code == 0, done.err
    assert different(result(whole), result(moved)) is None
    assert not half.exists()


def test_a_job_of_a_multirun_goes_on_by_itself(words, said, tmp_path):
    assert said(*words, "-m", "seed=3,4", f"hydra.sweep.dir={tmp_path}").code == 0
    jobs = [tmp_path / "0", tmp_path / "1"]
    wanted = [result(job) for job in jobs]
    for job in jobs:
        (job / "checkpoints" / "previous.ckpt").replace(job / "checkpoints" / "last.ckpt")
        (job / "metrics.json").unlink()
    assert said("train", f"resume={jobs[1]}").code == 0
    assert said(*words, "-m", "seed=3,4", "resume=last", f"hydra.sweep.dir={tmp_path}").code == 0
    assert [different(before, result(job)) for before, job in zip(wanted, jobs, strict=True)] == [None, None]
    assert [facts(job)["seed"] for job in jobs] == [3, 4]


def test_the_record_holds_what_the_run_is_made_of_and_not_how_it_was_gone_on_with(half, three_steps, said):
    assert said("train", f"resume={half}").code == 0
    assert content(half)["overrides.yaml"] == content(three_steps)["overrides.yaml"]
    assert content(half)["config.yaml"] == content(three_steps)["config.yaml"]


def test_what_the_first_part_depended_on_is_kept_before_the_rest(half, said):
    begun = facts(half)
    assert interrupt(["train", f"resume={half}"], saves=1) == 130
    assert said("train", f"resume={half}").code == 0
    now = facts(half)
    before = now.pop("before")
    assert len(before) == 2
    assert before[0] == begun
    assert all("before" not in part for part in before)
    assert {**now, "weights_sha256": None} == {**before[1], "weights_sha256": None}


def test_without_a_checkpoint_it_begins_anew(half, whole, said):
    for path in (half / "checkpoints").iterdir():
        path.unlink()
    done = said("train", f"resume={half}")
    assert done.code == 0, done.err
    assert f"no checkpoint in {half}: it begins anew" in done.out.replace("\n", "")
    assert different(result(whole), result(half)) is None


def test_what_a_killed_process_left_half_written_is_swept_away(half, said):
    (half / "checkpoints" / ".last.ckpt.1.part").write_bytes(b"half of it")
    assert said("train", f"resume={half}").code == 0
    assert [name for name in content(half) if name.endswith(".part")] == []


def test_a_run_that_overfits_some_batches_goes_on_with_all_of_them(words, said, tmp_path):
    small = [
        *words,
        "debug=overfit",
        "trainer.overfit_batches=2",
        "trainer.max_epochs=6",
        "trainer.check_val_every_n_epoch=2",
    ]
    assert said(*small, f"run_dir={tmp_path / 'whole'}").code == 0
    assert interrupt([*small, f"run_dir={tmp_path / 'half'}"], saves=3) == 130
    assert said("train", f"resume={tmp_path / 'half'}").code == 0
    assert different(result(tmp_path / "whole"), result(tmp_path / "half")) is None
