"""What a run writes of its answers, and that nothing of it costs a run."""

import csv
import json

import pytest
from conftest import tagging, write_conllu
from PIL import Image

import seqmodels
from seqmodels.run.predict import answers, laid_out
from seqmodels.text import JointLabels, Label, StepLabels

# Words of which training knows "the" and "dog".
OTHERS = ["the DET wug NOUN barks VERB", "the DET dog NOUN", "Dog PRON"]


def metrics_of(folder):
    return json.loads((folder / "metrics.json").read_text())


def only(runs, task="pos_tagging"):
    (folder,) = (runs / task).iterdir()
    return folder


@pytest.fixture(scope="module")
def others_run(tmp_path_factory):
    """A run whose test split has words that training lacks."""
    from seqmodels.run.cli import run

    base = tmp_path_factory.mktemp("others")
    words = tagging(base / "data")
    test = write_conllu(base / "data" / "other.conllu", OTHERS)
    assert run(["train", *words, f"data.test={test}", f"runs={base / 'runs'}"]) == 0
    return only(base / "runs")


def test_a_run_leaves_its_errors_confusions_and_curves(any_run):
    assert (any_run / "errors.txt").read_text(encoding="utf-8").split(" examples wrong")[0].count(" of ") == 1
    with Image.open(any_run / "learning_curves.png") as picture:
        assert picture.width == 1100
    labels = any_run.parent.name == "pos_tagging"
    assert [(any_run / f"confusion.{ending}").is_file() for ending in ("png", "csv")] == [labels, labels]
    assert not [file.name for file in any_run.iterdir() if file.name.startswith(("spans", "."))]


def test_the_errors_are_those_of_the_answers(others_run):
    predictor, metrics = seqmodels.load(others_run), metrics_of(others_run)
    inputs = [sentence.split()[::2] for sentence in OTHERS]
    wanted = [sentence.split()[1::2] for sentence in OTHERS]
    said = predictor.predict(inputs)
    wrong = [i for i in range(3) if wanted[i] != said[i]]
    report = (others_run / "errors.txt").read_text(encoding="utf-8")
    assert report.startswith(f"{len(wrong)} of 3 examples wrong")
    assert report.count("other.conllu:") == len(wrong)
    assert metrics["test/exact_match"] == pytest.approx(1 - len(wrong) / 3)
    rows = list(csv.reader((others_run / "confusion.csv").read_text().splitlines()))
    assert sum(int(cell) for row in rows[1:] for cell in row[1:]) == 6


def test_unseen_words_are_counted_as_they_are_written(others_run):
    said = seqmodels.load(others_run).predict([sentence.split()[::2] for sentence in OTHERS])
    metrics = metrics_of(others_run)
    assert metrics["test/unseen_words"] == 2  # wug, Dog
    assert metrics["test/unseen_accuracy"] == ((said[0][1] == "NOUN") + (said[2][0] == "PRON")) / 2


def test_evaluate_prints_them_too(others_run, said):
    result = json.loads(said("evaluate", others_run, "--json").out)
    for name in ("test/exact_match", "test/unseen_words", "test/unseen_accuracy"):
        assert result[name] == metrics_of(others_run)[name]
    assert "val/exact_match" in json.loads(said("evaluate", others_run, "--split", "val", "--json").out)
    assert "unseen_words" in said("evaluate", others_run).out


def test_a_user_can_do_without(said, tmp_path):
    assert said("train", *tagging(tmp_path / "data"), "report=false", f"runs={tmp_path / 'runs'}").code == 0
    folder = only(tmp_path / "runs")
    assert not list(folder.glob("*.png")) + list(folder.glob("errors.txt"))
    assert "test/exact_match" not in metrics_of(folder)


@pytest.mark.parametrize("words", [["debug=fast"], ["++trainer.limit_test_batches=1"]])
def test_on_a_part_of_the_split_there_is_no_report_and_the_reason_is_told(words, said, tmp_path):
    result = said("train", *tagging(tmp_path / "data"), *words, f"runs={tmp_path / 'runs'}")
    assert result.code == 0
    assert "no report on the test split: trainer.limit_test_batches=" in result.out
    folder = only(tmp_path / "runs")
    assert not (folder / "errors.txt").exists()
    assert "test/accuracy" in metrics_of(folder)


def failing(*words, **named):
    raise RuntimeError("the pen is broken")


@pytest.mark.parametrize(
    ("part", "file"),
    [
        ("reports.files.confusion_picture", "confusion.png"),
        ("reports.files.learning_curves", "learning_curves.png"),
        ("reports.files.error_report", "errors.txt"),
        ("run.report.parts_of", "no report on the test split"),
    ],
)
def test_a_failure_is_told_and_loses_nothing_else(part, file, said, tmp_path, monkeypatch):
    monkeypatch.setattr(f"seqmodels.{part}", failing)
    result = said("train", *tagging(tmp_path / "data"), f"runs={tmp_path / 'runs'}")
    assert result.code == 0
    (line,) = [line for line in result.out.splitlines() if "the pen is broken" in line]
    assert line.startswith(file)
    folder = only(tmp_path / "runs")
    assert "test/accuracy" in metrics_of(folder)
    assert (folder / "confusion.csv").is_file() == (part != "run.report.parts_of")
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_the_metrics_are_written_last(said, tmp_path, monkeypatch):
    there = []
    monkeypatch.setattr(
        "seqmodels.run.train.write_report",
        lambda report, folder, *_: there.append((folder / "metrics.json").exists()) or [],
    )
    assert said("train", *tagging(tmp_path / "data"), f"runs={tmp_path / 'runs'}").code == 0
    assert there == [False]


def test_a_run_goes_on_though_its_report_was_switched_off(tagger_run, said):
    result = said("train", f"resume={tagger_run}", "report=false")
    assert result.code == 0, result.err
    assert "is finished" in result.out.replace("\n", " ")


class Joint:
    """A predictor of slots and an intent."""

    def __init__(self):
        self.targets = JointLabels({"slots": StepLabels(), "more": StepLabels(others=True), "intent": Label()})
        self.inputs = self

    def split(self, text):
        return text.split()

    def predict(self, texts, done=None):
        return [
            {"slots": ["O"] * (len(t.split()) - 1) + ["B-song"], "more": ["x"] * len(t.split()), "intent": "Play"}
            for t in texts
        ]


def test_slots_stand_under_their_words_and_the_intent_behind_them():
    assert laid_out(answers(Joint(), ["play 犬 now", "go"], False), 2) == (
        "play  犬  now\nO     O   B-song\nintent: Play\n\ngo\nB-song\nintent: Play\n"
    )


def test_long_sentences_go_on_in_further_lines_of_the_terminal():
    text = laid_out(answers(Joint(), ["one two three four five six"], False, width=20), 2)
    words, tags = zip(*zip(text.split("\n")[:-2:2], text.split("\n")[1:-2:2], strict=True), strict=True)
    assert " ".join(words).split() == ["one", "two", "three", "four", "five", "six"]
    assert len(" ".join(tags).split()) == 6
    assert max(map(len, text.split("\n"))) <= 20


def test_json_has_every_part_of_an_answer():
    record = json.loads(answers(Joint(), ["play it"], True)[0])
    assert record["tokens"] == ["play", "it"]
    assert record["prediction"] == {"slots": ["O", "B-song"], "more": ["x", "x"], "intent": "Play"}
