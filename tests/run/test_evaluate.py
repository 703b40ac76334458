"""Scores of a finished run, on its own data and on other data."""

import json
import shutil

import pytest
from conftest import write_conllu

from seqmodels.run.evaluate import evaluate_run


def scores(result):
    assert result.code == 0, result.err
    return json.loads(result.out)


def test_the_split_is_the_one_that_was_asked_for(tagger_run, said):
    recorded = json.loads((tagger_run / "metrics.json").read_text())
    found = scores(said("evaluate", tagger_run, "--split", "val", "--json"))
    assert set(found) == {"val/loss", "val/accuracy", "floor/accuracy", "val/exact_match", "val/unseen_words"}
    assert found["val/loss"] == pytest.approx(recorded["val/loss"], rel=1e-6)
    names = {name.replace("val/", "test/") for name in found}
    assert set(scores(said("evaluate", tagger_run, "--json"))) == names


def test_the_table_shows_what_the_json_says(tagger_run, said):
    found = scores(said("evaluate", tagger_run, "--json"))
    table = said("evaluate", tagger_run).out
    for name in ("test/loss", "test/accuracy", "floor/accuracy"):
        assert f"{found[name]:.4f}" in table
    assert "MostFrequentLabel" in table


def test_the_library_and_the_command_line_agree(any_run, said):
    _, results, _ = evaluate_run(any_run)
    assert scores(said("evaluate", any_run, "--json")) == pytest.approx(results)


def test_scores_are_kept_by_name(tagger_run, said, tmp_path):
    run = shutil.copytree(tagger_run, tmp_path / "run")
    found = scores(said("evaluate", run, "--split", "val", "--json", "--save", "again"))
    saved = json.loads((run / "scores" / "again.json").read_text())
    assert saved["metrics"] == found
    assert saved["words"] == ["evaluate", "RUN", "--split", "val", "--json", "--save", "again"]


def test_scores_are_kept_in_run_folders_alone(tagger_run, said):
    for run, name, fault in [
        (tagger_run, "../../away", "wanted a name of letters"),
        (tagger_run / "checkpoints" / "best.ckpt", "again", "is no run's folder"),
    ]:
        result = said("evaluate", run, "--save", name)
        assert (result.code, result.out) == (2, "")
        assert fault in result.err


def test_other_data_is_scored_instead(tagger_run, said, tmp_path):
    # The floor knows "the" as DET from training and has never seen the other word; NOUN is the label it gives it.
    other = write_conllu(tmp_path / "other.conllu", ["the DET zzz NOUN", "the NOUN zzz VERB"])
    found = scores(said("evaluate", tagger_run, f"data.test={other}", "--json"))
    assert found["floor/accuracy"] == 0.5
    assert found["test/loss"] != scores(said("evaluate", tagger_run, "--json"))["test/loss"]


def test_overrides_may_stand_behind_flags(tagger_run, said, tmp_path):
    other = write_conllu(tmp_path / "other.conllu", ["the DET zzz NOUN"])
    wanted = scores(said("evaluate", tagger_run, f"data.test={other}", "--json"))
    assert scores(said("evaluate", tagger_run, "--json", f"data.test={other}")) == wanted


@pytest.mark.parametrize("size", [1, 3])
def test_the_batch_size_changes_no_score(size, any_run, said):
    wanted = scores(said("evaluate", any_run, "--json"))
    assert scores(said("evaluate", any_run, f"batching.eval_batch_size={size}", "--json")) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--split", "train"], "--split train: wanted val or test"),
        (["data.tset=x.conllu"], "data.tset: Conllu has no such setting; closest: test"),
        (["dta.test=x.conllu"], "dta.test=x.conllu: wanted data.KEY=VALUE, batching.KEY=VALUE or on_bad"),
        (["optim.lr=1"], "optim.lr=1: wanted data.KEY=VALUE"),
        (["data.test"], "data.test: wanted data.KEY=VALUE"),
        (["dynamic=0.5"], "dynamic=0.5: wanted data.KEY=VALUE"),
        (["on_bad=ignore"], "on_bad: 'ignore' found, wanted 'raise' or 'skip'"),
        (["batching.eval_batch_size=0"], "batching.eval_batch_size: 0 found, wanted greater than 0"),
        (["batching.eval_batch_size=many"], "batching.eval_batch_size: 'many' found"),
        (["data.test=nowhere.conllu"], "nowhere.conllu: no such file"),
        (["data._target_=os.system"], "data._target_: os.system is outside"),
        (["data._target_=torch.nn.Identity"], "data"),
    ],
)
def test_a_wrong_call_is_told(words, fault, tagger_run, refused):
    found = refused("evaluate", tagger_run, *words)
    assert any(line.startswith(fault) for line in found), found


def test_batches_of_another_kind_of_model_are_refused(dates_run, refused):
    (fault,) = refused("evaluate", dates_run, "batching._target_=seqmodels.data.Streams")
    assert fault.startswith("batching: Streams found, and EncoderDecoder reads each example by itself")


def test_all_wrong_overrides_are_told_at_once(tagger_run, refused):
    found = refused("evaluate", tagger_run, "data.tset=x", "batching.batchsize=3")
    assert [line.split(":")[0] for line in found] == ["data.tset", "batching.batchsize"]


def test_a_label_that_training_never_saw_is_told_with_its_line(tagger_run, refused, tmp_path):
    other = write_conllu(tmp_path / "other.conllu", ["the DET dog NOUN", "oh INTJ dog NOUN"])
    (fault,) = refused("evaluate", tagger_run, f"data.test={other}")
    assert "other.conllu:4" in fault
    assert "'INTJ' does not occur in the training split" in fault


def test_what_is_left_out_is_counted_beside_the_scores(tagger_run, said, tmp_path):
    other = write_conllu(tmp_path / "other.conllu", ["the DET dog NOUN", "oh INTJ dog NOUN"])
    found = said("evaluate", tagger_run, f"data.test={other}", "on_bad=skip", "--json")
    good = write_conllu(tmp_path / "good.conllu", ["the DET dog NOUN"])
    assert scores(found) == pytest.approx(scores(said("evaluate", tagger_run, f"data.test={good}", "--json")))
    assert found.err.startswith("seqmodels: skipped 1 example of the test split: other.conllu:4: label 'INTJ' does not")


def test_an_interpolation_in_an_override_reads_no_environment(tagger_run, refused, monkeypatch):
    monkeypatch.setenv("SEQMODELS_TEST_SECRET", "s3cr3t")
    found = refused("evaluate", tagger_run, "data.test=${oc.env:SEQMODELS_TEST_SECRET}")
    assert "s3cr3t" not in "".join(found)


def test_a_split_that_is_cut_anew_is_told(said, tmp_path):
    lines = tmp_path / "a.csv"
    lines.write_text("text,label\n" + "".join(f"text {i} of {i % 2},{i % 2}\n" for i in range(60)))
    words = ["task=sentiment", "data=csv", f"data.train={lines}", "device=cpu", "trainer.max_epochs=1", "floor=null"]
    words += [
        "encoder_size=4",
        "model/wide=none",
        "callbacks.progress=null",
        "report=false",
        f"run_dir={tmp_path / 'run'}",
    ]
    done = said("train", *words)
    assert done.code == 0, done.err
    assert "cut off" not in said("evaluate", tmp_path / "run").err
    told = "the test split is cut off the training file, and is another one than when the run was trained"
    assert told in said("evaluate", tmp_path / "run", "data.split.seed=1").err
    lines.write_text(lines.read_text() + "".join(f"one more {i} of 1,1\n" for i in range(30)))
    assert told in said("evaluate", tmp_path / "run").err
