"""RESULTS.md comes from run folders alone, and refuses those that are not runs of the same."""

import json
import sys
from pathlib import Path

import pytest
import torch
import yaml
from results import main
from scores.page import page
from scores.rows import merged, rows_of
from scores.runs import find_runs
from scores.wanted import Wanted, read_wanted

from seqmodels.errors import InputError
from seqmodels.run.environment import weights_hash
from seqmodels.run.saved import save_scores

ROOT = Path(__file__).parents[1]
SHA = dict.fromkeys(("train", "val", "test"), "a" * 64)


@pytest.fixture
def made(tmp_path):
    """Makes a run folder."""

    def make(name, task="pos_tagging", seed=1, words=(), config=None, facts=None, **metrics):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        settings = {"name": task, "seed": seed, "run_dir": str(folder), "optim": {"lr": 0.003}} | (config or {})
        scores = {"test/accuracy": 0.95, "floor/accuracy": 0.8874, "seconds": 60.0, "parameters": 1000}
        scores |= {key.replace("__", "/"): value for key, value in metrics.items()}
        known = {"seed": seed, "git_commit": "c" * 40, "data_sha256": SHA, "device": "cpu", "threads": 2}
        known |= {"cpu": "AMD EPYC (2 cores)", "versions": {"torch": "2.13.0"}} | (facts or {})
        (folder / "config.yaml").write_text(yaml.safe_dump(settings))
        line = [f"task={task}", f"seed={seed}", "device=cpu", "callbacks.progress=null", *words]
        (folder / "overrides.yaml").write_text(yaml.safe_dump(line))
        (folder / "metrics.json").write_text(json.dumps(scores))
        (folder / "environment.json").write_text(json.dumps(known))
        return folder

    return make


@pytest.fixture
def results(tmp_path, capsys):
    """Runs the script; (exit code, rows, page, what it said)."""

    def call(*words):
        code = main([*map(str, words), "--folder", str(tmp_path)])
        said = "".join(capsys.readouterr())
        files = [tmp_path / "results.json", tmp_path / "RESULTS.md"]
        rows = json.loads(files[0].read_text()) if files[0].is_file() else None
        return code, rows, files[1].read_text() if files[1].is_file() else None, said

    return call


def test_a_row_is_the_mean_over_its_seeds(made, results, tmp_path):
    for seed, score in [(3, 0.953), (1, 0.957), (2, 0.961)]:
        made(f"multirun/now/{seed}", seed=seed, test__accuracy=score, seconds=60.0 * seed)
    code, (row,), shown, _ = results(tmp_path / "runs")
    assert code == 0
    assert row["score"] == pytest.approx(0.957)
    assert row["spread"] == pytest.approx(0.004)
    assert row["seeds"] == [1, 2, 3]
    assert (row["target"], row["met"], row["goal"]) == (0.957, True, 0.962)
    assert row["floor"] == {"name": "most frequent tag", "score": 0.8874}
    assert (row["parameters"], row["minutes"]) == (1000, 2.0)
    assert row["device"] == "AMD EPYC (2 cores), 2 threads"
    assert row["command"] == "seqmodels train -m task=pos_tagging seed=1,2,3"
    assert row["commit"] == "c" * 40
    wanted = {"task", "data", "metric", "score", "spread", "seeds", "floor", "anchors", "target", "met", "parameters"}
    assert wanted | {"minutes", "device", "command", "commit"} <= set(row)
    assert (
        "| 0.9570 ± 0.0040 | 0.8874 (most frequent tag) | ≥ 0.957 within 3 min; goal 0.962 | yes | "
        "UDPipe 1.2: 0.944-0.945 |" in shown
    )
    assert "Short of the target" not in shown


def test_a_row_short_of_its_target_says_so(made, results):
    code, (row,), shown, said = results(made("one", test__accuracy=0.95))
    assert code == 0
    assert row["met"] is False
    assert row["spread"] is None
    assert "0.9500 (one seed)" in shown
    assert "- pos_tagging, accuracy: 0.9500 is 0.0070 short of its target of 0.957." in shown
    assert "short of its target: pos_tagging, accuracy: 0.9500, wanted 0.957" in said


def test_a_target_in_minutes_wants_both(made, results):
    words = {"task": "language_model", "floor__loss": 1.7, "test__loss": 1.41}
    assert results(made("fast", seconds=600.0, **words))[1][0]["met"] is True
    _, (row,), shown, _ = results(made("slow", seconds=1200.0, **words))
    assert row["met"] is False
    assert "it took 20 minutes, and its target allows 15" in shown


