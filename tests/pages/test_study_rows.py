"""Every trial of a sweep is on its page, in the state that its study has it in, and the study is only read."""

import optuna
import pytest
import yaml
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.trial import TrialState, create_trial
from written_runs import write_run

from seqmodels.errors import InputError
from seqmodels.pages.configurations import groups_of
from seqmodels.pages.study import read_sweep

SPACES = {"optim.lr": FloatDistribution(1e-4, 1e-1, log=True), "model/encoder": CategoricalDistribution(["rnn", "gru"])}
CONFIG = {"name": "encoders", "objective": "val/accuracy", "direction": "maximize", "study_name": "encoders"}
STATES = (
    TrialState.COMPLETE,
    TrialState.COMPLETE,
    TrialState.PRUNED,
    TrialState.FAIL,
    TrialState.RUNNING,
    TrialState.FAIL,
)


@pytest.fixture
def sweep(tmp_path):
    """Trials 0 and 1 finished over two seeds, 2 pruned, 3 failed at its second seed, 4 running, 5 failed at once."""
    base = tmp_path / "sweep's #1"
    base.mkdir()
    (base / "sweep.yaml").write_text(yaml.safe_dump(CONFIG | {"storage": f"sqlite:///{base}/study.db"}))
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(storage=f"sqlite:///{base}/study.db", study_name="encoders", direction="maximize")
    for number, state in enumerate(STATES):
        params = {"optim.lr": 10.0 ** -(number % 3 + 1), "model/encoder": ("rnn", "gru")[number % 2]}
        words = ["task=dates", *(f"{key}={value}" for key, value in params.items())]
        attributes = {"words": [*words, "seed=1,2"], "folder": f"trials/{number:04d}"} | (
            {"error": "epoch 1", "exit": "SIGKILL"} if number == 3 else {}
        )
        value = 0.7 + number / 10 if state == TrialState.COMPLETE else None
        study.add_trial(
            create_trial(state=state, value=value, params=params, distributions=SPACES, user_attrs=attributes)
        )
        folder = base / "trials" / f"{number:04d}"
        for seed in (1, 2) if number < 4 else (1,) if number == 4 else ():
            done = state == TrialState.COMPLETE or (number, seed) == (3, 1)
            write_run(folder / f"seed-{seed}", words[1:], seed, 0.7 + number / 10 if done else None)
    failed = base / "trials" / "0005"
    failed.mkdir()
    (failed / "seed-1.log").write_text("composing\n\x1b[31mseqmodels: model.encodr: there is no 'encodr'\x1b[0m\n\n")
    for seed in (3, 4):
        write_run(base / "finalists" / "0001" / f"seed-{seed}", ["optim.lr=0.01", "model/encoder=gru"], seed, 0.75)
    return base


def test_no_trial_and_no_run_is_lost_and_each_has_its_state(sweep):
    found = {row.name: row for row in read_sweep(sweep).rows}
    states = {name: row.state for name, row in found.items()}
    trials = {
        "0000": ["finished"] * 2,
        "0001": ["finished"] * 2,
        "0002": ["pruned"] * 2,
        "0003": ["finished", "failed"],
    }
    wanted = {f"trials/{n}/seed-{i}": state for n, seeds in trials.items() for i, state in enumerate(seeds, start=1)}
    wanted |= {"trials/0004/seed-1": "running", "trials/0005/seed-1": "failed"}
    assert states == wanted | {"finalists/0001/seed-3": "finished", "finalists/0001/seed-4": "finished"}
    assert found["trials/0003/seed-2"].error == "SIGKILL; it said last: epoch 1"
    assert found["trials/0005/seed-1"].error == "seqmodels: model.encodr: there is no 'encodr'"


def test_a_trial_that_left_no_folder_is_run_again_by_the_words_of_the_study(sweep):
    (row,) = (row for row in read_sweep(sweep).rows if row.trial == 5)
    assert row.command == "seqmodels train task=dates optim.lr=0.001 model/encoder=gru seed=1"
    assert row.params == {"optim.lr": "0.001", "model/encoder": "gru"}


def test_finalists_are_ranked_before_trials_and_budget_counts_trials(sweep):
    found = read_sweep(sweep)
    assert found.logarithmic == {"optim.lr"}
    (group,) = groups_of(found.rows, found.logarithmic)
    assert [(c.stage, c.label, c.scores) for c in group.ranked] == [
        ("finalist", "#1 0.01, gru".replace("0.01", "lr 0.01"), [0.75, 0.75])
    ]
    assert [c.rows[0].trial for c in group.searched] == [3, 1, 0]


def test_the_study_is_only_read(sweep):
    before = (sweep / "study.db").read_bytes()
    (sweep / "study.db").chmod(0o444)
    read_sweep(sweep)
    assert (sweep / "study.db").read_bytes() == before
    assert not list(sweep.glob("study.db-*"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[1]", "no objective"),
        ("objective: val/x\nstorage: sqlite:////nowhere/study.db", "cannot be read"),
        ("a: [", "not readable as yaml"),
    ],
)
def test_a_sweep_that_cannot_be_read_is_told(tmp_path, text, told):
    (tmp_path / "sweep.yaml").write_text(text)
    with pytest.raises(InputError, match=told):
        read_sweep(tmp_path)


def test_a_damaged_study_is_told(sweep):
    (sweep / "study.db").write_bytes(b"no database" * 100)
    with pytest.raises(InputError, match=r"sweep\.yaml: its study cannot be read"):
        read_sweep(sweep)
