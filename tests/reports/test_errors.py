"""All wrong examples and no other, the worst first, each with its origin."""

import random

import jiwer
import pytest

from seqmodels.reports import Answers, Part, distance, error_report, width_of


def answers(parts, inputs):
    return Answers(inputs, [" ".join(words) for words in inputs], [f"a:{i + 1}" for i in range(len(inputs))], parts)


def tagged(wanted, said):
    return answers([Part("", "steps", wanted, said)], [[f"w{i}" for i in range(len(row))] for row in wanted])


def blocks(report):
    """The examples of a report by their number, in order."""
    lines = report.splitlines()
    return [int(line.split(":")[1].split()[0]) for line in lines if line.startswith("a:")]


def test_the_most_wrong_steps_come_first_then_the_larger_share_then_the_order_of_the_data():
    wanted = [["A", "A", "A"], ["A", "A"], ["A"] * 4, ["A", "A"], ["A"] * 3, ["A"]]
    said = [["B", "A", "A"], ["A", "A"], ["B", "B", "A", "A"], ["B", "A"], ["A", "A", "B"], ["B"]]
    report = error_report(tagged(wanted, said))
    assert blocks(report) == [3, 6, 4, 1, 5]
    assert report.startswith("5 of 6 examples wrong (83.33 %), 6 of 15 labels; ")


def test_every_wrong_example_is_there_once_and_no_right_one():
    draw = random.Random(0)
    wanted = [[draw.choice("AB") for _ in range(draw.randint(1, 90))] for _ in range(200)]
    said = [[label if draw.random() < 0.98 else "C" for label in row] for row in wanted]
    report = error_report(tagged(wanted, said))
    wrong = [i + 1 for i in range(200) if wanted[i] != said[i]]
    assert sorted(blocks(report)) == wrong
    assert report.startswith(f"{len(wrong)} of 200 examples wrong")
    assert max(width_of(line) for line in report.splitlines()[1:]) <= 120


def test_wrong_columns_are_marked_under_their_labels():
    report = error_report(answers([Part("", "steps", [["DET", "NOUN"]], [["DET", "X"]])], [["the", "犬"]]))
    assert report.splitlines()[3:] == [
        "        the  犬",
        "wanted  DET  NOUN",
        "said    DET  X",
        "             ^^^^",
    ]


def test_a_label_of_the_whole_stands_behind_the_steps_and_says_when_it_is_wrong():
    parts = [Part("slots", "steps", [["O", "B-x"]], [["O", "B-x"]]), Part("intent", "label", [["Play"]], [["Book"]])]
    report = error_report(answers(parts, [["play", "it"]]))
    assert report.splitlines() == [
        "1 of 1 examples wrong (100.00 %), 1 of 3 labels; the most wrong labels first, then the largest share",
        "",
        "a:1: 1 of 3 wrong",
        "              play  it",
        "slots wanted  O     B-x",
        "slots said    O     B-x",
        "intent wanted  Play",
        "intent said    Book  <- wrong",
    ]


def test_single_labels_stand_in_the_order_of_the_data():
    part = Part("", "label", [["de"], ["fr"], ["sv"]], [["fr"], ["fr"], ["nl"]])
    report = error_report(answers([part], [["x"], ["y"], ["z"]]))
    assert report == (
        "2 of 3 examples wrong (66.67 %), in the order of the data\n"
        "\na:1\ninput   x\nwanted  de\nsaid    fr\n"
        "\na:3\ninput   z\nwanted  sv\nsaid    nl\n"
    )


def test_texts_with_the_most_edits_come_first_and_are_shown_whole():
    wanted, said = ["2026-03-03", "1999-01-01", "2000-02-02"], ["2026-03-04", "1999-01-01", "20-2-2"]
    part = Part("", "sequence", list(map(list, wanted)), list(map(list, said)), list(zip(wanted, said, strict=True)))
    report = error_report(answers([part], [["a"], ["b"], ["c"]]))
    assert blocks(report) == [3, 1]
    assert "wanted  2000-02-02\nsaid    20-2-2\n" in report
    assert report.startswith("2 of 3 examples wrong (66.67 %), 5 edits in 30 units; ")


def test_no_error_is_said_to_be_none():
    assert error_report(tagged([["A"]], [["A"]])).startswith("0 of 1 examples wrong (0.00 %), 0 of 1 labels")


@pytest.mark.parametrize("seed", range(20))
def test_the_distance_is_that_of_jiwer(seed):
    draw = random.Random(seed)
    one, other = ([draw.choice("abc") for _ in range(draw.randint(1, 20))] for _ in range(2))
    found = jiwer.process_words(" ".join(one), " ".join(other))
    assert distance(one, other) == found.substitutions + found.insertions + found.deletions


def test_the_distance_to_nothing_is_the_length():
    assert distance([], "abc") == distance("abc", []) == 3
    assert distance([], []) == 0
