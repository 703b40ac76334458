"""From words of a command line to a config: what is misspelt, what is repaired, what is kept secret."""

import os

import pytest
import yaml
from conftest import DATES, tagging

from seqmodels.errors import InputError
from seqmodels.run.compose import ConfigTree, repair
from seqmodels.run.plain import plain

SECRET = "s3cr3t-t0ken-0f-n0body"


def test_every_fault_of_a_command_line_is_in_one_message(refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["model/encoder=grru", "model.decoder.hiden_size=3", "optim.lr=fast", "modle.x=1", "monitor=val/acuracy"]
    found = refused("train", *words, "trainer.max_epochs=0.5", "optm=adam", "model/decodr=gru", "nonsense")
    told = "\n".join(found)
    assert len(found) == 9
    assert "model/encoder=grru: there is no such choice; closest: gru" in told
    assert "model.decoder.hiden_size: there is no 'hiden_size' in model.decoder; closest: hidden_size" in told
    assert "optim.lr: 'fast' found, wanted a valid number" in told
    assert "modle.x: there is no 'modle' in the config; closest: mode, model" in told
    assert "monitor: 'val/acuracy' found, wanted one of: val/loss, val/exact_match" in told
    assert "trainer.max_epochs: 0.5 found" in told
    assert "optm: there is no 'optm' in the config; closest: optim" in told
    assert "model/decodr: there is no 'model/decodr' in the config; closest: model/decoder" in told
    assert "nonsense: not an override" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["task=pos_taging"], "task=pos_taging: there is no such choice; closest: pos_tagging"),
        (["task=???"], "task=???: there is no such choice; there are: "),
        (
            ["optim._target_=torch.optim.Admm"],
            "optim._target_: there is no torch.optim.Admm; closest: torch.optim.Adam",
        ),
        (["logger=null"], "logger=null: there is no such choice"),
        (["model/encoder=null"], "model/encoder=null: there is no such choice"),
        (["model.encoder._target_=os.system"], "model.encoder._target_: os.system is outside"),
        (["seed=1,2"], "Ambiguous value for argument 'seed=1,2'"),
        (["-m", "model/encoder=gru,grru"], "model/encoder=grru: there is no such choice; closest: gru"),
        (["-m", "optim.lr=x,y"], "optim.lr: 'x' found"),
        (["~optim.lrr"], "optim.lrr: there is no 'lrr' in optim; closest: lr"),
        (["~optim.betas"], "optim.betas: there is no 'betas' in optim; it is at its default, leave this out"),
        (
            ["task=language_model", "model.learning._target_=x"],
            "model.learning._target_: there is no 'learning' in model yet; write +model.learning._target_=x",
        ),
        (["~floor"], "floor: Settings needs this setting"),
        (["++optim.lrr=1"], "optim.lrr: Adam has no such setting; closest: lr"),
        (["+sed=1"], "sed: Settings has no such setting; closest: seed"),
        (["task=pos_tagging", "data=conllu"], "data.train: a value is needed: set data.train=..."),
        (["task=pos_tagging", "model.causal=true"], "set model.encoder.bidirectional=false"),
        (["task=pos_tagging", "+model.causal=true"], "set model.encoder.bidirectional=false"),
        (["model/decoder/attention=dot"], "model.decoder.attention: DotAttention refuses its settings"),
        (["name='${nothing}'"], "name: Interpolation key 'nothing' not found"),
        (["vectors='${oc.env:NOT_SET_BY_ANYBODY}'"], "NOT_SET_BY_ANYBODY"),
        (["--flag"], "--flag: there is no such flag"),
        (["--cfg"], "--cfg: a value is missing"),
        (["--config-dir", "nowhere"], "--config-dir nowhere: no such folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_word_is_told_and_nothing_is_started(words, path, refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if words == ["model/decoder/attention=dot"]:
        words = [*words, "model.decoder.hidden_size=100"]
    found = refused("train", *words)
    assert any(path in fault for fault in found), found
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("word", "repaired"),
    [
        ("optim.betas=[0.8,0.9]", "++optim.betas=[0.8,0.9]"),
        ("trainer.accumulate_grad_batches=2", "++trainer.accumulate_grad_batches=2"),
        ("model.label_smoothing=0.1", "++model.label_smoothing=0.1"),
        ("batching.max_tokens=100", "++batching.max_tokens=100"),
        ("optim.lr=0.1", "optim.lr=0.1"),
        ("~optim.lr", "~optim.lr"),
        ("++seed=2", "++seed=2"),
        ("model/encoder=gru", "model/encoder=gru"),
        ("model/encoder=gru,lstm", "model/encoder=gru,lstm"),
    ],
)
def test_a_setting_that_its_class_accepts_needs_no_plus(word, repaired, tree):
    assert repair(tree, [word]) == ([repaired], [])


