"""Language models that go on with prompts, by the command line and by the library."""

import json
import math

import pytest
import torch

import seqmodels
from seqmodels.decode import Sampling
from seqmodels.floors import NGram
from seqmodels.run.cli import run
from seqmodels.run.continuing import go_on

LINES = ["the dog barks", "a cat saw the dog", "she barks", "dogs bark <eos> or not", "the cat, the dog"] * 8
SMALL = ["device=cpu", "callbacks.progress=null", "trainer.max_epochs=1", "model.encoder.hidden_size=16"]
SMALL += ["batching.batch_size=4", "batching.steps=16", "model.encoder.num_layers=1"]
PROMPTS = ["the dog", "a", "she barks", "the dog,", "b"]


def train(base, *words):
    (base / "text.txt").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    shares = [f"data.train={base / 'text.txt'}", "data.shares=[0.8,0.2]"]
    words = ["task=language_model", "data=text", *shares, *SMALL, "+floor={_target_: seqmodels.floors.NGram}", *words]
    assert run(["train", *words, f"run_dir={base / 'run'}"]) == 0
    return base / "run"


@pytest.fixture(scope="session")
def letters_run(tmp_path_factory):
    """A run folder of a model of letters, of one text that is read on and on."""
    return train(tmp_path_factory.mktemp("letters"))


@pytest.fixture(scope="session")
def subwords_run(tmp_path_factory):
    """A run folder of a model of subwords, of lines that begin and end, with an adaptive softmax."""
    words = ["data.documents=line", "model/head=adaptive_softmax", "model.embedder.embedding_size=16"]
    for side in ("inputs", "targets"):
        words += [f"fields.{side}._target_=seqmodels.text.Subwords", f"~fields.{side}.tokenizer"]
        words += [f"+fields.{side}.vocab_size=60"]
    return train(tmp_path_factory.mktemp("lines"), *words)


@pytest.fixture(params=["letters", "subwords"])
def any_lm(request):
    return request.getfixturevalue(f"{request.param}_run")


def test_a_prompt_is_written_with_what_comes_behind_it(any_lm, said):
    done = said("predict", any_lm, *PROMPTS[:2], "--length", 9, "--temperature", 0.8)
    assert done.code == 0, done.err
    texts = go_on(seqmodels.load(any_lm), PROMPTS[:2], 9, Sampling(temperature=0.8))
    assert done.out == f"{PROMPTS[0]}{texts[0]}\n\n{PROMPTS[1]}{texts[1]}\n"


def test_json_has_the_prompt_and_what_comes_behind_it(any_lm, said):
    done = said("predict", any_lm, *PROMPTS, "--json", "--length", 9, "--seed", 4)
    records = [json.loads(line) for line in done.out.splitlines()]
    texts = go_on(seqmodels.load(any_lm), PROMPTS, 9, Sampling(seed=4))
    assert records == [{"input": prompt, "prediction": text} for prompt, text in zip(PROMPTS, texts, strict=True)]


@pytest.mark.parametrize("way", [Sampling(seed=2), Sampling(temperature=0), Sampling(0.7, top_k=5, top_p=0.9)], ids=str)
def test_the_same_seed_writes_the_same_text_in_any_batch(way, any_lm):
    predictor = seqmodels.load(any_lm)
    predictor.model.double()  # so that no draw falls between what batches of two sizes round to
    together = go_on(predictor, PROMPTS, 30, way)
    assert together == go_on(predictor, PROMPTS[::-1], 30, way)[::-1]
    assert together == [go_on(predictor, [prompt], 30, way)[0] for prompt in PROMPTS]


def test_another_seed_writes_another_text(letters_run):
    predictor = seqmodels.load(letters_run)
    assert go_on(predictor, PROMPTS, 30, Sampling(seed=1)) != go_on(predictor, PROMPTS, 30, Sampling(seed=2))


