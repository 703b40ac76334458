"""What models write by the command line: several answers, scores, samples, ensembles, averages, pictures, streams."""

import io
import json
import math
import shutil

import pytest
import torch

import seqmodels
from seqmodels import InputError
from seqmodels.decode import Sampling, Search
from seqmodels.run.answering import _up_to_fault
from seqmodels.run.attention import AttentionFiles
from seqmodels.run.cli import run
from seqmodels.run.ensemble import load_together
from seqmodels.run.environment import weights_hash
from seqmodels.run.evaluate import evaluate_run
from seqmodels.run.load import Predictor
from seqmodels.run.searching import search_of
from seqmodels.run.stream import arriving
from seqmodels.run.writing import Written, write
from seqmodels.storage import CheckpointFiles
from seqmodels.text import Subwords, Tokens
from seqmodels.topologies import Committee, Ensemble
from seqmodels.types import UNK

TEXTS = ["3. März 2026", "1 mai 2020", "2026年3月3日", "Tuesday, 3 March 2026 or so", "5"]
PAIRS = [("der Hund bellt", "the dog barks"), ("ein Hund", "a dog"), ("die Katze", "the cat")]
SMALL = ["device=cpu", "callbacks.progress=null", "trainer.max_epochs=1", "model.encoder.hidden_size=8"]
SMALL += ["model.decoder.hidden_size=8", "report=false"]


def of_words(base):
    """Settings of an EncoderDecoder of words, on files that are written into a folder."""
    words = [
        "task=dates",
        "data=parallel",
        "~fields.inputs.tokenizer",
        "~fields.targets.tokenizer",
        "floor=null",
        *SMALL,
    ]
    for side, place in (("source", 0), ("target", 1)):
        (base / side).write_text("".join(f"{pair[place]}\n" for pair in PAIRS * 4), encoding="utf-8")
        words += [f"data.{split}.{side}={base / side}" for split in ("train", "val", "test")]
    return words


@pytest.fixture(scope="session")
def words_run(tmp_path_factory):
    """A run folder of an EncoderDecoder of words."""
    base = tmp_path_factory.mktemp("words")
    assert run(["train", *of_words(base), f"run_dir={base / 'run'}"]) == 0
    return base / "run"


@pytest.fixture
def another_run(dates_run, tmp_path):
    """The run of dates with other weights."""
    shutil.copytree(dates_run, tmp_path / "another")
    path = tmp_path / "another" / "checkpoints" / "best.ckpt"
    checkpoint = torch.load(path, weights_only=True)
    torch.manual_seed(3)
    for weight in checkpoint["state_dict"].values():
        weight.add_(torch.randn_like(weight), alpha=0.5)
    checkpoint["global_step"] += 1
    CheckpointFiles().save_checkpoint(checkpoint, path)
    return tmp_path / "another"


def test_one_answer_alone_is_its_text(dates_run, said):
    done = said("predict", dates_run, *TEXTS, "--beam", 4)
    found = write(seqmodels.load(dates_run), TEXTS, Search(4, max_length=12))
    assert done.out.splitlines() == [best.text for (best,) in found]


def test_several_answers_stand_below_each_other_by_rank(dates_run, said):
    done = said("predict", dates_run, *TEXTS, "--beam", 4, "--nbest", 3, "--scores", "--length-penalty", 0.5)
    found = write(seqmodels.load(dates_run), TEXTS, Search(4, 3, 0.5, max_length=12))
    blocks = done.out.removesuffix("\n").split("\n\n")
    assert len(blocks) == len(TEXTS)
    for block, some in zip(blocks, found, strict=True):
        lines = [line.split("  ", 2) for line in block.split("\n")]
        assert [line[0] for line in lines] == ["1", "2", "3"]
        assert [line[1] for line in lines] == [f"{one.score:.4f}" for one in some]
        assert [line[2] for line in lines] == [one.text for one in some]


def test_json_has_the_best_answer_and_all_of_them(dates_run, said):
    done = said("predict", dates_run, *TEXTS, "--beam", 3, "--nbest", 3, "--scores", "--json")
    for text, line in zip(TEXTS, done.out.splitlines(), strict=True):
        record = json.loads(line)
        assert record["input"] == text
        assert {name: record[name] for name in ("prediction", "score")} == record["candidates"][0]
        assert len(record["candidates"]) == 3


