"""What is not as it was when a run began is told, and nothing goes on without it being said."""

import json
import sys

import pytest
import yaml
from conftest import TAGGED, write_conllu
from drills.resume import different, result
from interrupted import change, content, copy_of, interrupt, words_for

from seqmodels.run.resume import resumed
from seqmodels.storage import read_checkpoint_file

TAKE_BACK = "not resumed: take the change back, or set resume_anyway=true"


@pytest.fixture(scope="module")
def three_steps(tmp_path_factory):
    """A run that was interrupted after three of its six steps, and beside it its data."""
    base = tmp_path_factory.mktemp("half")
    assert interrupt([*words_for(base / "data"), f"run_dir={base / 'run'}"], saves=3) == 130
    return base


@pytest.fixture
def half(three_steps, tmp_path):
    """A copy of the run."""
    return copy_of(three_steps / "run", tmp_path / "half")


@pytest.fixture
def elsewhere(three_steps, tmp_path):
    """A copy of the run, whose data can be changed."""
    moved = copy_of(three_steps, tmp_path / "elsewhere")
    for name in ("config.yaml", "overrides.yaml"):
        file = moved / "run" / name
        file.write_text(file.read_text().replace(str(three_steps), str(moved)))
    return moved


@pytest.fixture
def unchanged(refused):
    """A run that is refused, and stays as it was: the faults."""

    def ask(folder, *words):
        before = content(folder)
        faults = refused("train", f"resume={folder}", *words)
        assert content(folder) == before
        return faults

    return ask


CHANGES = {
    "optim.lr=0.5": ["optim.lr: 0.003 in the run, 0.5 now"],
    "seed=7": ["seed: 1 in the run, 7 now", "callbacks.step_seed.seed: 1 in the run, 7 now"],
    "nonfinite=skip": ["nonfinite: 'stop' in the run, 'skip' now"],
    "batching.max_tokens=50": ["batching.max_tokens: None in the run, 50 now"],
    "model.encoder.hidden_size=9": ["model.encoder.hidden_size: 8 in the run, 9 now"],
    "trainer.max_epochs=4": ["trainer.max_epochs: 3 in the run, 4 now"],
}


@pytest.mark.parametrize("word", CHANGES)
def test_a_setting_that_was_changed_is_named_with_both_values(word, half, unchanged):
    assert unchanged(half, word) == [*CHANGES[word], TAKE_BACK]


def test_of_many_changes_ten_are_told(half, unchanged):
    faults = unchanged(half, "optim=sgd", "scheduler=plateau", "model/encoder=bigru", "trainer.max_epochs=9")
    assert len(faults) == 12
    assert faults[-2].startswith("and ")
    assert faults[-2].endswith(" more differences")
    assert faults[-1] == TAKE_BACK


def test_what_a_person_sees_of_a_run_may_be_changed(half, said, tmp_path):
    more = ["callbacks.progress.refresh_rate=3", f"runs={tmp_path}"]
    words = [f"resume={half}", "~callbacks.progress", "+callbacks.progress._target_=seqmodels.callbacks.Progress"]
    done = said("train", *words, *more)
    assert done.code == 0, done.err
    assert "changed:" not in done.out


def test_a_run_may_be_saved_more_or_less_often_than_it_was(half, said):
    done = said("train", f"resume={half}", "save_every=5 min")
    assert done.code == 0, done.err


ANYWAY = ["optim.lr=0.5", "nonfinite=skip", "trainer.max_epochs=4", "scheduler=plateau"]
ANYWAY += ["seed=7", "batching.batch_size=3"]
ANYWAY += [word for word in ("optim=sgd", "callbacks.weight_average=null")]


@pytest.mark.parametrize("word", ANYWAY)
def test_a_change_that_is_wanted_is_shown_and_gone_on_with_or_refused_in_a_line(word, half, said):
    # What cannot be taken over (the order of other batches, the state of another optimiser) may well be refused.
    done = said("train", f"resume={half}", word, "resume_anyway=true")
    assert done.code in (0, 2)
    assert done.code == 2 or f"changed: {word.split('=')[0].split('.')[0]}" in done.out
    assert all(fault.startswith("seqmodels: ") for fault in done.faults)


