"""Answers for texts, by the library and by the command line."""

import io
import json
import os
import threading

import pytest
import torch

import seqmodels
from seqmodels import InputError
from seqmodels.run.cli import run
from seqmodels.run.predict import deliver

TEXTS = ["3. März 2026", "1 mai 2020", "x", "2026年3月3日", "1 mai 2020", "Tuesday, 3 March 2026 or so", "5"]
SENTENCES = ["the dog barks", "dogs", "a cat saw the unheard-of dog", "dogs", "she barks"]


@pytest.fixture(params=["dates", "tagger"])
def trained(request):
    """A run folder and texts for it."""
    return request.getfixturevalue(f"{request.param}_run"), TEXTS if request.param == "dates" else SENTENCES


@pytest.fixture
def opinionated(trained):
    """A predictor that answers every text differently: one that has hardly been trained says the same to all."""
    run, texts = trained
    predictor = seqmodels.load(run)
    for seed in range(20):
        torch.manual_seed(seed)  # whatever the training of the run has drawn
        for parameter in predictor.model.parameters():
            torch.nn.init.normal_(parameter)
        if len({str(answer) for answer in predictor.predict(texts)}) > 3:
            break
    assert len({str(answer) for answer in predictor.predict(texts)}) > 3
    return predictor, texts


def test_answers_stand_in_the_order_of_their_texts(opinionated):
    predictor, texts = opinionated
    alone = [predictor.predict([text])[0] for text in texts]
    assert predictor.predict(texts) == alone
    assert predictor.predict(texts[::-1]) == alone[::-1]


@pytest.mark.parametrize("batch_size", [1, 2, 3, 128])
def test_the_batch_size_changes_nothing(batch_size, opinionated):
    predictor, texts = opinionated
    assert predictor.predict(texts, batch_size=batch_size) == predictor.predict(texts)


def test_a_label_stands_for_every_token(tagger_run):
    predictor = seqmodels.load(tagger_run)
    for text, labels in zip(SENTENCES, predictor.predict(SENTENCES), strict=True):
        assert len(labels) == len(text.split())
        assert set(labels) <= {"DET", "NOUN", "VERB", "PRON"}
    assert predictor.predict([text.split() for text in SENTENCES]) == predictor.predict(SENTENCES)


def test_one_string_instead_of_a_list_is_refused(dates_run):
    with pytest.raises(TypeError, match="takes a list of texts"):
        seqmodels.load(dates_run).predict("3. März 2026")


def test_no_text_gets_no_answer(dates_run):
    assert seqmodels.load(dates_run).predict([]) == []


def test_a_text_without_a_token_is_told_by_its_number(tagger_run):
    with pytest.raises(InputError, match=r"^text 2: ' ' has no token in it"):
        seqmodels.load(tagger_run).predict(["dogs", " "])


@pytest.fixture(params=["texts", "file", "stdin", "output"])
def way(request, said, tmp_path, monkeypatch):
    """Each way of giving texts to the command line and of getting its answers."""

    def predict(run, texts, *flags):
        file = tmp_path / "texts.txt"
        file.write_text("\n".join(texts) + "\n", encoding="utf-8")
        words = {"texts": texts, "file": ["--input", file], "stdin": ["--input", "-"], "output": ["--input", file]}
        more = ["--output", tmp_path / "answers.txt"] if request.param == "output" else []
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
        result = said("predict", run, *words[request.param], *more, *flags)
        assert result.code == 0, result.err
        if not more:
            return result.out
        assert result.out == ""
        return (tmp_path / "answers.txt").read_text(encoding="utf-8")

    return predict


def test_the_command_line_says_what_the_library_says(way, dates_run):
    assert way(dates_run, TEXTS) == "".join(f"{answer}\n" for answer in seqmodels.load(dates_run).predict(TEXTS))


def test_labels_stand_under_their_words(way, tagger_run):
    lines = way(tagger_run, SENTENCES).splitlines()
    assert len(lines) == 2 * len(SENTENCES)
    answers = seqmodels.load(tagger_run).predict(SENTENCES)
    for sentence, labels, over, under in zip(SENTENCES, answers, lines[::2], lines[1::2], strict=True):
        assert over.split() == sentence.split()
        assert under.split() == labels
        starts = [[i for i, c in enumerate(line) if c != " " and line[:i][-1:] in ("", " ")] for line in (over, under)]
        assert starts[0] == starts[1]


