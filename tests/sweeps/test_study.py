import sqlite3
import time

import optuna
import pytest
from optuna.trial import TrialState

from seqmodels.errors import InputError
from seqmodels.sweeps import study as studies
from seqmodels.sweeps.definition import Definition, make_space, sqlite_beside
from seqmodels.sweeps.space import draw
from seqmodels.sweeps.study import again, ask, beat, counted, fail_lost, open_study

SPACE = {"lr": {"low": 0.001, "high": 0.1, "log": True}, "cell": {"choices": ["lstm", "gru"]}}


def made(folder, **settings):
    given = {"name": "x", "overrides": [], "space": SPACE, "storage": sqlite_beside(folder), "study_name": "x"}
    return Definition(**{**given, **settings})


def drawn(definition, study, count):
    """What as many trials draw, one after another, each told a score."""
    found = []
    for _ in range(count):
        trial = ask(study, definition)
        found.append(draw(make_space(definition.space), trial))
        study.tell(trial, found[-1]["lr"])
    return found


@pytest.mark.parametrize(("sampler", "count"), [("random", 2), ("tpe", 6), ("cmaes", 2)])  # TPE begins after ten
def test_a_study_that_is_opened_again_draws_what_it_would_have_drawn(tmp_path, sampler, count):
    whole, cut = (tmp_path / name for name in ("whole", "cut"))
    for folder in (whole, cut):
        folder.mkdir()
    definition = made(whole, sampler=sampler)
    wanted = drawn(definition, open_study(definition, whole), 2 * count)
    definition = made(cut, sampler=sampler)
    found = [
        *drawn(definition, open_study(definition, cut), count),
        *drawn(definition, open_study(definition, cut), count),
    ]
    assert found == wanted
    assert len({one["lr"] for one in wanted}) == 2 * count
    other = made(cut, sampler=sampler, seed=2, study_name="other")
    assert drawn(other, open_study(other, cut), 2) != wanted[:2]


def test_a_trial_that_was_cut_off_before_it_was_given_all_goes_on_as_it_would_have(tmp_path):
    definition = made(tmp_path)
    study = open_study(definition, tmp_path)
    trial = ask(study, definition)
    first = make_space(definition.space)["lr"].suggest(trial, "lr")
    whole = draw(make_space(definition.space), again(study, study.trials[0], definition))
    assert whole["lr"] == first
    other = made(tmp_path, study_name="other")
    assert draw(make_space(other.space), ask(open_study(other, tmp_path), other)) == whole


def test_a_grid_waits_in_the_study_once_however_often_it_is_opened(tmp_path):
    definition = made(tmp_path, space={"a": {"choices": [1, 2]}, "b": {"choices": ["x", None]}}, sampler="grid")
    for _ in range(2):
        study = open_study(definition, tmp_path)
        assert [trial.state for trial in study.trials] == [TrialState.WAITING] * 4
    found = [draw(make_space(definition.space), ask(study, definition)) for _ in range(4)]
    assert found == [{"a": a, "b": b} for a in (1, 2) for b in ("x", None)]


def test_a_trial_whose_machine_is_silent_is_given_up_and_another_waits_instead(tmp_path, monkeypatch):
    monkeypatch.setattr(studies, "GRACE", 1)
    definition = made(tmp_path)
    study = open_study(definition, tmp_path)
    silent, alive = ask(study, definition), ask(study, definition)
    params = draw(make_space(definition.space), silent)
    for trial in (silent, alive):
        beat(trial)
    with sqlite3.connect(tmp_path / "study.db") as base:
        base.execute("UPDATE trial_heartbeats SET heartbeat = '2000-01-01' WHERE trial_id = ?", (silent._trial_id,))
    base.close()
    fail_lost(study)
    fail_lost(study)
    lost, other, instead = study.trials
    assert (lost.state, other.state, instead.state) == (TrialState.FAIL, TrialState.RUNNING, TrialState.WAITING)
    assert "no sign of life" in lost.user_attrs["error"]
    assert [trial.number for trial in counted(study)] == [1, 2]
    assert draw(make_space(definition.space), ask(study, definition)) == params


def test_a_storage_that_cannot_be_used_is_named(tmp_path):
    for storage in ("nothing", "sqlite:////no/such/folder/study.db", "mysql+nosuchdriver://x/y"):
        with pytest.raises(InputError, match=r"storage=.*cannot be opened"):
            open_study(made(tmp_path, storage=storage), tmp_path)


def test_a_heartbeat_is_now(tmp_path):
    definition = made(tmp_path)
    study = open_study(definition, tmp_path)
    beat(ask(study, definition))
    time.sleep(0.01)
    assert study._storage._get_stale_trial_ids(study._study_id) == []
    assert optuna.study.get_all_study_names(study._storage) == ["x"]