def test_one_run_can_give_two_rows_and_one_row_can_stand_above_another(made, results):
    _, rows, _, _ = results(made("snips", "slots_and_intent", test__f1=0.96, test__intent=0.98))
    assert [(row["metric"], row["met"]) for row in rows] == [("slot F1", True), ("intent accuracy", False)]
    _, rows, shown, _ = results(made("ner", "ner", words=["experiment=ner"], test__f1=0.3))
    assert (rows[0]["task"], rows[0]["target"], rows[0]["met"]) == ("ner", None, None)
    assert "ner, span F1: its target, 0.02 above ner_window, is not known" in shown
    _, rows, shown, _ = results(made("window", "ner", words=["experiment=ner_window"], test__f1=0.29))
    assert {row["task"]: (row["target"], row["met"]) for row in rows if row["metric"] == "span F1"} == {
        "ner": (0.31, False),
        "ner_window": (None, None),
    }
    assert "≥ 0.31 (0.02 above ner_window)" in shown
    assert len(rows) == 4


def test_other_rows_stay_and_their_order_is_that_of_the_list(made, results):
    _, before, _, _ = results(made("tags"))
    _, rows, _, _ = results(made("dates", "dates", test__exact_match=1.0, floor__exact_match=0.26))
    assert [row["task"] for row in rows] == ["dates", "pos_tagging"]
    assert rows[1] == before[0]
    _, rows, _, _ = results(made("again", "dates", test__exact_match=0.5, floor__exact_match=0.26))
    assert [row["score"] for row in rows] == [0.5, 0.95]
    assert results()[1] == rows  # nothing new