def test_what_was_changed_is_in_the_record_and_in_what_goes_on_from_there(half, said):
    assert interrupt(["train", f"resume={half}", "optim.lr=0.5", "resume_anyway=true"], saves=1) == 130
    assert yaml.safe_load((half / "config.yaml").read_text())["optim"]["lr"] == 0.5
    record = yaml.safe_load((half / "overrides.yaml").read_text())
    assert record[-1] == "optim.lr=0.5"
    assert not [word for word in record if word.lstrip("+").startswith(("resume", "run_dir"))]
    assert said("train", f"resume={half}").code == 0


def rates(folder):
    """What the optimiser of the last checkpoint learns by, and of what share of it the schedule is."""
    state = read_checkpoint_file(folder / "checkpoints" / "last.ckpt")
    (group,), (schedule,) = state["optimizer_states"][0]["param_groups"], state["lr_schedulers"]
    (base,) = schedule["base_lrs"]
    return group["initial_lr"], group["lr"] / group["initial_lr"], base, group["weight_decay"]


def test_a_rate_that_was_changed_is_learnt_by(half, three_steps, tmp_path):
    plain = copy_of(three_steps / "run", tmp_path / "plain")
    more = ["optim.lr=0.5", "++optim.weight_decay=0.25", "resume_anyway=true"]
    for folder, words in ((plain, []), (half, more)):
        assert interrupt(["train", f"resume={folder}", *words], saves=1) == 130
    assert rates(half) == pytest.approx((0.5, rates(plain)[1], 0.5, 0.25))


def test_a_rate_that_was_changed_is_learnt_by_from_a_checkpoint_of_before_too(half):
    assert interrupt(["train", f"resume={half}", "optim.lr=0.5", "resume_anyway=true"], saves=1) == 130
    assert interrupt(["train", f"resume={half / 'checkpoints' / 'previous.ckpt'}"], saves=1) == 130
    assert rates(half)[0] == 0.5


def test_what_a_schedule_has_made_of_a_rate_stays(three_steps, tmp_path):
    run = tmp_path / "run"
    words = [*words_for(three_steps / "data"), "scheduler=plateau", f"run_dir={run}"]
    assert interrupt(words, saves=3) == 130
    last = run / "checkpoints" / "last.ckpt"
    change(last, lambda state: state["optimizer_states"][0]["param_groups"][0].update(lr=0.001))
    for word, rate in (("++optim.weight_decay=0.25", 0.001), ("optim.lr=0.03", 0.01)):
        assert interrupt(["train", f"resume={run}", word, "resume_anyway=true"], saves=1) == 130
        (group,) = read_checkpoint_file(last)["optimizer_states"][0]["param_groups"]
        assert (group["lr"], group["weight_decay"]) == (pytest.approx(rate), 0.25)


def test_a_schedule_can_be_left_out_and_none_of_another_kind_begun(half, unchanged):
    (fault,) = unchanged(half, "scheduler=plateau", "resume_anyway=true")
    assert "its schedule was seqmodels.learning.WarmupCosine, and seqmodels.learning.Plateau cannot begin" in fault
    assert interrupt(["train", f"resume={half}", "scheduler=none", "resume_anyway=true"], saves=1) == 130
    (group,) = read_checkpoint_file(half / "checkpoints" / "last.ckpt")["optimizer_states"][0]["param_groups"]
    assert group["lr"] == 0.003


def test_a_schedule_that_was_changed_is_followed(half, three_steps, tmp_path):
    words = ["trainer.max_epochs=9", "scheduler.warmup=0.9", "resume_anyway=true"]
    assert interrupt(["train", f"resume={half}", *words], saves=1) == 130
    whole = tmp_path / "whole"
    begun = [*words_for(three_steps / "data"), *words[:2], f"run_dir={whole}"]
    assert interrupt(begun, saves=4) == 130
    assert rates(half) == pytest.approx(rates(whole))


