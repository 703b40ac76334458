"""What the command line of a sweep comes to, without its runs."""

import pytest
import yaml

from seqmodels.run import sweeping
from seqmodels.run.compose import ConfigTree
from seqmodels.sweeps.definition import read_definition

TASK = ["task=date_language", "data.train=64", "device=cpu"]


@pytest.fixture
def begun(monkeypatch, said, tmp_path):
    """Runs the command to where the sweep would begin: its definition and its folder."""

    def command(*words):
        seen = []
        monkeypatch.setattr(sweeping, "sweep", lambda definition, folder: seen.append((definition, folder)) or 0)
        runs = [] if words[0].startswith("resume=") else [f"runs={tmp_path / 'runs'}"]
        result = said("sweep", *runs, *words)
        assert result.code == 0, result
        return seen[0]

    return command


def test_several_values_are_a_grid_of_all_of_them(begun, tmp_path):
    made, folder = begun(*TASK, "model/encoder=bigru,bilstm", "optim.lr=0.001,0.01,0.1", "workers=2")
    assert made.overrides == TASK
    assert made.space == {
        "model/encoder": {"choices": ["bigru", "bilstm"]},
        "optim.lr": {"choices": [0.001, 0.01, 0.1]},
    }
    assert (made.sampler, made.trials, made.name) == ("grid", 6, "date_language")
    assert (made.objective, made.direction) == ("val/accuracy", "maximize")
    assert folder.parent == tmp_path / "runs" / "sweeps" / "date_language"
    assert yaml.safe_load((folder / "sweep.yaml").read_text())["storage"] == f"sqlite:///{folder / 'study.db'}"
    assert read_definition(folder) == made


def test_ranges_are_drawn_from(begun):
    words = [
        "optim.lr=tag(log,interval(1e-4,1e-2))",
        "encoder_size=range(8,33,8)",
        "model.head.dropout=interval(0,0.5)",
    ]
    made, _ = begun(*TASK, *words, "model.encoder.num_layers=int(interval(1,3))", "sampler=random", "trials=7")
    assert made.space == {
        "optim.lr": {"low": 1e-4, "high": 1e-2, "log": True},
        "encoder_size": {"low": 8, "high": 32, "step": 8},
        "model.head.dropout": {"low": 0.0, "high": 0.5},
        "model.encoder.num_layers": {"low": 1, "high": 3},
    }
    assert (made.sampler, made.trials) == ("random", 7)


def test_the_command_line_wins_over_a_file(begun):
    made, _ = begun("sweep=date_language", "data.train=32", "encoder_size=8", "optim.lr=0.1,0.2", "trials=3")
    assert "data.train=32" in made.overrides
    assert not any("data.train=1000" in word for word in made.overrides)
    assert "encoder_size=8" in made.overrides
    assert list(made.space) == ["model/encoder", "optim.lr"]
    assert made.space["optim.lr"] == {"choices": [0.1, 0.2]}
    assert (made.trials, made.finalists, made.seeds) == (3, 1, 2)