def test_greedy_writes_what_the_model_thinks_best_when_it_reads_all_again(letters_run):
    predictor = seqmodels.load(letters_run)
    (text,) = go_on(predictor, ["the"], 12, Sampling(temperature=0))
    for end in range(12):
        ids = predictor.inputs.encode("the" + text[:end])
        features = predictor.model.encoder(predictor.model.embedder(seqmodels.types.pad([ids]))).outputs
        scores = predictor.model.head(features).data[0, -1]
        scores[:4] = -math.inf
        assert predictor.targets.decode([int(scores.argmax())]) == text[end]


def test_what_was_never_trained_on_is_never_written(any_lm):
    predictor = seqmodels.load(any_lm)
    with torch.no_grad():
        for weight in predictor.model.head.parameters():
            weight.zero_()  # all are as probable
    texts = go_on(predictor, PROMPTS, 300, Sampling())
    assert not any(symbol in text for text in texts for symbol in ("<pad>", "<unk>", "<bos>"))
    ended = [len(predictor.inputs.encode(text)) < 150 for text in texts]
    if "letters" in str(any_lm):
        assert {len(text) for text in texts} == {300}  # in a text that is read on and on no end comes
    else:
        assert any(ended)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--temperature", "-1"], "--temperature=-1.0 found, wanted 0 or more"),
        (["--top-k", "0"], "--top-k=0 found, wanted 1 or more"),
        (["--top-p", "1.5"], "--top-p=1.5 found, wanted more than 0"),
        (["--length", "0"], "--length=0 found, wanted 1 or more"),
        (["--attention", "."], "--attention: a LanguageModel looks at nothing"),
        (["--replace-unknown"], "--replace-unknown: LanguageModel reads no words that could be copied"),
        (["--with", "RUN"], "RUN: no such run"),
    ],
)
def test_a_setting_out_of_its_range_is_told(words, fault, letters_run, refused):
    (found,) = refused("predict", letters_run, "the", *words)
    assert found.startswith(fault)


def test_models_of_labels_write_no_texts_and_say_so(tagger_run, refused):
    (found,) = refused("predict", tagger_run, "dogs", "--temperature", "0.8", "--top-k", "3", "--scores")
    assert found.startswith(
        "--temperature, --top-k, --scores: only decoders and language models do that (of --nbest and --scores heads of "
    )


def test_a_beam_goes_on_with_prompts_too_and_ranks_what_it_finds(any_lm, said):
    done = said("predict", any_lm, *PROMPTS[:2], "--length", 6, "--beam", 4, "--nbest", 2, "--scores", "--json")
    records = [json.loads(line) for line in done.out.splitlines()]
    assert [record["input"] for record in records] == PROMPTS[:2]
    for record in records:
        best, other = record["candidates"]
        assert (record["prediction"], record["score"]) == (best["prediction"], best["score"])
        assert other["prediction"] != best["prediction"]


def test_the_floor_has_the_loss_of_its_own_counts_and_what_follows_from_it(letters_run, said):
    results = json.loads(said("evaluate", letters_run, "--json").out)
    text = "\n".join(LINES) + "\n"
    cut = int(len(text) * 0.8 + 1e-6)
    predictor = seqmodels.load(letters_run)
    train, test = predictor.inputs.encode(text[:cut]), predictor.inputs.encode(text[cut:])
    floor = NGram(order=4)
    floor.fit([train[:-1]], [train[1:]], predictor.targets.size)
    wanted = floor.loss([test[:-1]], [test[1:]])
    assert results["floor/loss"] == pytest.approx(wanted, rel=1e-6)
    assert results["floor/perplexity"] == pytest.approx(math.exp(wanted), rel=1e-6)
    shared = {name.removeprefix("test/") for name in results if name.startswith("test/")}
    assert shared == {name.removeprefix("floor/") for name in results if name.startswith("floor/")}


def test_a_line_end_is_a_prompt_and_unknown_letters_of_one_are_told(letters_run, said, refused):
    done = said("predict", letters_run, "\n", "--length", 5)
    assert (done.code, done.err) == (0, "")
    done = said("predict", letters_run, "the ü dog é", "--length", 5)
    assert done.code == 0
    assert done.err.startswith("seqmodels: 2 of the 11 tokens of 'the ü dog é' do not occur in training")
    assert refused("predict", letters_run, "") == ["text 1 is empty"]
