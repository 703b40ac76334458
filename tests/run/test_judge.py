"""A classifier says what names were drawn for."""

import json
from itertools import pairwise

import pytest

from seqmodels.run.cli import run
from seqmodels.run.evaluate import evaluate_run

SMALL = ["device=cpu", "callbacks.progress=null", "trainer.max_epochs=10", "data=file_per_label", "seed=1"]
SMALL += ["data.val=20", "data.test=20", "floor=null", "batching.batch_size=10", "optim.lr=0.02", "report=false"]
# Letters of their own, so that whoever reads two of them knows the label.
FILES = {"vowels": "aeiou", "consonants": "bcdfg"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run that writes names, and one that names their label."""
    base = tmp_path_factory.mktemp("judge")
    files = []
    for label, letters in FILES.items():
        lines = [f"{a}{b}{c}" for a in letters for b in letters for c in letters]
        (base / f"{label}.txt").write_text("\n".join(lines[:60]) + "\n")
        files.append(f"{label}: {base / label}.txt")
    words = [*SMALL, f"data.files={{{', '.join(files)}}}", f"runs={base}"]
    writer = ["task=name_generation", "+metric=distinct_characters", "data.target=line", "model.decoder.hidden_size=16"]
    reader = ["task=date_language", "data.target=label", "~data.train", "model.encoder.hidden_size=8"]
    assert run(["train", *writer, *words]) == 0
    assert run(["train", *reader, *words]) == 0
    return tuple(next((base / name).iterdir()) for name in ("name_generation", "date_language"))


def test_a_classifier_finds_what_was_asked_for(runs, said):
    writer, judge = runs
    result = said("evaluate", writer, "--judge", judge, "--json", "--save", "judged")
    assert result.code == 0, result.err
    found = json.loads(result.out)
    assert found["test/recovered_of_real"] == 1
    assert 0.4 < found["test/recovered_floor"] < 0.7
    assert found["test/recovered"] > 0.9
    assert 0 < found["test/different"] <= 1
    assert 0 <= found["test/new"] <= 1
    saved = json.loads((writer / "scores" / "judged.json").read_text())
    assert saved["metrics"] == found
    assert saved["words"][:4] == ["evaluate", "RUN", "--judge", f"date_language/{judge.name}"]
    again = json.loads(said("evaluate", writer, "--judge", judge, "--json").out)
    assert again == found
    other = json.loads(said("evaluate", writer, "--judge", judge, "--seed", "2", "--json").out)
    assert other["test/different"] != found["test/different"] or other["test/new"] != found["test/new"]


def test_what_cannot_be_judged_is_told(runs, tagger_run, refused):
    writer, judge = runs
    assert refused("evaluate", writer, "--judge", judge, "--beam", "1")[0].startswith("--judge: OneToMany found, which")
    assert refused("evaluate", judge, "--judge", judge)[0].startswith("--judge: ManyToOne found, which writes the same")
    assert "it knows no such label" in refused("evaluate", writer, "--judge", tagger_run)[0]


@pytest.mark.parametrize("size", [3, 50])
def test_a_model_that_draws_is_scored_by_a_draw_for_each_example(runs, size):
    _, results, report = evaluate_run(runs[0], overrides=[f"batching.eval_batch_size={size}"])
    (part,) = report.answers.parts
    said = [text for _, text in part.texts]
    assert len(set(zip(said, report.answers.texts, strict=True))) > len(said) / 2, "two inputs, so two texts before"
    grams = [pair for text in said for pair in pairwise(text)]
    assert results["test/distinct_2"] == pytest.approx(len(set(grams)) / len(grams))
