"""A page of samples: the best, some of all ranks, the worst."""

import re

from seqmodels.reports import Answers, Part, likeness, sample_page


def answers(pairs):
    part = Part("", "sequence", [list(a) for a, _ in pairs], [list(b) for _, b in pairs], pairs)
    count = len(pairs)
    return Answers([[] for _ in pairs], [f"input {i}" for i in range(count)], [f"f:{i}" for i in range(count)], [part])


def page(pairs, count=10):
    made = answers(pairs)
    return sample_page(made, made.parts[0], count)


def test_likeness_is_one_minus_the_share_of_edits():
    assert likeness("same", "same") == 1
    assert likeness("abcd", "abcx") == 0.75
    assert likeness("ab", "xy") == 0
    assert likeness("", "xy") == 0


def test_few_examples_are_all_there_from_best_to_worst():
    found = re.findall(r"^f:(\d+): ([\d.]+)$", page([("abc", "xyz"), ("abc", "abc"), ("abc", "abx")]), re.M)
    assert found == [("1", "1.000"), ("2", "0.667"), ("0", "0.000")]


def test_of_many_the_best_the_worst_and_some_between_are_there_each_once():
    pairs = [("a" * 20, "a" * (20 - i % 20) + "b" * (i % 20)) for i in range(200)]
    text = page(pairs, count=5)
    blocks = re.split(r"\n\n(?:the best|of all ranks between them, evenly spread|the worst)\n", text)
    scores = [[float(s) for s in re.findall(r"^f:\d+: ([\d.]+)$", block, re.M)] for block in blocks[1:]]
    assert [len(block) for block in scores] == [5, 5, 5]
    assert scores[0] == [1.0] * 5
    assert scores[2] == [0.05] * 5
    assert 1 > scores[1][0] > scores[1][2] > scores[1][4] > 0.05
    places = re.findall(r"^f:(\d+):", text, re.M)
    assert len(set(places)) == len(places)


def test_of_equally_good_ones_the_longer_come_first():
    text = page([("a", "a"), ("a dog runs", "a dog runs")])
    assert text.index("f:1:") < text.index("f:0:")


def test_the_head_counts_what_is_right():
    assert page([("a", "a"), ("b", "c")]).startswith(
        "2 examples, likeness (1 - edits / letters of the longer text) 0.500 on average, 1 of 2 as wanted\n"
    )
