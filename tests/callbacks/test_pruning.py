import json

import optuna
import pytest
from drills.resume import BASE
from optuna.trial import TrialState

from seqmodels.callbacks.pruning import VARIABLE, Pruning, pruning
from seqmodels.run.cli import run
from seqmodels.sweeps.definition import Definition, sqlite_beside
from seqmodels.sweeps.study import ask, open_study

WORDS = ["train", *BASE, "test=false"]


@pytest.fixture
def study(tmp_path):
    """A study in which six trials had a loss of almost nothing after every epoch."""
    definition = Definition("x", [], {}, pruner="median", storage=sqlite_beside(tmp_path), study_name="x")
    made = open_study(definition, tmp_path)
    for _ in range(6):
        steps = {step: 0.001 for step in range(1, 5)}
        made.add_trial(optuna.trial.create_trial(value=0.001, intermediate_values=steps, params={}, distributions={}))
    return made


def told(tmp_path, number):
    said = {"storage": sqlite_beside(tmp_path), "study": "x", "number": number, "pruner": "median"}
    return json.dumps({**said, "monitor": "val/loss"})


def test_a_run_that_is_worse_than_the_others_were_is_given_up(study, tmp_path, monkeypatch, capsys):
    trial = ask(study, Definition("x", [], {}))
    monkeypatch.setenv(VARIABLE, told(tmp_path, trial.number))
    folder = tmp_path / "run"
    assert run([*WORDS, f"run_dir={folder}"]) == 3
    assert "pruned after validation 2, with " in capsys.readouterr().err
    found = study.trials[trial.number]
    assert set(found.intermediate_values) == {1, 2}
    assert found.state is TrialState.RUNNING  # the sweep says what it is
    assert (folder / "checkpoints" / "last.ckpt").is_file()
    assert not (folder / "metrics.json").exists()

    # Cut off behind its report and before the checkpoint: it reports the same score, which is taken once.
    assert run([*WORDS, f"run_dir={folder}", "resume=last"]) == 3
    assert study.trials[trial.number].intermediate_values == found.intermediate_values


def test_a_run_of_no_sweep_has_no_such_callback(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert pruning() == []


def test_the_callback_counts_on_behind_a_checkpoint():
    one = Pruning("sqlite://", "x", 0, "median", "val/loss")
    one.validations = 7
    other = Pruning("sqlite://", "x", 0, "median", "val/loss")
    other.load_state_dict(one.state_dict())
    assert other.validations == 7