def test_patience_that_was_changed_is_had_and_a_run_that_had_none_left_goes_on(three_steps, said, tmp_path):
    words, run = [*words_for(three_steps / "data"), "optim.lr=1e-30", "trainer.max_epochs=6"], tmp_path / "run"
    assert said(*words, "callbacks.early_stopping.patience=1", f"run_dir={run}").code == 0
    assert json.loads((run / "metrics.json").read_text())["epochs"] == 2
    done = said("train", f"resume={run}", "callbacks.early_stopping.patience=3", "resume_anyway=true")
    assert done.code == 0, done.err
    assert json.loads((run / "metrics.json").read_text())["epochs"] == 4


def test_a_finished_run_goes_on_if_its_end_is_put_off(three_steps, said, tmp_path):
    words, run = [*words_for(three_steps / "data"), "scheduler=none"], tmp_path / "run"
    assert said(*words, f"run_dir={run}").code == 0
    assert said("train", f"resume={run}", "trainer.max_epochs=5", "resume_anyway=true").code == 0
    assert said(*words, "trainer.max_epochs=5", f"run_dir={tmp_path / 'whole'}").code == 0
    assert different(result(tmp_path / "whole"), result(run)) is None
    assert (run / "metrics.before.json").is_file()


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize("word", ["model.encoder.hidden_size=9", "batching.batch_size=3"])
def test_what_no_training_can_take_over_is_refused_and_changes_nothing(word, finished, half, said, unchanged):
    if finished:
        assert said("train", f"resume={half}").code == 0
    (fault,) = unchanged(half, word, "resume_anyway=true")
    assert "its weights do not fit the model" in fault or "its batches were other ones" in fault


def test_a_vocabulary_of_another_size_does_not_fit_the_weights(elsewhere, refused):
    write_conllu(elsewhere / "data" / "train.conllu", [*TAGGED, "new NEW word NOUN"])
    (fault,) = refused("train", f"resume={elsewhere / 'run'}", "resume_anyway=true")
    assert "its weights do not fit the model" in fault


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_a_split_that_is_not_what_it_was_is_named(split, elsewhere, unchanged):
    write_conllu(elsewhere / "data" / f"{split}.conllu", TAGGED[::-1])  # the same words, as often: the same vocabulary
    fault, last = unchanged(elsewhere / "run")
    assert fault.startswith(f"data: the {split} split is not what it was in the run (sha256 ")
    assert last == TAKE_BACK


def test_a_vocabulary_that_is_not_what_it_was_is_told_with_its_first_difference(elsewhere, unchanged):
    write_conllu(elsewhere / "data" / "train.conllu", [*TAGGED, "new NEW word NOUN"])
    faults = unchanged(elsewhere / "run")
    assert len(faults) == 4
    inputs, targets, data, last = faults
    told = "vocabulary of the inputs (words): 13 entries in the run, 15 now; the first to differ is number "
    assert inputs.startswith(told)
    assert "'new' now" in inputs
    assert targets.startswith("vocabulary of the targets: 4 entries in the run, 5 now; the first to differ is number ")
    assert data.startswith("data: the train split is not what it was in the run")
    assert last == TAKE_BACK


@pytest.mark.parametrize("split", ["val", "test"])
def test_other_data_to_judge_with_is_shown_and_gone_on_with_if_that_is_wanted(split, elsewhere, said):
    write_conllu(elsewhere / "data" / f"{split}.conllu", TAGGED[:2])
    done = said("train", f"resume={elsewhere / 'run'}", "resume_anyway=true")
    assert done.code == 0, done.err
    assert f"changed: data: the {split} split is not what it was in the run" in done.out