def test_samples_are_the_same_for_the_same_seed_and_whatever_stands_beside_them(dates_run, said):
    words = ("--samples", 4, "--temperature", 2.0, "--json")
    together, other = (said("predict", dates_run, *TEXTS, *words, "--seed", seed).out for seed in (7, 8))
    alone = [said("predict", dates_run, text, *words, "--seed", 7).out for text in TEXTS]
    assert together == "".join(alone)
    assert together != other


def test_answers_that_were_cut_are_told(dates_run, said):
    done = said("predict", dates_run, *TEXTS, "--length", 1)
    cut = sum(not best.ended for (best,) in write(seqmodels.load(dates_run), TEXTS, Search(max_length=1)))
    assert cut
    assert done.err == f"seqmodels: {cut} of 5 answers were cut at 1 tokens; --length N takes more\n"


def test_a_model_whose_scores_are_no_numbers_says_so(dates_run):
    predictor = seqmodels.load(dates_run)
    with torch.no_grad():
        next(predictor.model.decoder.parameters()).fill_(math.nan)
    with pytest.raises(InputError, match="the model's scores are no numbers: did its training diverge"):
        write(predictor, TEXTS, Search())


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--beam", "0"], "--beam=0 found, wanted 1 or more"),
        (["--nbest", "3"], "--nbest=3 found, wanted at most --beam, which is 1"),
        (["--samples", "0"], "--samples=0 found, wanted 1 or more"),
        (["--beam", "3", "--top-k", "2"], "--top-k draws and --beam does not; leave one of them out"),
        (["--length-penalty", "-1"], "--length-penalty=-1.0 found, wanted 0 to 10"),
        (["--min-length", "13"], "--min-length=13 found, wanted at most --length, 12"),
        (["--no-repeat-ngram", "-1"], "--no-repeat-ngram=-1 found, wanted 0 or more"),
        (["--replace-unknown"], "--replace-unknown: fields.inputs (Tokens of characters) has no unknown words"),
        (["--attention", "/dev/null/x"], "--attention /dev/null/x: Not a directory"),
    ],
)
def test_flags_that_do_not_fit_are_told(words, fault, dates_run, refused):
    (found,) = refused("predict", dates_run, "5", *words)
    assert found.startswith(fault)


def test_flags_of_a_beam_take_the_place_of_drawing_and_the_other_way_round():
    assert search_of({"seed": 4}, Search(5, length_penalty=2)) == Search(length_penalty=2, sampling=Sampling(seed=4))
    assert search_of({"beam": 3}, Search(sampling=Sampling(), count=4)) == Search(3)


def test_how_many_answers_a_search_finds_stays_where_its_kind_does():
    assert search_of({"beam": 10}, Search(5, 3)) == Search(10, 3)
    assert search_of({"beam": 2}, Search(5, 3)) == Search(2, 2)
    assert search_of({"seed": 2}, Search(count=4, sampling=Sampling())) == Search(count=4, sampling=Sampling(seed=2))


def test_evaluation_searches_as_it_is_told(dates_run, said, refused, tagger_run):
    greedy, beam, short = (
        json.loads(said("evaluate", dates_run, "--json", *words).out) for words in ((), ("--beam", 4), ("--length", 1))
    )
    assert greedy["test/loss"] == pytest.approx(beam["test/loss"])
    assert set(greedy) == set(beam)
    assert short["test/cut"] == 1
    answers = []
    for searching, how in ((None, Search(max_length=12)), ({"beam": 4}, Search(4, max_length=12))):
        predictor, _, report = evaluate_run(dates_run, searching=searching)
        answers.append([text for _, text in report.answers.parts[0].texts])
        assert answers[-1] == [best.text for best, *_ in write(predictor, report.answers.texts, how)]
    assert answers[0] != answers[1]
    (found,) = refused("evaluate", tagger_run, "--beam", 4)
    assert found.startswith("--beam: ManyToMany is not scored on a text that it writes")