REFUSED = {
    "seed": ({"seed": 1}, "pos_tagging: seed 1 stands in"),
    "config": ({"config": {"optim": {"lr": 0.1}}}, "pos_tagging: optim.lr is 0.003 in"),
    "data": ({"facts": {"data_sha256": {"train": "b"}}}, "pos_tagging: data_sha256 is "),
    "commit": ({"facts": {"git_commit": "d" * 40}}, f"pos_tagging: git_commit is '{'c' * 40}' in"),
    "device": ({"facts": {"threads": 1}}, "pos_tagging: device is 'AMD EPYC (2 cores), 2 threads' in"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_runs_that_are_not_runs_of_the_same_are_refused(name, made, results, tmp_path):
    change, message = REFUSED[name]
    made("first")
    made("second", **{"seed": 2, **change})
    code, rows, _, said = results(tmp_path / "runs")
    assert (code, rows) == (2, None)
    assert said.startswith(f"results: {message}")
    assert said.count("\n") == 1


def test_commits_may_differ_if_that_is_said(made, results, tmp_path):
    made("first")
    made("second", seed=2, facts={"git_commit": "d" * 40 + "+changes"})
    code, (row,), shown, _ = results(tmp_path / "runs", "--commits-differ")
    assert code == 0
    assert row["commit"] == f"{'c' * 40}, {'d' * 40}+changes"
    assert "| ccccccccc, ddddddddd+changes |" in shown


@pytest.fixture
def beam_rows(monkeypatch):
    """A second row of the tagger, of scores that were saved."""
    rows = [row for row in read_wanted() if row.task == "pos_tagging" and row.experiment is None]
    rows.append(rows[0]._replace(name="pos_tagging, beam 5", saved="beam5", target=0.96, within=None))
    monkeypatch.setattr("results.read_wanted", lambda: rows)


WEIGHTS = {"w": torch.zeros(2)}


def save(folder, accuracy, words=("--beam", "5")):
    metrics = {"test/accuracy": accuracy, "floor/accuracy": 0.88}
    save_scores(folder, "beam5", ["evaluate", str(folder), *words, "--save", "beam5"], metrics, WEIGHTS)


def test_scores_that_were_saved_make_a_row_of_their_own(made, results, tmp_path, beam_rows):
    folders = [made(name, seed=seed) for seed, name in [(1, "one"), (2, "two")]]
    assert len(results(tmp_path / "runs")[1]) == 1
    for folder, score in zip(folders, [0.96, 0.98], strict=True):
        save(folder, score)
    code, (own, row), _, _ = results(tmp_path / "runs")
    assert (code, own["score"], row["score"], row["met"]) == (0, 0.95, 0.97, True)
    assert row["floor"]["score"] == 0.88
    train = "seqmodels train -m task=pos_tagging seed=1,2"
    assert (own["command"], row["command"]) == (train, f"{train}; seqmodels evaluate RUN --beam 5 --save beam5")


def test_saved_scores_are_wanted_of_every_run_and_alike(made, results, tmp_path, beam_rows):
    first, second = made("one"), made("two", seed=2)
    save(first, 0.96)
    code, _, _, said = results(tmp_path / "runs")
    assert (code, said.count("\n")) == (2, 1)
    assert f"{second}: no scores/beam5.json, which the row pos_tagging, beam 5 wants: seqmodels evaluate RUN" in said
    save(second, 0.96, ["--beam", "4"])
    assert "its evaluation is 'seqmodels evaluate RUN --beam 5 --save beam5' in" in results(tmp_path / "runs")[3]


def test_saved_scores_of_other_weights_or_commits_are_refused(made, results, tmp_path, beam_rows, monkeypatch):
    sha = {"weights_sha256": weights_hash(WEIGHTS)}
    first, second = made("one", facts=sha), made("two", seed=2, facts=sha)
    save(first, 0.96)
    monkeypatch.setattr("seqmodels.run.saved.git_commit", lambda: "e" * 40)
    save(second, 0.96)
    assert "git_commit of its evaluation is" in results(tmp_path / "runs")[3]
    assert results(tmp_path / "runs", "--commits-differ")[0] == 0
    path = second / "environment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"weights_sha256": "b" * 64}))
    said = results(tmp_path / "runs", "--commits-differ")[3]
    assert f"{second}: scores/beam5.json is of other weights than the run has now: seqmodels evaluate RUN" in said


def test_a_score_that_is_no_number_is_refused(made, results, tmp_path):
    made("one")
    path = made("two", seed=2) / "metrics.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"test/accuracy": float("nan")}))
    code, _, _, said = results(tmp_path / "runs")
    assert (code, said.count("\n")) == (2, 1)
    assert "test/accuracy is [0.95, nan] in its runs, wanted finite numbers" in said


@pytest.fixture
def rates(monkeypatch):
    """A row over all rates."""
    rows = [row for row in read_wanted() if row.task == "pos_tagging" and row.experiment is None]
    monkeypatch.setattr("results.read_wanted", lambda: [rows[0]._replace(settings=("optim.lr=*",))])


def test_a_row_can_be_over_the_values_of_a_setting(made, results, tmp_path, rates):
    for lr, score in [("0.1", 0.9), ("0.2", 0.8)]:
        data = {"data_sha256": lr[-1] * 64}  # such as a split of its own
        made(lr, words=[f"optim.lr={lr}"], config={"optim": {"lr": lr}}, test__accuracy=score, facts=data)
    code, (row,), _, _ = results(tmp_path / "runs")
    assert (code, row["score"], row["seeds"]) == (0, pytest.approx(0.85), [1])
    assert row["over"] == {"optim.lr": ["0.1", "0.2"]}
    assert row["command"] == "seqmodels train -m task=pos_tagging optim.lr=0.1,0.2 seed=1"
    made("again", words=["optim.lr=0.2"])
    assert "seed 1, optim.lr 0.2 stands in" in results(tmp_path / "runs")[3]


def test_a_row_over_a_setting_has_each_of_its_values_with_each_seed(made, results, tmp_path, rates):
    for lr, seed in [("0.1", 1), ("0.2", 2)]:
        made(lr, seed=seed, words=[f"optim.lr={lr}"], config={"optim": {"lr": lr}})
    assert "2 runs found, wanted one for each of [1, 2] and each of ['0.1', '0.2']" in results(tmp_path / "runs")[3]
    for lr, seed in [("0.1", 2), ("0.2", 1)]:
        made(f"{lr} {seed}", seed=seed, words=[f"optim.lr={lr}"], config={"optim": {"lr": lr}})
    code, (row,), _, _ = results(tmp_path / "runs")
    assert (code, row["seeds"]) == (0, [1, 2])
    assert row["command"] == "seqmodels train -m task=pos_tagging optim.lr=0.1,0.2 seed=1,2"


def test_runs_that_answered_together_are_one_score_of_all_of_them(made, results, tmp_path, beam_rows, monkeypatch):
    own, beam = sys.modules["results"].read_wanted()
    monkeypatch.setattr("results.read_wanted", lambda: [own, beam._replace(together=True)])
    first, _, _ = (made(str(seed), seed=seed) for seed in (1, 2, 3))
    save(first, 0.96, ["--with", "runs/2", "--with", "runs/2"])  # one run twice
    assert "evaluations of [2] runs together found, wanted one of all 3" in results(tmp_path / "runs")[3]
    save(first, 0.96, ["--with=runs/2", "--with", "older/3"])
    assert "answered together with older/3: none of the row's runs" in results(tmp_path / "runs")[3]
    save(first, 0.96, ["--with=runs/2", "--with", "runs/3"])
    code, (_, row), page, _ = results(tmp_path / "runs")
    assert (code, row["score"], row["spread"], row["seeds"]) == (0, 0.96, None, [1, 2, 3])
    assert (row["parameters"], row["minutes"]) == (3000, 3.0)
    assert row["command"].endswith("seed=1,2,3; seqmodels evaluate RUN --with RUN --with RUN --save beam5")
    assert "0.9600 (one score)" in page


@pytest.mark.parametrize("words", [["optim.lr=0.1"], ["model/encoder=bigru"], ["experiment=other"]])
def test_a_run_with_settings_of_its_own_belongs_to_no_row(words, made, results):
    code, rows, _, said = results(made("one", words=words))
    assert (code, rows) == (2, None)
    assert f"{words[0]}: rows.yaml has no row for it; there are rows for: task=pos_tagging" in said


def test_a_run_that_is_not_finished_or_damaged_is_told(made, results, tmp_path):
    folder = made("one")
    (folder / "metrics.json").unlink()
    assert f"{folder}: no metrics.json: the run is not finished" in results(folder)[3]
    (folder / "metrics.json").write_text("{")
    assert f"{folder}: not what `seqmodels train` writes" in results(folder)[3]
    assert f"{tmp_path / 'nowhere'}: no run found in it" in results(tmp_path / "nowhere")[3]


def test_a_score_that_a_run_lacks_is_told(made, results):
    folder = made("one", "touch_tones")
    assert f"{folder}: metrics.json has no test/wer, which the row touch_tones wants" in results(folder)[3]


def test_jobs_of_a_multirun_stand_in_the_order_of_their_numbers(made):
    folders = [made(f"multirun/{number}") for number in (10, 2, 1)]
    assert [run.folder.name for run in find_runs([str(folders[0].parent)])] == ["1", "2", "10"]


def test_a_run_named_twice_counts_once(made, results, tmp_path):
    folder = made("one")
    code, (row,), _, _ = results(folder, tmp_path / "runs")
    assert (code, row["seeds"]) == (0, [1])


def test_the_list_of_rows_names_tasks_that_there_are():
    rows = read_wanted()
    assert {row.task for row in rows} <= {file.stem for file in (ROOT / "conf" / "task").glob("*.yaml")}
    assert all(row.better in ("more", "less") and row.key.startswith("test") for row in rows)
    assert all({"name", "score", "source"} == set(anchor) for row in rows for anchor in row.anchors)


GOOD = {"name": "a", "task": "a", "data": "d", "metric": "m", "key": "test/m", "floor": "f", "floor_name": "n"}
GOOD |= {"better": "more"}


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([GOOD | {"goals": 1}], "there is no key 'goals'"),
        ([{key: value for key, value in GOOD.items() if key != "metric"}], "the key 'metric' is missing"),
        ([GOOD, GOOD], "a, m stands there twice"),
        ([GOOD | {"target": {"above": "b", "by": 1}}], "a is to stand above b, which has no row of the metric m"),
    ],
)
def test_faults_in_the_list_are_told(rows, fault, tmp_path):
    (tmp_path / "rows.yaml").write_text(yaml.safe_dump(rows))
    with pytest.raises(InputError, match=fault):
        read_wanted(tmp_path / "rows.yaml")


