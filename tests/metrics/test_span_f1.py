"""F1 of spans against seqeval."""

import random
import warnings

import pytest
import torch
from seqeval.metrics import classification_report, f1_score
from seqeval.scheme import IOB2, IOBES

from seqmodels.metrics import SpanF1, span_table
from seqmodels.metrics.span_f1 import MICRO
from seqmodels.text import JointLabels, Label, StepLabels
from seqmodels.types import Padded, pad

THEIRS = {"bio": IOB2, "bioes": IOBES}
LETTERS = {"bio": "BI", "bioes": "BIES"}

every_scheme = pytest.mark.parametrize("scheme", ["bio", "bioes"])
every_mode = pytest.mark.parametrize("mode", ["conlleval", "strict"])


def drawn(scheme, seed=0, count=60):
    """Labels in whatever order, and others that often agree with them."""
    draw = random.Random(seed)
    labels = ["O", "O", *(f"{letter}-{kind}" for letter in LETTERS[scheme] for kind in ("x", "y", "z"))]
    wanted = [draw.choices(labels, k=draw.randint(1, 12)) for _ in range(count)]
    said = [[label if draw.random() < 0.8 else draw.choice(labels) for label in row] for row in wanted]
    return said, wanted


def seqeval(function, wanted, said, mode, scheme, **more):
    strict = {"mode": "strict", "scheme": THEIRS[scheme]} if mode == "strict" else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of kinds that are never found
        return function(wanted, said, zero_division=0, **strict, **more)


def fitted(wanted, said=()):
    field = StepLabels()
    field.fit([*wanted, *said])
    return field


def encoded(field, rows):
    return pad([field.encode(row) for row in rows])


def scored(metric, said, wanted, size=7):
    for start in range(0, len(wanted), size):
        part = slice(start, start + size)
        metric.update(encoded(metric.field, said[part]), encoded(metric.field, wanted[part]))
    return metric.compute()


@every_scheme
@every_mode
@pytest.mark.parametrize("seed", range(5))
def test_f1_is_seqevals_over_any_labels_in_any_batches(scheme, mode, seed):
    said, wanted = drawn(scheme, seed)
    metric = SpanF1(fitted(wanted, said), mode=mode, scheme=scheme)
    found = scored(metric, said, wanted)
    assert found.dtype == torch.float64
    assert found.shape == ()
    assert 0.1 < float(found) < 0.9
    assert float(found) == pytest.approx(seqeval(f1_score, wanted, said, mode, scheme), abs=1e-12)
    metric.reset()
    assert float(scored(metric, wanted, wanted, 60)) == 1


@every_scheme
@every_mode
def test_the_table_is_seqevals(scheme, mode):
    said, wanted = drawn(scheme)
    theirs = seqeval(classification_report, wanted, said, mode, scheme, output_dict=True)
    table = span_table(said, wanted, scheme if mode == "strict" else None)
    assert list(table) == ["x", "y", "z", MICRO]
    for kind, row in table.items():
        other = theirs["micro avg" if kind == MICRO else kind]
        assert row == pytest.approx([other[key] for key in ("precision", "recall", "f1-score", "support")], abs=1e-12)


def test_the_modes_differ_where_a_span_is_not_begun():
    said, wanted = [["O", "I-x"]], [["O", "B-x"]]
    field = fitted(wanted, said)
    assert float(scored(SpanF1(field), said, wanted)) == 1
    assert float(scored(SpanF1(field, mode="strict"), said, wanted)) == 0


@pytest.mark.parametrize(("said", "wanted"), [("O O", "O O"), ("B-x O", "O O"), ("O O", "B-x O")])
def test_where_nothing_is_wanted_or_found_f1_is_zero(said, wanted):
    field = fitted([["O", "B-x"]])
    assert float(scored(SpanF1(field), [said.split()], [wanted.split()])) == 0
    assert span_table([said.split()], [wanted.split()])[MICRO].f1 == 0


def test_padding_is_not_read(noisy):
    said, wanted = drawn("bio")
    field = fitted(wanted, said)
    clean, dirty = SpanF1(field), SpanF1(field)
    clean.update(encoded(field, said), encoded(field, wanted))
    dirty.update(noisy(encoded(field, said), 99, 2), noisy(encoded(field, wanted), -1, 2))
    assert torch.equal(clean.compute(), dirty.compute())


@pytest.mark.parametrize("part", [None, "slots"])
def test_one_of_several_kinds_of_labels_is_scored(part):
    said, wanted = drawn("bio")
    field = JointLabels({"slots": StepLabels(), "intent": Label()})
    rows = [[{"slots": labels, "intent": intent} for labels in side] for side, intent in ((said, "p"), (wanted, "q"))]
    field.fit([*rows[0], *rows[1]])
    metric = SpanF1(field, part)
    assert float(scored(metric, *rows)) == pytest.approx(seqeval(f1_score, wanted, said, "conlleval", "bio"), abs=1e-12)


def test_a_metric_is_made_before_its_field_is_fitted():
    field = StepLabels()
    metric = SpanF1(field)
    field.fit([["B-x", "O"]])
    assert float(scored(metric, [["B-x"]], [["B-x"]])) == 1


def test_labels_and_parts_that_it_cannot_read_are_refused():
    with pytest.raises(ValueError, match="label 'NOUN' found, wanted O, B-"):
        SpanF1(fitted([["NOUN"]]))
    with pytest.raises(ValueError, match=r"label 'S-x' found, wanted O, B-... or I-... \(scheme=bio\)"):
        SpanF1(fitted([["S-x"]]), mode="strict")
    with pytest.raises(ValueError, match="part='slots' found, and targets of one kind"):
        SpanF1(fitted([["O"]]), "slots")


def test_predictions_of_another_shape_are_refused():
    one, two = Padded(torch.zeros(1, 1).long(), torch.tensor([1])), Padded(torch.zeros(1, 2).long(), torch.tensor([2]))
    with pytest.raises(ValueError, match="differ in shape"):
        SpanF1(fitted([["O"]])).update(one, two)
    with pytest.raises(ValueError, match="1 labels predicted, 2 wanted"):
        span_table([["O"]], [["O", "O"]])