def test_repaired_overrides_keep_their_order_and_their_values(tree):
    words = ["trainer.accumulate_grad_batches=2", "model/encoder=gru", "optim.betas=[0.8,0.9]", "seed=7"]
    overrides, faults = repair(tree, words)
    assert faults == []
    assert [override.lstrip("+") for override in overrides] == words
    config = plain(tree.compose([*overrides, "run_dir=x"]))
    assert config["trainer"]["accumulate_grad_batches"] == 2
    assert config["model"]["encoder"]["cell"] == "gru"
    assert config["optim"]["betas"] == [0.8, 0.9]
    assert config["seed"] == 7


def test_a_choice_decides_which_settings_there_are(tree):
    assert repair(tree, ["scheduler=plateau", "scheduler.patience=3"]).faults == []
    (fault,) = repair(tree, ["scheduler=warmup_cosine", "scheduler.patience=3"]).faults
    assert fault.startswith("scheduler.patience: there is no 'patience' in scheduler")


def test_no_scheduler_means_none(tree):
    assert plain(tree.compose(["scheduler=none", "run_dir=x"]))["scheduler"] is None


def test_none_of_a_group_is_none_whatever_the_task_sets_for_its_own_choice(tree):
    words = ["task=spoken_digits", "run_dir=x"]
    assert tree.compose(words).augment.time_masks is not None
    assert plain(tree.compose([*words, "augment=none"]))["augment"] is None
    mine = tree.compose(["+augment._target_=seqmodels.data.augment.RareAsUnknown", "run_dir=x"])
    assert mine.augment._target_ == "seqmodels.data.augment.RareAsUnknown", "a class needs no choice"
    logger = tree.compose(["logger=none", "++logger.mine._target_=seqmodels.loggers.CsvLog", "run_dir=x"]).logger
    assert list(logger) == ["mine"]


def test_an_experiment_has_the_last_word_over_its_task_but_not_over_the_command_line(tree):
    chosen = tree.compose(["experiment=dates_gru"])
    assert chosen.model.encoder.cell == chosen.model.decoder.cell == "gru"
    assert tree.compose(["experiment=dates_gru", "model/encoder=lstm"]).model.encoder.cell == "lstm"


@pytest.fixture
def mine(tmp_path):
    """A config folder of the user's."""
    for group, text in {
        "task": "# @package _global_\n# A task of mine\n"
        "defaults: [date_language, {override /data: mine}]\nname: mine\n",
        "data": "# German and French\n_target_: seqmodels.data.Dates\nlocales: [de, fr]\ntarget: locale\ntrain: 30\n"
        "val: 4\ntest: 4\n",
    }.items():
        (tmp_path / "conf" / group).mkdir(parents=True)
        (tmp_path / "conf" / group / "mine.yaml").write_text(text)
    return tmp_path / "conf"


def test_choices_of_a_folder_of_the_users_are_offered_beside_ours(mine):
    tree = ConfigTree(str(mine))
    assert {"mine", "dates"} <= set(tree.choices("task"))
    assert {"mine", "dates"} <= set(tree.choices("data"))
    assert tree.description("task", "mine") == "A task of mine"
    assert tree.description("task", "dates")
    assert "mine" not in ConfigTree().choices("task")


def test_a_choice_of_ours_is_not_replaced_by_one_of_the_same_name(mine):
    # Hydra looks in the same order, or the check would be of another config than the run's.
    (mine / "data" / "dates.yaml").write_text((mine / "data" / "mine.yaml").read_text())
    assert ConfigTree(str(mine)).compose().data == ConfigTree().compose().data