def test_runs_answer_together_by_the_mean_of_their_probabilities(dates_run, another_run, said):
    done = said("predict", dates_run, "--with", another_run, *TEXTS, "--beam", 3, "--scores", "--json")
    assert done.code == 0, done.err
    one, other = (seqmodels.load(path) for path in (dates_run, another_run))
    one.model = Ensemble([one.model, other.model])
    for line, (best,) in zip(done.out.splitlines(), write(one, TEXTS, Search(3, max_length=12)), strict=True):
        assert json.loads(line)["prediction"] == best.text
        assert json.loads(line)["score"] == pytest.approx(best.score, rel=1e-4)
    alone = said("predict", dates_run, "--with", dates_run, *TEXTS, "--beam", 3, "--json").out
    assert alone == said("predict", dates_run, *TEXTS, "--beam", 3, "--json").out
    scores = json.loads(said("evaluate", dates_run, "--with", another_run, "--json").out)
    assert scores["test/loss"] > 0


def test_runs_that_cannot_answer_together_are_told(dates_run, words_run, tagger_run, refused):
    (found,) = refused("predict", dates_run, "--with", words_run, "5")
    assert found.startswith(f"{words_run}: other fields.inputs than those of {dates_run}: train both on the same")
    (found,) = refused("predict", dates_run, "--with", tagger_run, "5")
    assert found.startswith(f"{tagger_run}: ManyToMany found; wanted models that all write a sequence")


def test_runs_that_label_answer_together_too(tagger_run, said, monkeypatch):
    one, other = seqmodels.load(tagger_run), seqmodels.load(tagger_run)
    with torch.no_grad():
        other.model.head.scores.weight.normal_()
    runs = {"one": one, "other": other}
    monkeypatch.setattr("seqmodels.run.ensemble.load", lambda run, trust: runs[run])
    together = load_together(["one", "other"])
    assert isinstance(together.model, Committee)
    (_, inputs), *_ = one.batches(["dogs bark"], 1)
    found = together.model.scores(inputs)
    wanted = [predictor.model.scores(inputs).data.softmax(dim=-1) for predictor in (one, other)]
    torch.testing.assert_close(found.data.exp()[found.mask], (sum(wanted) / 2)[found.mask])
    other.recipe["data_sha256"] = "another split"
    with pytest.raises(InputError, match="other: trained on other data or another split than one"):
        load_together(["one", "other"], scored=True)


def test_a_run_that_labels_together_with_itself_says_the_same(tagger_run, said):
    alone = said("predict", tagger_run, "dogs bark", "--json")
    assert said("predict", tagger_run, "--with", tagger_run, "dogs bark", "--json").out == alone.out
    both = [[], ["--with", tagger_run]]
    one, two = (json.loads(said("evaluate", tagger_run, *words, "--json").out) for words in both)
    assert two["test/loss"] == pytest.approx(one["test/loss"], rel=1e-5)
    assert two["test/accuracy"] == one["test/accuracy"]


def test_an_average_has_the_mean_of_the_weights_and_predicts(dates_run, another_run, said, tmp_path):
    files = [path / "checkpoints" / "best.ckpt" for path in (dates_run, another_run)]
    done = said("average", *files, "--output", tmp_path / "mean.ckpt")
    assert done.out == f"{tmp_path / 'mean.ckpt'}: the mean of 2 checkpoints\n"
    one, other, mean = (seqmodels.load(path).model.state_dict() for path in (*files, tmp_path / "mean.ckpt"))
    for name, weight in mean.items():
        torch.testing.assert_close(weight, (one[name] + other[name]) / 2)
    assert said("predict", tmp_path / "mean.ckpt", *TEXTS).code == 0


def test_averages_that_mean_nothing_are_told(dates_run, words_run, refused, tmp_path):
    best = dates_run / "checkpoints" / "best.ckpt"
    (found,) = refused("average", best, "--output", tmp_path / "mean.ckpt")
    assert "1 checkpoint found, wanted two or more" in found
    (found,) = refused("average", best, words_run / "checkpoints" / "best.ckpt", "--output", tmp_path / "mean.ckpt")
    assert "another fields than in" in found
    (found,) = refused("average", tmp_path, "--output", tmp_path / "mean.ckpt")
    assert "no checkpoint found" in found
    assert list(tmp_path.iterdir()) == []


