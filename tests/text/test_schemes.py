"""Tag schemes: what is wrong with labels, what they mark, and the same in another scheme."""

import random

import pytest
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import IOB1, IOB2, IOBES, Entities

from seqmodels.text.schemes import LETTERS, Span, convert, end_fault, faults, label_fault, spans

every_scheme = pytest.mark.parametrize("scheme", ["bio", "iob1", "bioes"])


def drawn(letters: str, seed: int, count: int = 300) -> list[list[str]]:
    """Labels in whatever order, of two kinds."""
    draw = random.Random(seed)
    labels = ["O", *(f"{letter}-{kind}" for letter in letters for kind in ("x", "y"))]
    return [draw.choices(labels, k=draw.randint(1, 9)) for _ in range(count)]


def good(scheme: str) -> list[list[str]]:
    """Labels that follow a scheme, as spans drawn at random would be written."""
    return [convert(labels, "bio", scheme) for labels in drawn("BI", 1) if not faults(labels, "bio")]


@pytest.mark.parametrize(
    ("before", "label", "good"),
    [
        ("O", "O", True),
        ("O", "B-x", True),
        ("B-x", "I-x", True),
        ("I-x", "I-x", True),
        ("I-x", "B-x", True),
        ("I-x", "B-y", True),
        (None, "I-x", True),
        ("O", "I-x", False),
        ("B-x", "I-y", False),
        ("I-x", "I-y", False),
        ("O", "x", False),
        ("O", "B-", False),
        ("O", "b-x", False),
        ("O", "B-x y", False),
    ],
)
def test_bio_is_held_against_the_label_before(before: str | None, label: str, good: bool) -> None:
    assert (label_fault(label, before) is None) == good


@pytest.mark.parametrize(
    ("scheme", "before", "label", "good"),
    [
        ("iob1", "O", "I-x", True),
        ("iob1", "I-x", "B-x", True),
        ("iob1", "B-x", "B-x", True),
        ("iob1", "I-x", "I-y", True),
        ("iob1", None, "B-x", True),
        ("iob1", "O", "B-x", False),
        ("iob1", "I-y", "B-x", False),
        ("iob1", "O", "S-x", False),
        ("bioes", "O", "S-x", True),
        ("bioes", "E-x", "B-y", True),
        ("bioes", "B-x", "E-x", True),
        ("bioes", "I-x", "I-x", True),
        ("bioes", None, "E-x", True),
        ("bioes", "S-x", "I-x", False),
        ("bioes", "E-x", "E-x", False),
        ("bioes", "B-x", "O", False),
        ("bioes", "B-x", "I-y", False),
        ("bioes", "I-x", "B-x", False),
        ("bioes", "O", "X-x", False),
    ],
)
def test_other_schemes_are_held_against_the_label_before(
    scheme: str, before: str | None, label: str, good: bool
) -> None:
    assert (label_fault(label, before, scheme) is None) == good


def test_bioes_ends_what_it_began() -> None:
    assert [label for label in ("O", "B-x", "I-x", "E-x", "S-x", None) if end_fault(label, "bioes")] == ["B-x", "I-x"]
    assert end_fault("B-x", "bio") is None


@every_scheme
def test_labels_are_without_fault_where_writing_their_spans_gives_them_back(scheme: str) -> None:
    seen = set()
    for labels in drawn(LETTERS[scheme], 2, 2000):
        as_bio = ["O"] * len(labels)
        for kind, start, end in spans(labels):
            as_bio[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
        written = convert(as_bio, "bio", scheme)
        assert (faults(labels, scheme) == []) == (written == labels)
        seen.add(written == labels)
    assert seen == {True, False}


@every_scheme
@pytest.mark.parametrize("target", ["bio", "iob1", "bioes"])
def test_a_conversion_keeps_the_spans_and_comes_back(scheme: str, target: str) -> None:
    for labels in good(scheme):
        other = convert(labels, scheme, target)
        assert faults(other, target) == []
        assert spans(other) == spans(labels)
        assert convert(other, target, scheme) == labels


def test_a_conversion_refuses_labels_of_another_scheme() -> None:
    with pytest.raises(ValueError, match="I-x found behind O, wanted B-x or I-x before it"):
        convert(["I-x", "O", "I-x"], "bio", "bioes")


def test_spans_are_those_of_conlleval_as_seqeval_has_it() -> None:
    for labels in drawn("BIES", 3, 2000):
        assert spans(labels) == [Span(kind, start, last + 1) for kind, start, last in get_entities(labels)]


@pytest.mark.parametrize(("scheme", "theirs"), [("bio", IOB2), ("bioes", IOBES)])
def test_strict_spans_are_those_of_seqeval(scheme: str, theirs: type) -> None:
    for labels in drawn(LETTERS[scheme], 4, 2000):
        (found,) = Entities([labels], theirs).entities
        assert spans(labels, scheme) == [Span(e.tag, e.start, e.end) for e in found]


def test_valid_iob1_is_read_as_seqeval_reads_it() -> None:
    for labels in good("iob1"):
        (found,) = Entities([labels], IOB1).entities
        assert spans(labels) == [Span(e.tag, e.start, e.end) for e in found]


@pytest.mark.parametrize(
    ("label", "scheme"), [("x", None), ("B", None), ("B-", None), ("S-x", "bio"), ("L-x", "bioes")]
)
def test_labels_of_no_scheme_are_refused(label: str, scheme: str | None) -> None:
    with pytest.raises(ValueError, match=f"label '{label}' found, wanted O, B-"):
        spans(["O", label], scheme)
