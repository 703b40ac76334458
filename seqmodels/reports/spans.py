"""How every type of span is found, where labels mark spans."""

import csv
import io
from collections.abc import Mapping
from typing import Literal

from seqmodels.metrics import SpanScores, span_table
from seqmodels.reports.answers import Part
from seqmodels.text.schemes import LABEL

Written = Literal["bio", "bioes"]


def spans_of(part: Part, scheme: Written | None = None) -> dict[str, SpanScores] | None:
    """Precision, recall, F1 and support of every type of span, ``micro average`` of all; None where labels mark none.

    Args:
        part: labels.
        scheme: for strict scores, as ``seqmodels.metrics.SpanF1`` has it; None for those of conlleval.

    Example:
        >>> from seqmodels.reports import Part, spans_of
        >>> table = spans_of(Part("", "steps", wanted=[["B-song", "I-song", "O"]], said=[["B-song", "O", "O"]]))
        >>> table["song"].f1, table["micro average"].support
        (0.0, 1)
    """
    if part.kind != "steps":
        return None
    labels = {label for side in (part.wanted, part.said) for row in side for label in row}
    if labels <= {"O"} or not all(LABEL.fullmatch(label) for label in labels):
        return None
    return span_table(part.said, part.wanted, scheme)


def spans_csv(table: Mapping[str, SpanScores]) -> str:
    """A row for every type, with all of its digits."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["type", "precision", "recall", "f1", "support"])
    writer.writerows([name, s.precision, s.recall, s.f1, s.support] for name, s in table.items())
    return file.getvalue()
