"""Several runs of one command, of which some fail in other ways than by their input."""

import os

import pytest
import torch
from drills.resume import BASE, PLAIN
from torch.backends import cudnn

from seqmodels.run.jobs import Outcome, exit_code, show_outcomes

WORDS = [*BASE, *PLAIN, "report=false", "trainer.max_epochs=1"]
FAULTY = ["+callbacks.faulty._target_=drills.parts.Faulty", "+callbacks.faulty.seen={}/seen"]


def test_a_job_that_raises_and_one_that_exits_end_no_other(said, tmp_path):
    faulty = [word.format(tmp_path) for word in FAULTY]
    kinds = "+callbacks.faulty.kind=raise,exit,fine"
    result = said("train", "-m", "--trust", "drills", *WORDS, *faulty, kinds, f"runs={tmp_path / 'runs'}")
    assert result.code == 1
    assert "ZeroDivisionError: made to raise" in result.err
    assert result.err.count("the others go on") == 2
    done = [path.parent.name for path in (tmp_path / "runs").rglob("metrics.json")]
    assert done == ["2"]
    table = result.out[result.out.index("3 runs") :]
    assert [line.split("│")[2].strip() for line in table.splitlines() if "faulty" in line] == ["failed"] * 2 + ["done"]
    assert "SystemExit: 5" in table


def test_what_one_job_sets_for_its_process_the_next_one_does_not_find(said, tmp_path, monkeypatch):
    monkeypatch.setenv("GOMP_SPINCOUNT", "1")  # which the command sets for its process otherwise
    before = (dict(os.environ), torch.are_deterministic_algorithms_enabled(), cudnn.deterministic)
    assert said("train", "-m", *WORDS, "+trainer.deterministic=true", f"runs={tmp_path / 'runs'}").code == 0
    assert (dict(os.environ), torch.are_deterministic_algorithms_enabled(), cudnn.deterministic) == before


@pytest.mark.parametrize(("codes", "wanted"), [([0, 0], 0), ([0, 2], 2), ([0, 2, 1], 1), ([2, 143, 1], 143)], ids=str)
def test_the_exit_code_says_whether_all_was_done(codes, wanted):
    assert exit_code([Outcome([], "", code) for code in codes]) == wanted


def test_the_table_shows_in_what_runs_differ(capsys):
    show_outcomes([Outcome(["a=1", "b=2"], "runs/0"), Outcome(["a=1", "b=3"], "runs/1", 2, "b: too much")])
    out = capsys.readouterr().out
    assert "b=3" in out
    assert "b: too much" in out
    assert "a=1" not in out


def test_a_run_that_is_not_to_be_tested_does_not_score_the_test_split(said, tmp_path):
    result = said("train", *WORDS, "test=false", f"run_dir={tmp_path / 'run'}")
    assert result.code == 0, result
    text = (tmp_path / "run" / "metrics.json").read_text()
    assert "val/accuracy" in text
    assert "test/" not in text
    assert "floor/" not in text
    assert "val split" in result.out
    assert "test split" not in result.out


def test_the_settings_of_a_launcher_come_from_the_command_line_alone(refused, tmp_path):
    (tmp_path / "experiment").mkdir()
    mine = "# @package _global_\ndefaults: [override /hydra/launcher: joblib]\nhydra: {launcher: {temp_folder: x}}\n"
    (tmp_path / "experiment" / "mine.yaml").write_text(mine)
    faults = refused("train", "-m", "--config-dir", tmp_path, "experiment=mine", "seed=1,2")
    assert "hydra.launcher: another setting found in a file, wanted on the command line" in faults