def test_a_row_that_is_no_longer_in_the_list_is_left_out(made):
    run = made("one")
    (row,) = merged([], rows_of(find_runs([str(run)]), read_wanted()), read_wanted())
    others = [Wanted(**{**GOOD, "name": "new"})]
    assert merged([row], [], others) == []


@pytest.mark.skipif(not (ROOT / "results.json").is_file(), reason="no results yet")
def test_the_page_is_that_of_the_rows():
    assert (ROOT / "RESULTS.md").read_text(encoding="utf-8") == page(
        json.loads((ROOT / "results.json").read_text("utf-8"))
    )


def test_runs_of_a_row_may_each_have_a_split_of_their_own(made):
    words = "data.split.seed=${seed}"
    for seed in (1, 2):
        facts = {"data_sha256": dict.fromkeys(("train", "val", "test"), str(seed) * 64)}
        written = words if seed == 1 else words.replace("{", r"\{").replace("}", r"\}")  # as a multirun writes it
        folder = made(f"s{seed}", "sentiment", seed, [written], {"data": {"split": {"seed": seed}}}, facts)
    runs = find_runs([str(folder.parent)])
    row = Wanted("a", "sentiment", "d", "m", "test/accuracy", "floor/accuracy", "f", "more", settings=(words,))
    with pytest.raises(InputError, match="data_sha256"):
        rows_of(runs, [row])
    (found,) = rows_of(runs, [row._replace(splits=True)])
    assert found["command"] == "seqmodels train -m task=sentiment 'data.split.seed=${seed}' seed=1,2"