def test_everything_that_is_wrong_is_told_at_once_and_nothing_begins(refused, tmp_path):
    words = ["model/encoder=bigruu,bilstm", "model.encoder.hiddn=1,2", "optim.lr=abc,0.1", "model.head.dropout=0.5,1.5"]
    faults = refused("sweep", *TASK, *words, f"runs={tmp_path / 'runs'}")
    wanted = ["bigruu: there is no such choice", "there is no 'hiddn'", "optim.lr: 'abc' found"]
    wanted += ["model.head.dropout: 1.5 found, wanted less than 1"]
    for part in wanted:
        assert sum(part in fault for fault in faults) == 1, (part, faults)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], "wanted sweep=NAME, or a key with several values"),
        (["sweep=encoder"], "sweep=encoder: there is no such choice; closest: encoders"),
        (["optim.lr=0.1,0.2", "sampler=tpee"], "sampler: 'tpee' found"),
        (["optim.lr=0.1,0.2", "trials=0"], "trials: 0 found"),
        (["optim.lr=0.1,0.2", "name=../x"], "name: '../x' found"),
        (["optim.lr=interval(0.1,0.2)", "sampler=grid"], "endlessly many values in optim.lr"),
        (["optim.lr=0.1,0.2", "sampler=cmaes"], "no range in the space"),
        (
            ["optim.lr=0.1,0.2", "objective=test/accuracy", "direction=maximize"],
            "'test/accuracy' found, wanted one that is",
        ),
        (["optim.lr=0.1,0.2", "objective=val/loss"], "wanted minimize or maximize"),
        (["optim.lr=0.1,0.2", "seed=1,2"], "trial_seeds=3"),
        (["optim.lr=0.1,0.2", "run_dir=x"], "a sweep sets run_dir itself"),
        (["optim.lr=0.1,0.2", "test=true"], "a sweep sets test itself"),
        (["optim.lr=interval(0.2,0.1)"], "space.optim.lr"),
        (["resume=nowhere"], "nowhere/sweep.yaml: no sweep's definition"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused(refused, words, wanted):
    (fault,) = refused("sweep", *TASK, *words)
    assert wanted in fault


def test_a_file_draws_none_of_the_sweep_s_own_settings(refused, tmp_path):
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep" / "mine.yaml").write_text("space: {seed: [1, 2], test: [false], optim.lr: [0.1, 0.2]}\n")
    assert refused("sweep", "sweep=mine", *TASK, "--config-dir", tmp_path) == [
        "sweep=mine: space.seed: several values found, wanted one for the whole sweep; "
        "trial_seeds=3 trains every trial from three seeds",
        "sweep=mine: space.test: a sweep sets test itself; leave it out",
    ]


def test_the_same_command_joins_and_another_one_is_refused(begun, refused, tmp_path):
    words = [*TASK, "optim.lr=0.1,0.2", f"dir={tmp_path / 'mine'}"]
    first, folder = begun(*words, "workers=1")
    assert folder == tmp_path / "mine"
    second, _ = begun(*words, "workers=2")
    assert (first.workers, second.workers) == (1, 2)
    assert (second.study_name, second.storage) == (first.study_name, first.storage)
    (fault,) = refused("sweep", *words, "optim.lr=0.1,0.3")
    assert "another sweep lies there; space: " in fault


def test_a_sweep_goes_on_with_other_numbers_and_nothing_else(begun, refused, tmp_path):
    _, folder = begun(*TASK, "optim.lr=interval(0.1,0.2)", "trials=3", f"dir={tmp_path / 'mine'}")
    moved = folder.rename(tmp_path / "moved")
    made, _ = begun(f"resume={moved}", "trials=5", "finalists=2")
    assert (made.trials, made.finalists) == (5, 2)
    assert made.storage == f"sqlite:///{moved / 'study.db'}"
    assert read_definition(moved).trials == 5
    (fault,) = refused("sweep", f"resume={moved}", "optim.lr=0.1")
    assert "optim.lr=0.1 found beside it" in fault


def test_a_sweep_goes_on_where_its_relative_names_are_looked_for_from(begun, refused, tmp_path, monkeypatch):
    places = tmp_path / "here", tmp_path / "elsewhere"
    for place in places:
        place.mkdir()
    monkeypatch.chdir(places[0])
    made, folder = begun(*TASK, "optim.lr=0.1,0.2", f"dir={tmp_path / 'mine'}")
    assert made.begun_in == str(places[0])
    assert begun("resume=../mine")[1].samefile(folder)
    monkeypatch.chdir(places[1])
    (fault,) = refused("sweep", "resume=../mine")
    assert f"cd {places[0]} && seqmodels sweep resume={folder.resolve()}" in fault
    assert begun(*TASK, "optim.lr=0.1,0.2", f"dir={folder}")[0].begun_in == str(places[0])  # joined from anywhere
    places[0].rmdir()  # as on another machine, to which it was moved
    assert begun(f"resume={folder}")[1].samefile(folder)


def test_a_sweep_from_elsewhere_says_neither_whom_to_trust_nor_what_to_start(begun, refused, tmp_path):
    _, folder = begun(*TASK, "optim.lr=0.1,0.2", f"dir={tmp_path / 'mine'}", "launcher=submitit", "slurm={name:x}")
    made, _ = begun(f"resume={folder}")
    assert (made.launcher, made.slurm) == ("local", None)
    written = yaml.safe_load((folder / "sweep.yaml").read_text())
    (folder / "sweep.yaml").write_text(yaml.safe_dump({**written, "trust": ["drills"]}))
    (fault,) = refused("sweep", f"resume={folder}")
    assert "it trusts drills" in fault
    (folder / "sweep.yaml").write_text(yaml.safe_dump({**written, "overrides": ["--trust", "drills"]}))
    (fault,) = refused("sweep", f"resume={folder}")
    assert "'--trust' is no word of a run" in fault


def test_no_run_has_a_group_of_sweeps(said):
    assert "sweep" not in ConfigTree().groups()
    result = said("train", "sweep=encoders")
    assert result.code == 2
    assert "sweep" in result.err


@pytest.mark.parametrize("name", ConfigTree().choices("sweep"))
def test_a_file_that_ships_composes(begun, name):
    made, folder = begun(f"sweep={name}")
    assert made.name == name
    assert not (folder / "study.db").exists()  # made by the sweep


def test_help_names_the_files(said):
    result = said("sweep", "--help")
    assert result.code == 0
    for name in ConfigTree().choices("sweep"):
        assert f"  {name} " in result.out
        assert ConfigTree().description("sweep", name) in result.out
