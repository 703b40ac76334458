"""Language models from the command line: trained, gone on with, and scored in one piece."""

import json
import math

import pytest
import torch
from drills.resume import different, every_step, language_words, result
from interrupted import change, interrupt

import seqmodels
from seqmodels.run.cli import run
from seqmodels.storage import read_checkpoint_file

ALL = ["model.embedder.embedding_size=8", "+model.tied=true", "+model.embedder.embedding_dropout=0.1"]
ALL += [
    "+model.encoder.options.weight_drop=0.2",
    "model.encoder.options.input_dropout=null",
    "model.encoder.dropout=[0.4,0.3,0.0]",
]
ALL += ["model/activity=penalty", "model.activity.dropout=0.3"]


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """A command line that trains for a moment."""
    return ["train", *language_words(tmp_path_factory.mktemp("data"))]


@pytest.fixture(scope="module")
def whole(words, tmp_path_factory):
    """The run of that command line."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    assert run([*words, f"run_dir={folder}"]) == 0
    return folder


def metrics(folder):
    return json.loads((folder / "metrics.json").read_text())


def test_what_is_scored_is_all_of_the_split(whole):
    found = metrics(whole)
    assert found["test/loss"] == found["val/loss"], "with two shares they are the same"
    assert found["test/perplexity"] == pytest.approx(math.exp(found["test/loss"]), rel=1e-5)
    assert found["test/bits_per_character"] == pytest.approx(found["test/loss"] / math.log(2), rel=1e-5)


def test_the_score_is_that_of_the_text_in_one_piece(words, whole):
    model = seqmodels.load(whole)
    (file,) = [word.partition("=")[2] for word in words if word.startswith("data.train=")]
    with open(file) as opened:
        text = opened.read()
    ids = model.inputs.encode(text[int(len(text) * 0.8) :])
    batch = seqmodels.Batch(*(seqmodels.Padded(x[None], torch.tensor([len(x)])) for x in (ids[:-1], ids[1:])))
    with torch.no_grad():
        assert float(model.model.evaluate(batch).loss) == pytest.approx(metrics(whole)["test/loss"], rel=1e-5)


@pytest.mark.parametrize("saves", [1, 3, 6])
def test_a_run_that_was_interrupted_comes_out_the_same(saves, words, whole, said, tmp_path):
    folder = tmp_path / "mine"
    assert interrupt([*words, f"run_dir={folder}"], saves) == 130
    assert said("train", f"resume={folder}").code == 0
    assert different(result(whole), result(folder)) is None


def test_a_checkpoint_holds_what_is_carried_on(whole):
    carried = read_checkpoint_file(whole / "checkpoints" / "last.ckpt")["carried"]
    assert [part.shape for part in carried] == [
        (1, 4, 8),
        *[(2, 4, 8)] * 2,
        (1, 4, 512, 128),
        (1, 4, 512, 8),
        (1, 4, 1),
    ]


def test_from_every_step_with_all_that_is_random(tmp_path):
    base = language_words(tmp_path)
    assert set(every_step(tmp_path / "drill", ALL, stride=7, base=base).values()) == {None}


def test_a_scored_run_can_be_scored_again(whole, said):
    done = said("evaluate", whole, "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["test/loss"] == pytest.approx(metrics(whole)["test/loss"], rel=1e-6)


@pytest.mark.parametrize(
    "carried", ["nothing", torch.zeros(2, 4, 8), [torch.zeros(2, 4, 8)]], ids=["text", "tensor", "list"]
)
def test_damage_to_what_is_carried_is_told(carried, words, refused, tmp_path):
    folder = tmp_path / "mine"
    assert interrupt([*words, f"run_dir={folder}"], 1) == 130
    change(folder / "checkpoints" / "last.ckpt", lambda state: state.update(carried=carried))
    assert "what it carries from batch to batch is no state" in refused("train", f"resume={folder}")[0]


def test_tied_weights_are_counted_once(words, said, tmp_path):
    assert said(*words, *ALL, f"run_dir={tmp_path / 'mine'}").code == 0
    model = seqmodels.load(tmp_path / "mine").model
    assert metrics(tmp_path / "mine")["parameters"] == sum(p.numel() for p in model.parameters())
    assert model.embedder.table.weight is model.head.scores.weight


def test_several_processes_are_refused(words, refused, tmp_path):
    faults = refused(*words, "device=ddp_cpu", f"run_dir={tmp_path / 'mine'}")
    assert "streams are carried on in one" in faults[0]


def test_a_score_that_learns_on_stands_beside_the_one_that_does_not(whole, said):
    static = metrics(whole)["test/loss"]
    for words in (["dynamic.rate=0.5"], ["dynamic.rate=0.005", "dynamic.rms=true", "dynamic.decay=0.01"]):
        done = said("evaluate", whole, "batching.steps=10", *words, "--json")
        assert done.code == 0, done.err
        found = json.loads(done.out)
        assert found["test/loss"] == pytest.approx(static, rel=1e-5)
        assert found["test/dynamic_loss"] < static
        bits = found["test/dynamic_loss"] / math.log(2)
        assert found["test/dynamic_bits_per_character"] == pytest.approx(bits, rel=1e-5)


@pytest.mark.parametrize(
    ("word", "fault"),
    [
        ("dynamic.rate=0", "dynamic.rate: 0 found"),
        ("dynamic.decay=0.1", "dynamic.rate: None found"),
        ("dynamic.rate=1 dynamic.lr=2", "dynamic.lr: DynamicEvaluation has no such setting"),
    ],
)
def test_how_to_learn_on_is_checked_first(word, fault, whole, refused):
    assert fault in refused("evaluate", whole, *word.split())[0]


def test_what_is_no_language_model_is_not_learnt_on(tagger_run, refused):
    assert "ManyToMany found, wanted a LanguageModel" in refused("evaluate", tagger_run, "dynamic.rate=1")[0]