def test_help_lists_the_choices_of_a_folder_of_the_users(mine, said):
    out = said("train", "--help", "--config-dir", mine).out
    assert "A task of mine" in out
    assert "German and French" in out
    assert "date_language" in out


@pytest.mark.parametrize("flag", ["--config-dir", "-cd"])
def test_a_task_of_the_users_trains(flag, mine, said, tmp_path):
    small = ["model.encoder.hidden_size=8", "trainer.max_epochs=1", "device=cpu", "callbacks.progress=null"]
    # Relative, because that is how people write it, and Hydra may look from elsewhere.
    result = said("train", flag, os.path.relpath(mine), "task=mine", *small, f"runs={tmp_path / 'runs'}")
    assert result.code == 0, result.err
    (folder,) = (tmp_path / "runs" / "mine").iterdir()
    assert yaml.safe_load((folder / "config.yaml").read_text())["data"]["locales"] == ["de", "fr"]


def test_a_misspelt_choice_is_held_against_the_users_too(mine, refused):
    (fault,) = refused("train", "--config-dir", mine, "task=mien")
    assert "closest: mine" in fault


def test_an_environment_variable_is_nowhere_in_a_run_by_its_value(said, tmp_path, monkeypatch):
    monkeypatch.setenv("SEQMODELS_TEST_SECRET", SECRET)
    words = [word.replace(SECRET, "${oc.env:SEQMODELS_TEST_SECRET}") for word in tagging(tmp_path / SECRET)]
    words = [
        f"{key}='{value}'" if "$" in value else f"{key}={value}" for key, value in (w.split("=", 1) for w in words)
    ]
    # Lightning's own log, because ours has nothing to be set that would show up in it.
    words += ["+logger.theirs._target_=pytorch_lightning.loggers.CSVLogger", "+logger.theirs.save_dir='${run_dir}'"]
    words += ["+logger.theirs.name=theirs", "+logger.theirs.prefix='${oc.env:SEQMODELS_TEST_SECRET}'"]
    result = said("train", *words, f"runs={tmp_path / 'runs'}")
    assert result.code == 0, result.err
    (folder,) = (tmp_path / "runs" / "pos_tagging").iterdir()
    files = [file for file in folder.rglob("*") if file.is_file()]
    # The column names of this file are what was asked for: the prefix is its only way to show that the secret was used.
    (log,) = folder.glob("theirs/*/metrics.csv")
    assert SECRET in log.read_text()
    assert [str(file) for file in files if file != log and SECRET.encode() in file.read_bytes()] == []
    assert "${oc.env:SEQMODELS_TEST_SECRET}" in (folder / "config.yaml").read_text()
    assert b"${oc.env:SEQMODELS_TEST_SECRET}" in (folder / "checkpoints" / "best.ckpt").read_bytes()
    assert {folder / "checkpoints" / name for name in ("best.ckpt", "last.ckpt")} <= set(files)


def test_hiding_the_environment_is_over_when_it_was_hidden_once(tree, monkeypatch):
    monkeypatch.setenv("SEQMODELS_TEST_SECRET", SECRET)
    config = tree.compose(["vectors='${oc.env:SEQMODELS_TEST_SECRET}'", "run_dir=x"])
    assert plain(config, hide_environment=True)["vectors"] == "${oc.env:SEQMODELS_TEST_SECRET}"
    assert plain(config)["vectors"] == SECRET
    with pytest.raises(InputError):
        plain(tree.compose(["vectors='${oc.env:NOT_SET_BY_ANYBODY}'", "run_dir=x"]))


@pytest.mark.parametrize("flag", [["--cfg", "job"], ["--cfg", "job", "--resolve"], ["--info"]])
def test_a_look_at_the_config_runs_nothing(flag, said, tmp_path):
    result = said("train", *DATES, *flag, f"runs={tmp_path / 'runs'}")
    assert result.code == 0, result.err
    assert "seqmodels.topologies.EncoderDecoder" in result.out
    assert not (tmp_path / "runs").exists()
