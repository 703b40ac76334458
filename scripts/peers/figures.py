"""What came out of a comparison: the row of the file, and the table."""

import statistics
import sys
from typing import NamedTuple

import torch
from bench.timing import BUSY_MEANS, Row, device_name
from rich.console import Console
from rich.table import Table

from peers.work import Report


class Pair(NamedTuple):
    """Both sides' reports of one repetition."""

    ours: Report
    theirs: Report

    @property
    def ratio(self) -> float:
        """How many times faster ours was."""
        return self.theirs.seconds / self.ours.seconds


def result(pairs: list[Pair], threads: int, target: float | None, busy: float | None) -> Row:
    """What stands in the file."""
    ratios = [pair.ratio for pair in pairs]
    ratio = statistics.median(ratios)
    return Row(
        name=f"EWT tagger from raw file to weights, {pairs[0].ours.sentences:,} sentences",
        reference=pairs[0].theirs.version,
        ratio=round(ratio, 3),
        spread=(round(min(ratios), 3), round(max(ratios), 3)),
        target=target,
        met=None if target is None else ratio >= target,
        threads=threads,
        device=device_name(torch.device("cpu")),
        busy=busy,
    )


def show(pairs: list[Pair], row: Row) -> None:
    """The medians of both sides, and the ratio."""
    first = pairs[0].ours
    table = Table(title=f"{first.sentences:,} sentences, {first.tokens:,} tokens, {row.threads} threads")
    table.add_column("medians")
    for heading in ("seconds", "preparing", "training", "tokens/s", "final loss", "parameters"):
        table.add_column(heading, justify="right")
    for reports in zip(*pairs, strict=True):
        seconds, prepare, train, loss = (
            statistics.median(getattr(report, name) for report in reports)
            for name in ("seconds", "prepare", "train", "loss")
        )
        cells = (f"{seconds:.1f}", f"{prepare:.1f}", f"{train:.1f}", f"{first.tokens / seconds:,.0f}", f"{loss:.3f}")
        table.add_row(reports[0].version, *cells, f"{reports[0].parameters:,}")
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    low, high = row.spread
    wanted = "" if row.target is None else f"; wanted {row.target}x: {'met' if row.met else 'not met'}"
    print(f"{row.ratio:.2f}x faster{row.mark} ({low:.2f}-{high:.2f} in {len(pairs)} pairs){wanted}")
    if row.mark:
        print(BUSY_MEANS)