def test_every_line_of_json_is_an_answer(way, trained):
    run, texts = trained
    records = [json.loads(line) for line in way(run, texts, "--json").splitlines()]
    assert [record["input"] for record in records] == texts
    assert [record["prediction"] for record in records] == seqmodels.load(run).predict(texts)
    assert all(("tokens" in record) == isinstance(record["prediction"], list) for record in records)
    assert [record["tokens"] for record in records if "tokens" in record] in ([], [text.split() for text in texts])


def test_texts_may_stand_behind_flags_and_among_them(dates_run, said):
    inputs = [
        [json.loads(line)["input"] for line in said("predict", *words).out.splitlines()]
        for words in ((dates_run, "--json", "5", "x"), ("--json", dates_run, "5", "x"), (dates_run, "5", "--json", "x"))
    ]
    assert inputs == [["5", "x"]] * 3


def test_a_flag_that_is_none_is_told(dates_run, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(["predict", str(dates_run), "5", "--jsn"])
    assert stopped.value.code == 2
    assert "unrecognized arguments: --jsn" in capsys.readouterr().err


def test_texts_of_the_command_line_come_before_those_of_the_file(dates_run, said, tmp_path):
    (tmp_path / "more.txt").write_text("x\n")
    result = said("predict", dates_run, "5", "--input", tmp_path / "more.txt", "--json")
    assert [json.loads(line)["input"] for line in result.out.splitlines()] == ["5", "x"]


def test_a_file_from_windows_is_read_as_any_other(dates_run, said, tmp_path):
    (tmp_path / "dos.txt").write_bytes(b"\xef\xbb\xbf5\r\nx\r\n")
    result = said("predict", dates_run, "--input", tmp_path / "dos.txt", "--json")
    assert [json.loads(line)["input"] for line in result.out.splitlines()] == ["5", "x"]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"a\n\nb\n \n", [":2: an empty line found", ":4: an empty line found"]),
        (b"a\n\n", [":2: an empty line found"]),
        (b"a\nb\n\xff\xfe\n", [":3: not UTF-8; convert the file to UTF-8"]),
        (b"", ["no text found"]),
    ],
)
def test_a_file_of_texts_that_cannot_be_answered_is_told_by_line(content, faults, dates_run, refused, tmp_path):
    (tmp_path / "bad.txt").write_bytes(content)
    found = refused("predict", dates_run, "--input", tmp_path / "bad.txt")
    assert len(found) == len(faults)
    assert all(wanted in fault for wanted, fault in zip(faults, found, strict=True))


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ([], "no text found"),
        ([""], "text 1 is empty"),
        (["x", " \t"], "text 2 is empty"),
        (["--input", "nowhere.txt"], "--input nowhere.txt: No such file"),
        (["--input", "."], "--input .: Is a directory"),
        (["x", "--output", "nowhere/answers.txt"], "--output nowhere/answers.txt: No such file"),
    ],
)
def test_a_wrong_call_is_told(words, fault, dates_run, refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    *_, found = refused("predict", dates_run, *words)
    assert found.startswith(fault)
    assert list(tmp_path.iterdir()) == []


def test_where_answers_cannot_be_written_is_told_before_a_model_works_for_them(refused, tmp_path):
    for file, fault in ((tmp_path / "nowhere" / "a.txt", "No such file"), (tmp_path, "Is a directory")):
        (found,) = refused("predict", tmp_path / "no-run", "x", "--output", file)
        assert found.startswith(f"--output {file}: {fault}")


def test_a_failed_prediction_leaves_the_old_answers_alone(dates_run, refused, tmp_path):
    (tmp_path / "answers.txt").write_text("old")
    refused("predict", dates_run, "x", "", "--output", tmp_path / "answers.txt")
    assert (tmp_path / "answers.txt").read_text() == "old"


def test_a_device_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    deliver("2026-03-03\n", str(pipe))
    reader.join(timeout=10)
    assert read == ["2026-03-03\n"]
    assert pipe.is_fifo()


def test_a_link_still_is_one_after_its_file_was_written(tmp_path):
    link, file = tmp_path / "link", tmp_path / "file"
    file.write_text("old")
    link.symlink_to(file)
    deliver("new", str(link))
    assert link.is_symlink()
    assert file.read_text() == "new"


def test_bytes_of_a_command_line_that_are_no_text_are_told(tagger_run, refused):
    assert refused("predict", tagger_run, "a cat", "caf\udce9 closed") == ["text 2: not UTF-8; convert it to UTF-8"]
    assert refused("predict", tagger_run, "caf\udce9", "--input", "-") == ["text 1: not UTF-8; convert it to UTF-8"]
