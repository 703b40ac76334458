"""Precision, recall and F1 of the spans that labels mark."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torchmetrics import Metric

from seqmodels.text import Field
from seqmodels.text.schemes import Span, spans
from seqmodels.types import Padded, check_choice

Mode = Literal["conlleval", "strict"]
Scheme = Literal["bio", "bioes"]
MICRO = "micro average"  # no kind of span is called so: labels hold no blanks


class SpanScores(NamedTuple):
    """How well the spans of one kind were found.

    Args:
        precision: right ones / found ones, 0 where none was found.
        recall: right ones / wanted ones, 0 where there is none.
        f1: their harmonic mean.
        support: wanted ones.
    """

    precision: float
    recall: float
    f1: float
    support: int


class SpanF1(Metric):
    """F1 = 2 · right spans / (spans found + spans wanted); a span is right if its kind, beginning and end are.

    Args:
        field: the targets', which says what ids stand for.
        part: which of several kinds of targets; the first if not given.
        mode: ``conlleval`` takes whatever labels as spans, as conlleval.pl does; in ``strict`` a span that the scheme
            does not allow is none. Both as seqeval has them.
        scheme: what the labels follow, for ``strict``.

    Raises:
        ValueError: the targets have no such part, or labels of another scheme.

    Example:
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import SpanF1
        >>> from seqmodels.text import StepLabels
        >>> field = StepLabels(); field.fit([["B-x", "I-x", "O"]])
        >>> metric, lengths = SpanF1(field), torch.tensor([3])
        >>> metric.update(Padded(torch.tensor([[0, 2, 0]]), lengths), Padded(torch.tensor([[0, 2, 2]]), lengths))
        >>> metric.compute()
        tensor(0.6667, dtype=torch.float64)
    """

    higher_is_better = True

    right: Tensor
    found: Tensor
    wanted: Tensor

    def __init__(
        self,
        field: Field,
        part: str | None = None,
        mode: Mode = "conlleval",
        scheme: Scheme = "bio",
    ):
        super().__init__()
        check_choice("mode", mode, Mode)
        check_choice("scheme", scheme, Scheme)
        size = field.size if field.fitted else field.expected_size()
        if part is not None and part not in size.parts:
            raise ValueError(f"part={part!r} found, and targets of {', '.join(size.parts) or 'one kind'}")
        self.part = part if part is not None else next(iter(size.parts), None)
        self.field = field
        self.scheme = scheme if mode == "strict" else None
        if field.fitted:
            spans((size if self.part is None else size.parts[self.part]).names, self.scheme)  # refuses other labels
        for state in ("right", "found", "wanted"):
            self.add_state(state, torch.tensor(0), dist_reduce_fx="sum")

    def update(self, predictions: Padded, targets: Padded) -> None:
        """Count a batch, predictions and targets (B, T), or (B, T, K) of several kinds."""
        if predictions.data.shape != targets.data.shape:
            raise ValueError(
                f"predictions {tuple(predictions.data.shape)} and targets {tuple(targets.data.shape)} differ in shape: "
                "this metric compares step by step"
            )
        said = Padded(predictions.data, targets.lengths)
        counts = _counts(self._labels(said), self._labels(targets), self.scheme)
        self.right += sum(counts.right.values())
        self.found += sum(counts.found.values())
        self.wanted += sum(counts.wanted.values())

    def compute(self) -> Tensor:
        """F1, between 0 and 1; 0 where nothing was wanted and nothing found."""
        return 2 * self.right.double() / (self.found + self.wanted).clamp(min=1)

    def _labels(self, padded: Padded) -> list[list[str]]:
        decoded = [self.field.decode(ids) for ids in [row.tolist() for row in padded.rows()]]
        return [labels if self.part is None else labels[self.part] for labels in decoded]


class _Counts(NamedTuple):
    """Spans by kind."""

    right: Counter[str]
    found: Counter[str]
    wanted: Counter[str]


def _counts(predicted: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]], scheme: Scheme | None) -> _Counts:
    counts = _Counts(Counter(), Counter(), Counter())
    for said, meant in zip(predicted, wanted, strict=True):
        if len(said) != len(meant):
            raise ValueError(f"{len(said)} labels predicted, {len(meant)} wanted: spans are compared step by step")
        ours, theirs = set(spans(said, scheme)), set(spans(meant, scheme))
        for counter, some in zip(counts, (ours & theirs, ours, theirs), strict=True):
            counter.update(_kinds(some))
    return counts


def _kinds(some: set[Span]) -> list[str]:
    return [span.kind for span in some]


def span_table(
    predicted: Sequence[Sequence[str]],
    wanted: Sequence[Sequence[str]],
    scheme: Scheme | None = None,
) -> dict[str, SpanScores]:
    """Scores of each kind of span by alphabet, and of all spans together as ``micro average``.

    Args:
        predicted: the labels of each sentence.
        wanted: the labels that it should have.
        scheme: for strict scores, as ``SpanF1``; None for those of conlleval.

    Raises:
        ValueError: a sentence has another number of labels than it should have, or labels of another scheme.

    Example:
        >>> span_table([["B-x", "O", "B-y"]], [["B-x", "I-x", "B-y"]])["y"]
        SpanScores(precision=1.0, recall=1.0, f1=1.0, support=1)
    """
    counts = _counts(predicted, wanted, scheme)
    kinds = sorted({*counts.found, *counts.wanted})
    table = {kind: _scores(*(counter[kind] for counter in counts)) for kind in kinds}
    return table | {MICRO: _scores(*(sum(counter.values()) for counter in counts))}


def _scores(right: int, found: int, wanted: int) -> SpanScores:
    return SpanScores(right / max(found, 1), right / max(wanted, 1), 2 * right / max(found + wanted, 1), support=wanted)
