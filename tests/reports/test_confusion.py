"""Confusions: every count in the table, the most confused labels in the picture."""

import csv
import io
import random

import pytest
from PIL import Image

from seqmodels.reports import Part, confusion, confusion_csv, confusion_picture
from seqmodels.reports.canvas import drawable
from seqmodels.reports.confusion import SHOWN, most_confused


def drawn(labels, count=2000, seed=0):
    """A part whose labels are said wrongly now and then."""
    draw = random.Random(seed)
    wanted = [[draw.choice(labels) for _ in range(10)] for _ in range(count // 10)]
    said = [[label if draw.random() < 0.8 else draw.choice(labels) for label in row] for row in wanted]
    return Part("", "steps", wanted, said)


def test_every_pair_is_counted():
    part = drawn("ABC")
    table = confusion(part)
    pairs = [
        (a, b) for wanted, said in zip(part.wanted, part.said, strict=True) for a, b in zip(wanted, said, strict=True)
    ]
    for i, a in enumerate("ABC"):
        assert table.counts[i] == [pairs.count((a, b)) for b in "ABC"]


def test_the_table_holds_labels_and_counts_whatever_they_are_called():
    table = confusion(drawn(["a,b", '"', "中文", "$"]))
    head, *rows = csv.reader(io.StringIO(confusion_csv(table)))
    assert head[1:] == [row[0] for row in rows] == table.labels
    assert [[int(cell) for cell in row[1:]] for row in rows] == table.counts


def test_a_label_that_is_only_said_has_a_row_too():
    assert confusion(Part("", "label", [["A"]], [["B"]])).counts == [[0, 1], [0, 0]]


def test_of_many_labels_those_that_are_confused_most_are_shown_and_the_others_are_summed():
    wanted = [[str(i)] * 5 for i in range(50)]
    said = [["7"] * 5 if i in (3, 41) else [str(i)] * 5 for i in range(50)]
    table = confusion(Part("", "steps", wanted, said))
    shown = most_confused(table)
    assert len(shown.labels) == SHOWN
    assert {"3", "7", "41"} <= set(shown.labels)
    assert shown.labels[-1] == "(21 others)"
    assert sum(map(sum, shown.counts)) == sum(map(sum, table.counts)) == 250


@pytest.mark.parametrize(
    "labels",
    [
        ["A", "B"],
        [f"B-{i}" for i in range(80)],
        ["中文", "עברית", "$x$", "été", "tab\there"],
        ["only"],
        ["x" * 80, "y"],
    ],
    ids=["two", "eighty", "scripts", "one", "long"],
)
def test_a_picture_is_drawn_of_any_labels(labels):
    picture = Image.open(io.BytesIO(confusion_picture(confusion(drawn(labels, 200)), "a title")))
    assert picture.format == "PNG"
    assert 200 < picture.width < 4000
    assert len(picture.convert("RGB").getcolors(10**6)) > 10


def test_a_label_without_letters_to_draw_it_with_is_named_by_its_row():
    assert drawable("B-person_1 $")
    assert not drawable("\U0010fffe")
    assert not drawable("two\nlines")


def test_more_labels_than_anybody_reads_are_refused():
    with pytest.raises(ValueError, match=r"^1,500 labels found, wanted at most 1,000"):
        confusion_csv(confusion(Part("", "label", [[str(i)] for i in range(1500)], [["0"]] * 1500)))
