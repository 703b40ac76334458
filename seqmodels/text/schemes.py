"""Labels that say where spans begin and end: IOB1, BIO (also called IOB2) and BIOES, checked, read and converted.

BIO begins every span with B-; IOB1 (Ramshaw & Marcus 1995) only one right behind another of its kind; BIOES (Ratinov &
Roth 2009, section 3.2, as BILOU) ends spans of several words with E- and marks those of one word with S-.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

Scheme = Literal["bio", "iob1", "bioes"]

LETTERS = {"bio": "BI", "iob1": "BI", "bioes": "BIES"}
LABEL = re.compile(r"O|([BIES])-(\S+)")
OPEN = ("B-", "I-")  # what a BIOES span goes on behind


class Span(NamedTuple):
    """Steps from ``start`` to before ``end`` that are one ``kind`` of thing."""

    kind: str
    start: int
    end: int


def label_fault(label: str, before: str | None, scheme: Scheme = "bio") -> str | None:
    """What is wrong with a label behind another one (None: one that is not known), or None.

    Args:
        label: such as B-person.
        before: the label of the step before; O before the first.
        scheme: what both should follow.

    Example:
        >>> label_fault("I-person", "O")
        'I-person found behind O, wanted B-person or I-person before it; begin an entity with B-'
    """
    match = LABEL.fullmatch(label)
    if not match or (match[1] and match[1] not in LETTERS[scheme]):
        return _strange(label, scheme)
    letter, kind = match[1] or "O", match[2]
    opened, other = (before[:2], before[2:]) if before else ("", "")
    same = (f"B-{kind}", f"I-{kind}")
    if scheme == "bioes" and opened in OPEN and (letter not in ("I", "E") or other != kind):
        return f"{label} found behind {before}, wanted I-{other} or E-{other}; end an entity with E-"
    if before is None or before in same:
        return None
    if scheme == "iob1" and letter == "B":
        return f"{label} found behind {before}, wanted {same[0]} or {same[1]} before it; begin an entity with I-"
    if scheme != "iob1" and letter in ("I", "E"):
        alone = " or S-" if scheme == "bioes" else ""
        return f"{label} found behind {before}, wanted {same[0]} or {same[1]} before it; begin an entity with B-{alone}"
    return None


def end_fault(label: str | None, scheme: Scheme) -> str | None:
    """What is wrong with a label (None: one that is not known) as the last one, or None.

    Example:
        >>> end_fault("B-person", "bioes")
        'B-person found as the last label, wanted E-person behind it; S-person is an entity of one word'
    """
    if scheme != "bioes" or label is None or label[:2] not in OPEN:
        return None
    kind = label[2:]
    return f"{label} found as the last label, wanted E-{kind} behind it; S-{kind} is an entity of one word"


def faults(labels: Sequence[str], scheme: Scheme) -> list[str]:
    """All that is wrong with the labels of a sentence.

    Example:
        >>> faults(["O", "I-person"], "iob1"), len(faults(["O", "I-person"], "bio"))
        ([], 1)
    """
    pairs = zip(labels, ["O", *labels], strict=False)
    found = [label_fault(label, before, scheme) for label, before in pairs]
    return [fault for fault in [*found, *(end_fault(label, scheme) for label in labels[-1:])] if fault]


def spans(labels: Sequence[str], scheme: Literal["bio", "bioes"] | None = None) -> list[Span]:
    """The spans that the labels of a sentence mark.

    Without a scheme, labels are read as conlleval.pl (Tjong Kim Sang & Buchholz 2000) does: every label but O belongs
    to a span, and one that does not go on with the span before it begins another. Labels that follow any of the three
    schemes are so read rightly. With a scheme, a span that does not begin (and in BIOES end) as it should is none.

    Raises:
        ValueError: a label is of no scheme, or not of this one.

    Example:
        >>> spans(["I-x", "I-y", "O", "B-x"])
        [Span(kind='x', start=0, end=1), Span(kind='y', start=1, end=2), Span(kind='x', start=3, end=4)]
        >>> spans(["I-x", "I-y", "O", "B-x"], "bio")
        [Span(kind='x', start=3, end=4)]
    """
    found: list[Span] = []
    start, opened, last, kind = 0, "O", "O", ""
    for place, label in enumerate([*labels, "O"]):
        letter, now = _parsed(label, scheme)
        begins = letter in "OBS" or last in "OES" or now != kind
        if begins and last != "O":
            allowed = scheme is None or (opened in "BS" and (scheme == "bio" or last in "ES"))
            found += [Span(kind, start, place)] if allowed else []
        if begins:
            start, opened = place, letter
        last, kind = letter, now
    return found


@lru_cache(maxsize=4096)
def _parsed(label: str, scheme: Scheme | None) -> tuple[str, str]:
    match = LABEL.fullmatch(label)
    if not match or (match[1] and match[1] not in LETTERS[scheme or "bioes"]):
        raise ValueError(_strange(label, scheme or "bioes"))
    return match[1] or "O", match[2] or ""


def _strange(label: str, scheme: Scheme) -> str:
    wanted = ", ".join(f"{letter}-..." for letter in LETTERS[scheme][:-1])
    return f"label {label!r} found, wanted O, {wanted} or {LETTERS[scheme][-1]}-... (scheme={scheme})"


def convert(labels: Sequence[str], source: Scheme, target: Scheme) -> list[str]:
    """The same spans, marked by another scheme.

    Raises:
        ValueError: the labels do not follow the source's scheme.

    Example:
        >>> convert(["I-x", "I-x", "B-x", "O"], "iob1", "bioes")
        ['B-x', 'E-x', 'S-x', 'O']
    """
    if wrong := faults(labels, source):
        raise ValueError("; ".join(wrong))
    written = ["O"] * len(labels)
    before: Span | None = None
    for span in spans(labels):
        letters = ["I"] * (span.end - span.start)
        behind_its_kind = before is not None and (before.kind, before.end) == (span.kind, span.start)
        if target != "iob1" or behind_its_kind:
            letters[0] = "B"
        if target == "bioes":
            letters[-1] = "E" if len(letters) > 1 else "S"
        written[span.start : span.end] = [f"{letter}-{span.kind}" for letter in letters]
        before = span
    return written
