import json
import os

import pytest
from drills import sweeps as drills
from drills.postgres import server, why_not
from optuna.trial import TrialState

from seqmodels.errors import Pruned
from seqmodels.sweeps.definition import read_definition
from seqmodels.sweeps.sweep import sweep

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forking a process that has threads
FINE = {"score": {"choices": [0.5, 0.3, 0.4]}}


def lost(outcomes):
    return {name: wrong for name, wrong in outcomes.items() if wrong is not None}


def trials(folder):
    return drills.trials_of(read_definition(folder), folder)


def files(folder, name):
    """Of every run, by its place in the sweep."""
    return {str(path.parent.relative_to(folder)): path.read_text() for path in sorted(folder.rglob(name))}


def test_of_trials_that_end_in_every_way_and_a_process_that_is_killed_nothing_is_lost(tmp_path):
    assert lost(drills.broken(tmp_path, True)) == {}


@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM"])
def test_a_signal_is_passed_on_and_the_sweep_goes_on_later(signal, tmp_path):
    assert drills.stopped(tmp_path / signal, getattr(drills.signal, signal)) is None


def test_two_processes_share_a_study_in_a_file(tmp_path):
    assert lost(drills.together(tmp_path / "one", drills.sqlite_beside(tmp_path / "one"))) == {}


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_two_processes_share_a_study_in_postgresql(tmp_path):
    with server() as url:
        assert lost(drills.together(tmp_path / "one", url)) == {}


def test_finalists_are_the_best_on_validation_from_other_seeds_and_they_alone_are_tested(tmp_path, capsys):
    definition = drills.definition(
        tmp_path, space=FINE, overrides=["kind=fine"], trials=3, finalists=2, seeds=2, trial_seeds=2
    )
    assert sweep(definition, tmp_path, drills.STANDIN) == 0
    metrics = {place: json.loads(text) for place, text in files(tmp_path, "metrics.json").items()}
    assert set(metrics) == {f"trials/{n:04d}/seed-{seed}" for n in range(3) for seed in (1, 2)} | {
        f"finalists/{n:04d}/seed-{seed}" for n in (1, 2) for seed in (3, 4)
    }
    assert all(("test/loss" in found) == place.startswith("finalists") for place, found in metrics.items())
    first, second = json.loads((tmp_path / "finalists.json").read_text())
    assert (first["rank"], first["number"], second["rank"], second["number"]) == (1, 1, 2, 2)
    assert {seed: scores["test/loss"] for seed, scores in first["scores"].items()} == {"3": 3.3, "4": 4.3}
    assert first["words"] == ["kind=fine", "score=0.3"]
    assert "3.8000 ± 0.7071" in capsys.readouterr().out


def test_what_a_trial_leaves_in_the_study(tmp_path):
    definition = drills.definition(tmp_path, space=FINE, overrides=["kind=fine"], trials=1, trial_seeds=2)
    assert sweep(definition, tmp_path, drills.STANDIN) == 0
    (trial,) = trials(tmp_path)
    said = trial.user_attrs
    assert (trial.params, trial.value, said["folder"]) == ({"score": 0.5}, 0.5, "trials/0000")
    assert said["words"] == ["kind=fine", "score=0.5", "test=false", "seed=1,2"]
    assert said["scores"] == {"1": 0.5, "2": 0.5}
    assert said["seconds"] > 0
    assert (tmp_path / "trials/0000/seed-1.log").is_file()


def test_a_sweep_that_is_done_does_nothing_again_and_one_that_is_extended_does_the_rest(tmp_path):
    space = {"score": {"low": 0.1, "high": 0.9}}
    definition = drills.definition(tmp_path, space=space, overrides=["kind=fine"], sampler="random", trials=2)
    assert sweep(definition, tmp_path, drills.STANDIN) == 0
    before = trials(tmp_path)
    assert sweep(definition, tmp_path, drills.STANDIN) == 0
    assert trials(tmp_path) == before
    more = drills.definition(tmp_path, space=space, overrides=["kind=fine"], sampler="random", trials=4)
    assert sweep(more, tmp_path, drills.STANDIN) == 0
    assert trials(tmp_path)[:2] == before
    assert [trial.state for trial in trials(tmp_path)] == [TrialState.COMPLETE] * 4
    assert all(len(text.split()) == 1 for text in files(tmp_path, "starts").values())


def test_a_seed_that_fails_fails_its_trial_and_no_other_seed_is_tried(tmp_path):
    space = {"kind": {"choices": ["exit", "fine"]}}
    definition = drills.definition(tmp_path, space=space, trials=2, trial_seeds=2)
    assert sweep(definition, tmp_path, drills.STANDIN) == 1
    assert [trial.state for trial in trials(tmp_path)] == [TrialState.FAIL, TrialState.COMPLETE]
    assert set(files(tmp_path, "starts")) == {"trials/0000/seed-1", "trials/0001/seed-1", "trials/0001/seed-2"}


@pytest.mark.parametrize(("pruner", "state"), [("median", TrialState.PRUNED), ("none", TrialState.FAIL)])
def test_the_exit_code_of_a_pruned_run_means_so_where_there_is_a_pruner(tmp_path, pruner, state):
    definition = drills.definition(tmp_path, space={"kind": {"choices": ["fine"]}}, trials=1, pruner=pruner)
    program = ("/bin/sh", "-c", f"exit {Pruned.code}")
    assert sweep(definition, tmp_path, program) == int(pruner == "none")
    assert [trial.state for trial in trials(tmp_path)] == [state]


def test_a_run_has_its_share_of_threads_and_its_folder_to_go_on_in(tmp_path):
    definition = drills.definition(tmp_path, space={"kind": {"choices": ["fine"]}}, trials=1, workers=1, threads=3)
    program = ("/bin/sh", "-c", 'echo "$OMP_NUM_THREADS $@"', "sh")
    assert sweep(definition, tmp_path, program) == 1
    place = tmp_path / "trials/0000/seed-1"
    said = (tmp_path / "trials/0000/seed-1.log").read_text()
    assert said == f"3 train kind=fine test=false seed=1 run_dir='{place}' resume=last\n"
    (trial,) = trials(tmp_path)
    assert trial.user_attrs["error"] == f"exit code 0, but {place / 'metrics.json'} is not there"
    assert "OMP_NUM_THREADS" not in os.environ or os.environ["OMP_NUM_THREADS"] != "3"


@pytest.mark.slow
def test_the_workers_of_a_sweep_can_be_jobs_of_submitit(tmp_path, capfd):
    space = {"optim.lr": {"choices": [0.01, 0.02]}}
    words = [*drills.BASE, *drills.PLAIN, "trainer.max_epochs=1", "report=false"]
    settings = {"launcher": "submitit", "slurm": {"timeout_min": 10, "name": "drill"}, "finalists": 1, "seeds": 1}
    definition = drills.definition(tmp_path, space=space, overrides=words, trials=2, **settings)
    assert sweep(definition, tmp_path) == 0, capfd.readouterr().out
    assert [trial.state for trial in trials(tmp_path)] == [TrialState.COMPLETE] * 2
    assert len(list(tmp_path.glob("jobs/*_log.out"))) == 2
    (best,) = json.loads((tmp_path / "finalists.json").read_text())
    assert list(best["scores"]) == ["2"]
    assert "test/loss" in best["scores"]["2"]
