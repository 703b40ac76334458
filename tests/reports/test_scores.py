"""Unseen words, exact matches and spans, against counts by hand."""

import csv
import io

import pytest

from seqmodels.metrics import span_table
from seqmodels.reports import Answers, Part, spans_csv, spans_of, step_scores, unseen_words

WORDS = [["the", "dog", "barks"], ["The", "wug"], ["the"]]
WANTED = [["DET", "NOUN", "VERB"], ["DET", "NOUN"], ["DET"]]
SAID = [["DET", "NOUN", "NOUN"], ["PRON", "NOUN"], ["DET"]]
STEPS = Part("", "steps", WANTED, SAID)


def answers(*parts):
    return Answers(WORDS, [" ".join(words) for words in WORDS], ["a:1", "a:2", "a:3"], list(parts))


def test_words_that_training_lacks_as_they_are_written_are_counted():
    assert unseen_words(answers(STEPS), STEPS, ["the", "dog", "barks"]) == (2, 1)  # The, wug
    assert unseen_words(answers(STEPS), STEPS, []) == (6, 4)


def test_the_scores_of_labels_a_step():
    scores = step_scores(answers(STEPS), ["the", "dog"], "test")
    assert scores == {
        "test/exact_match": pytest.approx(1 / 3),
        "test/unseen_words": 3,
        "test/unseen_accuracy": pytest.approx(1 / 3),
    }


def test_without_an_unseen_word_there_is_no_share_of_them():
    known = [word for words in WORDS for word in words]
    assert step_scores(answers(STEPS), known, "val") == {"val/exact_match": pytest.approx(1 / 3), "val/unseen_words": 0}


def test_an_exact_match_needs_every_part_and_other_parts_have_their_names():
    intent = Part("intent", "label", [["a"], ["b"], ["a"]], [["a"], ["b"], ["b"]])
    second = STEPS._replace(name="second")
    scores = step_scores(answers(STEPS._replace(name="first"), second, intent), ["the", "dog"], "test")
    assert scores["test/exact_match"] == 0
    assert scores["test/unseen_words"] == scores["test/second_unseen_words"] == 3


def test_other_answers_have_no_such_scores():
    assert step_scores(answers(Part("", "label", [["a"]] * 3, [["a"]] * 3)), [], "test") == {}


@pytest.mark.parametrize("wanted", [["B-x", "I-x", "O"], ["S-x", "B-y", "E-y"], ["I-x", "B-x", "O"]])
def test_labels_that_mark_spans_have_a_table_of_them(wanted):
    part = Part("", "steps", [wanted], [["O", "O", "O"]])
    assert spans_of(part) == span_table(part.said, part.wanted)
    head, *rows = csv.reader(io.StringIO(spans_csv(spans_of(part))))
    assert head == ["type", "precision", "recall", "f1", "support"]
    assert [row[0] for row in rows] == [*sorted({label[2:] for label in wanted if label != "O"}), "micro average"]


@pytest.mark.parametrize("part", [STEPS, Part("", "steps", [["O"]], [["O"]]), Part("", "label", [["B-x"]], [["O"]])])
def test_other_labels_have_none(part):
    assert spans_of(part) is None


def test_the_table_is_strict_where_the_metric_is():
    part = Part("", "steps", [["O", "B-x"]], [["O", "I-x"]])
    assert spans_of(part)["x"].f1 == 1
    assert spans_of(part, "bio")["x"].f1 == 0
