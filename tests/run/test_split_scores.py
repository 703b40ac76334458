"""Scores of texts, on the test split and on further ones."""

import json
import math
from types import SimpleNamespace

import pytest
import torch
from sacrebleu.metrics import BLEU, CHRF

import seqmodels
from seqmodels.errors import InputError
from seqmodels.floors import NearestText
from seqmodels.metrics import Bleu, Scorer
from seqmodels.run.cli import run
from seqmodels.run.split_scores import split_scores
from seqmodels.text import Tokens

SMALL = ["device=cpu", "callbacks.progress=null", "trainer.max_epochs=1", "encoder_size=4", "model.search.max_length=9"]
SMALL += ["model.decoder.hidden_size=8", "trainer.log_every_n_steps=1"]
NOUNS, VERBS = ["Hund dog", "Mann man", "Kind child"], ["rennt runs", "schläft sleeps", "singt sings"]
TRAIN = [
    (f"Der {noun.split()[0]} {verb.split()[0]}.", f"The {noun.split()[1]} {verb.split()[1]}.")
    for noun in NOUNS
    for verb in VERBS
]
TEST = [("Der Hund singt.", "The dog sings."), ("Ein Kind rennt.", "A kid is running ☃.")]
LATER = [("Ein Mann.", "A man."), ("Das Kind singt.", "The child sings."), ("Der Hund.", "The dog.")]


@pytest.fixture(scope="module")
def translation_run(tmp_path_factory):
    base = tmp_path_factory.mktemp("translation")
    words = []
    for place, pairs in (("train", TRAIN), ("val", TEST), ("test", TEST), ("further.later", LATER)):
        for side, texts in zip(("source", "target"), zip(*pairs, strict=True), strict=True):
            path = base / f"{place}.{side}"
            path.write_text("\n".join(texts) + "\n", encoding="utf-8")
            words.append(f"{'+' * ('further' in place)}data.{place}.{side}={path}")
    words += ["fields.inputs.vocab_size=70", "model.embedder.embedding_size=8", "data=parallel"]
    words += ["model.decoder.embedder.embedding_size=8", *SMALL]
    assert run(["train", "task=translation", *words, f"run_dir={base / 'run'}"]) == 0
    return base / "run"


def test_the_scores_are_those_of_the_answers_beside_the_texts_of_the_data(translation_run):
    metrics = json.loads((translation_run / "metrics.json").read_text())
    model = seqmodels.load(translation_run)
    for split, pairs in (("test", TEST), ("later", LATER)):
        said = model.predict([source for source, _ in pairs])
        wanted = [[target for _, target in pairs]]
        for name, scorer in (("bleu", BLEU(lowercase=True)), ("bleu_cased", BLEU()), ("chrf", CHRF())):
            assert metrics[f"{split}/{name}"] == pytest.approx(scorer.corpus_score(said, wanted).score, abs=1e-4)
        assert metrics[f"{split}/perplexity"] == pytest.approx(math.exp(metrics[f"{split}/loss"]), rel=1e-5)
    assert metrics["signatures"]["bleu"].startswith("nrefs:1|case:lc|eff:no|tok:13a|smooth:exp|version:")


def test_every_test_split_stands_beside_its_floor(translation_run):
    metrics = json.loads((translation_run / "metrics.json").read_text())
    floor = NearestText()
    floor.fit(*zip(*TRAIN, strict=True))
    for start, pairs in (("floor", TEST), ("floor/later", LATER)):
        sources, targets = zip(*pairs, strict=True)
        wanted = CHRF().corpus_score(floor.predict(sources), [list(targets)]).score
        assert metrics[f"{start}/chrf"] == pytest.approx(wanted, abs=1e-4)


def test_a_run_is_scored_again_on_all_its_test_splits_and_shows_them(translation_run, capsys):
    recorded = json.loads((translation_run / "metrics.json").read_text())
    capsys.readouterr()
    assert run(["evaluate", str(translation_run), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["signatures"] == recorded["signatures"]
    scores = {name: value for name, value in found.items() if name != "signatures"}
    assert scores == pytest.approx({name: recorded[name] for name in scores}, rel=1e-5)
    assert {"test/bleu", "later/bleu", "floor/bleu", "floor/later/bleu"} <= set(scores)
    assert run(["evaluate", str(translation_run)]) == 0
    shown = capsys.readouterr().out
    assert shown.index("test split") < shown.index("later split")
    assert f"bleu: {found['signatures']['bleu']}" in shown
    assert f"{found['later/chrf']:.4f}" in shown


def test_validation_has_no_further_splits(translation_run, capsys):
    capsys.readouterr()
    assert run(["evaluate", str(translation_run), "--split", "val", "--json"]) == 0
    assert not [name for name in json.loads(capsys.readouterr().out) if "later" in name]


def test_both_sides_have_one_vocabulary_in_the_checkpoint(translation_run):
    fields = torch.load(translation_run / "checkpoints" / "best.ckpt", weights_only=True)["seqmodels"]["fields"]
    learnt = [fields[side]["learnt"] for side in ("inputs", "targets")]
    for name in ("tokens", "merges"):
        assert learnt[0][name] == learnt[1][name]
    assert learnt[0]["forms"] != learnt[1]["forms"]  # capitals are each side's own
    assert len(learnt[0]["tokens"]) <= 70


@pytest.mark.parametrize("scored", [1, 3])
def test_more_or_fewer_pairs_than_the_split_has_are_an_error(scored):
    field = Tokens()
    field.fit(["a"])
    scorer = Scorer({"bleu": Bleu(field)})
    scorer.text_metrics()["bleu"].scored = scored
    model = SimpleNamespace(scorer=lambda split: scorer)
    data = SimpleNamespace(splits=SimpleNamespace(_fields=("test",)), encoded={"test": [0, 0]})
    trainer = SimpleNamespace(
        test=lambda model, datamodule, verbose: [{"test/bleu": 1.0}], limit_test_batches=1.0, overfit_batches=0
    )
    with pytest.raises(InputError, match=f"metric.bleu: {scored} pairs of texts compared, and 2 examples in the test"):
        split_scores(model, data, trainer, "test")
    scorer.text_metrics()["bleu"].scored = 2
    assert split_scores(model, data, trainer, "test") == {"test/bleu": 1.0}


def test_every_pronunciation_of_a_word_counts_as_right(tmp_path):
    words = [f"w{a}{b}" for a in "abcdef" for b in "abcdef"]
    lines = [f"{word} {' '.join(word[1:].upper())}\n{word}(2) {' '.join(word[:0:-1].upper())}\n" for word in words]
    (tmp_path / "some.dict").write_text("".join(lines))
    settings = ["data.val=6", "data.test=9", "data.stress=true", "model.decoder.embedder.embedding_size=8", *SMALL]
    folder = tmp_path / "run"
    words = ["task=pronunciation", f"data.file={tmp_path / 'some.dict'}", *settings, f"run_dir={folder}"]
    assert run(["train", *words]) == 0
    metrics = json.loads((folder / "metrics.json").read_text())
    model = seqmodels.load(folder)
    test = seqmodels.data.Cmudict(str(tmp_path / "some.dict"), val=6, test=9, stress=True).read().test
    said = model.predict([example.inputs for example in test])
    wrong = [answer not in (example.targets, *example.others) for example, answer in zip(test, said, strict=True)]
    assert metrics["test/wer"] == pytest.approx(sum(wrong) / 9)
    assert metrics["floor/per"] < 0.5
    errors = (folder / "errors.txt").read_text()
    assert errors.startswith(f"{sum(wrong)} of 9 examples wrong")