def test_unknown_words_are_replaced_by_what_was_looked_at(words_run, said):
    predictor = seqmodels.load(words_run)
    with torch.no_grad():
        predictor.model.decoder.scores.bias[UNK] = 50.0
    path = words_run / "checkpoints" / "best.ckpt"
    checkpoint = torch.load(path, weights_only=True)
    checkpoint["state_dict"] = predictor.model.state_dict()
    unknowing = words_run.parent / "unknowing.ckpt"
    CheckpointFiles().save_checkpoint(checkpoint, unknowing)
    words = (unknowing, "der Vogel singt", "ein Hund", "--length", 3)
    plain, replaced = said("predict", *words).out, said("predict", *words, "--replace-unknown").out
    assert plain == "<unk> <unk> <unk>\n" * 2
    found = write(seqmodels.load(unknowing), words[1:3], Search(max_length=3), looked=True)
    for line, text, (best,) in zip(replaced.splitlines(), words[1:3], found, strict=True):
        assert line.split() == [text.split()[i] for i in best.weights.argmax(dim=1).tolist()]


def test_a_picture_of_attention_is_written_for_every_text(dates_run, said, tmp_path):
    done = said("predict", dates_run, *TEXTS, "--attention", tmp_path / "pictures", "--min-length", 2)
    assert done.code == 0, done.err
    files = sorted((tmp_path / "pictures").iterdir())
    assert [file.name for file in files] == [f"{i:04}.png" for i in range(1, len(TEXTS) + 1)]
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)


class Typed(io.RawIOBase):
    """Standard input whose lines come one at a time."""

    def __init__(self, lines, terminal=False):
        self.lines, self.terminal = list(lines), terminal

    @property
    def buffer(self):
        return self

    def isatty(self):
        return self.terminal

    def read1(self, size):
        return self.lines.pop(0) if self.lines else b""


def test_lines_are_given_as_they_come():
    file = Typed([b"one\n", b"two\nthr", b"ee\n", b"four"])
    came = []
    for some in arriving(["zero"], file):
        came.append((some, len(file.lines)))
    assert list(arriving(["\n"], Typed([]), blank=True)) == [["\n"]]  # a prompt
    with pytest.raises(InputError, match="text 1 is empty"):
        list(arriving(["\n"], Typed([])))
    assert came == [(["zero"], 4), (["one"], 3), (["two"], 2), (["three"], 1), (["four"], 0)]


def test_what_is_wrong_with_a_line_ends_a_stream_but_no_conversation(capsys):
    lines = [b"one\ntwo\n", b"\n", b"\xff\n", b"three\n"]
    came = []
    with pytest.raises(InputError, match=r"^-:3: an empty line found"):
        came.extend(arriving([], Typed(lines)))
    assert came == [["one", "two"]]
    assert list(arriving([], Typed(lines, terminal=True))) == [["one", "two"], ["three"]]
    assert capsys.readouterr().err.splitlines() == [
        "seqmodels: -:3: an empty line found, wanted one text a line; take it out",
        "seqmodels: -:4: not UTF-8; convert it to UTF-8",
    ]


def test_every_line_of_a_stream_is_answered_before_the_next_is_read(dates_run, said, monkeypatch):
    written = []
    lines = [f"{text}\n".encode() for text in TEXTS]

    class Watched(Typed):
        def read1(self, size):
            written.append(sum(out.count("\n") for out in shown))
            return super().read1(size)

    shown = []

    class Out(io.StringIO):
        def write(self, text):
            shown.append(text)
            return len(text)

    monkeypatch.setattr("sys.stdin", Watched(lines))
    monkeypatch.setattr("sys.stdout", Out())
    assert run(["predict", str(dates_run), "--input", "-"]) == 0
    assert written == [0, 1, 2, 3, 4, 5]


def test_an_empty_stream_is_told(dates_run, refused, monkeypatch):
    monkeypatch.setattr("sys.stdin", Typed([]))
    (found,) = refused("predict", dates_run, "--input", "-")
    assert found.startswith("no text found")