def test_other_words_to_train_on_are_shown_and_gone_on_with_if_that_is_wanted(elsewhere, said):
    write_conllu(elsewhere / "data" / "train.conllu", [*TAGGED[:-1], TAGGED[-1].replace("the", "a")])
    done = said("train", f"resume={elsewhere / 'run'}", "resume_anyway=true")
    assert done.code == 0, done.err
    shown = [line for line in done.out.splitlines() if line.startswith("changed: ")]
    assert len(shown) == 2
    assert shown[0].startswith(
        "changed: vocabulary of the inputs (words): 13 entries in the run, 13 now; the first to differ is"
    )
    assert shown[1].startswith("changed: data: the train split is not what it was in the run")


def test_other_data_to_train_on_is_gone_on_with_or_refused_in_a_line(elsewhere, said):
    write_conllu(elsewhere / "data" / "train.conllu", TAGGED[::-1])
    done = said("train", f"resume={elsewhere / 'run'}", "resume_anyway=true")
    assert done.code in (0, 2)
    assert all(fault.startswith("seqmodels: ") for fault in done.faults)


ASKED = {
    "a URL": (["resume=https://example.org/run"], "resume=https://example.org/run: a URL found, wanted a run's folder"),
    "missing": (["resume={half}/nowhere"], "no such run (looked from "),
    "no run": (["resume={data}"], "config.yaml is not there; wanted a run's folder"),
    "a file": (["resume={data}/val.conllu"], "config.yaml is not there; wanted a run's folder"),
    "a sweep": (["resume={half}", "--multirun", "seed=1,2"], "leave out --multirun and run_dir="),
    "a folder, too": (["resume={half}", "run_dir={data}/other"], "leave out --multirun and run_dir="),
    "none yet": (["resume=last", "runs={data}/runs"], "resume=last: there is no run in {data}/runs/dates"),
    "a wrong key": (["resume={half}", "optim.lrr=1"], "optim.lrr: there is no 'lrr' in optim; closest: lr"),
    "a wrong key of the last": (["resume=last", "runs={data}/runs", "optim.lrr=1"], "optim.lrr"),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_makes_no_sense_is_one_error(name, half, three_steps, refused):
    words, wanted = ASKED[name]
    places = {"half": str(half), "data": str(three_steps / "data")}
    before = content(half), content(three_steps)
    (fault,) = refused("train", *(word.format(**places) for word in words))
    assert wanted.format(**places) in fault
    assert (content(half), content(three_steps)) == before


@pytest.mark.parametrize("word", ["seed", "seed=[1", "==", "seed=${"])
def test_a_word_that_is_no_override_is_told(word, half, refused):
    (fault,) = refused("train", f"resume={half}", word)
    assert word in fault


def test_a_run_without_its_config_is_not_begun_anew_over_its_checkpoints(half, three_steps, refused):
    (half / "config.yaml").unlink()
    (fault,) = refused(*words_for(three_steps / "data"), "resume=last", f"run_dir={half}")
    assert "a run lies there already" in fault


@pytest.mark.parametrize("how", ["{half}", "half"])
def test_a_further_process_may_join_the_run_that_is_gone_on_with(how, half, said, tree, monkeypatch):
    monkeypatch.chdir(half.parent)
    started = []
    monkeypatch.setattr("seqmodels.run.train.train", lambda *args: started.append(list(sys.argv)))
    assert said("train", f"resume={how.format(half=half)}").code == 0
    (command,) = started  # with which Lightning starts the others
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert f"run_dir='{half}'" in resumed(command[2:], tree, multirun=False)


def test_a_run_is_not_written_over_though_torchrun_started_this_process(half, three_steps, refused, monkeypatch):
    before = content(half)
    monkeypatch.setenv("LOCAL_RANK", "0")
    (fault,) = refused(*words_for(three_steps / "data"), f"run_dir={half}")
    assert "a run lies there already" in fault
    assert content(half) == before


def test_a_last_checkpoint_that_is_gone_is_told(half, refused):
    (half / "checkpoints" / "last.ckpt").unlink()
    (fault,) = refused("train", f"resume={half}")
    assert f"resume={half / 'checkpoints' / 'previous.ckpt'}" in fault