def test_what_stands_before_a_text_that_cannot_be_answered_is_answered():
    def answer(texts, done):
        if "bad" in texts:
            raise InputError(f"text {texts.index('bad') + 1}: no picture")
        return [text.upper() for text in texts]

    said, fault = _up_to_fault(answer, ["a", "b", "bad", "c"])
    assert (said, fault.faults) == (["A", "B"], ["text 1: no picture"])
    assert _up_to_fault(answer, ["a", "b"]) == (["A", "B"], None)


def test_an_average_counts_the_same_weights_once_and_says_so(dates_run, another_run, said, tmp_path):
    files = [file for run in (dates_run, another_run) for file in sorted((run / "checkpoints").glob("*.ckpt"))]
    kinds = {weights_hash(torch.load(file, weights_only=True)["state_dict"]) for file in files}
    assert 2 <= len(kinds) < len(files)
    done = said("average", dates_run, another_run, "--output", tmp_path / "mean.ckpt")
    assert f"the mean of {len(kinds)} checkpoints" in done.out
    assert done.err.count(", and counts once\n") == len(files) - len(kinds)


def test_an_average_of_other_weights_of_one_step_counts_them_all(dates_run, said, tmp_path):
    checkpoint = torch.load(dates_run / "checkpoints" / "best.ckpt", weights_only=True)
    for name, share in (("a", 1.0), ("b", 3.0)):
        weights = {key: torch.full_like(weight, share) for key, weight in checkpoint["state_dict"].items()}
        CheckpointFiles().save_checkpoint({**checkpoint, "state_dict": weights}, tmp_path / f"{name}.ckpt")
    done = said("average", tmp_path / "a.ckpt", tmp_path / "b.ckpt", "--output", tmp_path / "mean.ckpt")
    assert (done.code, done.err) == (0, "")
    found = torch.load(tmp_path / "mean.ckpt", weights_only=True)["state_dict"]
    assert all((weight == 2).all() for weight in found.values())


def test_a_model_without_attention_has_no_word_to_copy(refused, tmp_path):
    assert run(["train", *of_words(tmp_path), "model/decoder/attention=none", f"run_dir={tmp_path / 'run'}"]) == 0
    (found,) = refused("predict", tmp_path / "run", "two", "--replace-unknown")
    assert found.startswith("--replace-unknown: the model has no attention")
    (found,) = refused("predict", tmp_path / "run", "two", "--attention", tmp_path / "pictures")
    assert found.startswith("--attention: the model was trained without attention")


def test_letters_that_several_ids_spell_stand_whole_beside_a_picture(tmp_path):
    field = Subwords(vocab_size=300)
    field.fit(["ab"])
    files = AttentionFiles(Predictor(torch.nn.Identity(), field, field, {}), str(tmp_path))
    ids = field.encode("über").tolist()
    assert len(ids) > 4
    assert "\ufffd" not in "".join(files._tokens(Written("über", 0.0, True, tuple(ids), torch.zeros(len(ids), 0))))


def test_words_stand_beside_a_picture_as_they_stand_in_the_text(tmp_path, monkeypatch):
    field, text = Tokens("words"), "It's (so) new, 50%ffed."
    field.fit([text])
    files, drawn = AttentionFiles(Predictor(torch.nn.Identity(), field, field, {}), str(tmp_path)), []
    monkeypatch.setattr("seqmodels.run.attention.attention_picture", lambda *labels: drawn.append(labels) or b"")
    ids = field.encode(text).tolist()
    files.write([text], [Written(text, 0.0, True, tuple(ids), torch.ones(len(ids), len(ids)))])
    ((read, said, _),) = drawn
    assert read == said
    assert "".join(read) == text.replace(" ", "")


def test_where_a_model_looked_is_kept_for_those_who_ask(dates_run):
    predictor = seqmodels.load(dates_run)
    ((plain,),) = write(predictor, TEXTS[:1], Search(max_length=12))
    ((looked,),) = write(predictor, TEXTS[:1], Search(max_length=12), looked=True)
    assert plain.weights.shape == (len(plain.ids), 0)
    assert looked.weights.shape == (len(plain.ids), len(TEXTS[0]))
    assert looked.weights.untyped_storage().nbytes() == looked.weights.nbytes, "a view would keep all of its batch"
