"""Which labels are said where which are wanted: a table of counts, and a picture of it."""

import csv
import io
from collections import Counter
from typing import NamedTuple

from seqmodels.reports.answers import Part
from seqmodels.reports.canvas import BLACK, GREY, Canvas, drawable, text_width

SHOWN = 30  # labels in a picture
MANY = 1000  # and in a table
CELL, SIZE, EDGE = 58, 17, 24
DARK = (0, 68, 136)  # the colour of a whole row


class Confusion(NamedTuple):
    """How often every label was said where each was wanted.

    Args:
        labels: all that were wanted or said, sorted.
        counts: a row for every label that was wanted, in it a count for every label that was said.
    """

    labels: list[str]
    counts: list[list[int]]


def confusion(part: Part) -> Confusion:
    """Count one part's labels.

    Example:
        >>> from seqmodels.reports import Part, confusion
        >>> confusion(Part("", "steps", wanted=[["A", "B", "B"]], said=[["A", "A", "B"]]))
        Confusion(labels=['A', 'B'], counts=[[1, 0], [1, 1]])
    """
    pairs = Counter(
        pair for wanted, said in zip(part.wanted, part.said, strict=True) for pair in zip(wanted, said, strict=True)
    )
    labels = sorted({label for pair in pairs for label in pair})
    return Confusion(labels, [[pairs[wanted, said] for said in labels] for wanted in labels])


def confusion_csv(table: Confusion) -> str:
    """All counts, a row for every label that was wanted and a column for every label that was said.

    Raises:
        ValueError: there are too many labels for anybody to read it.
    """
    if len(table.labels) > MANY:
        raise ValueError(f"{len(table.labels):,} labels found, wanted at most {MANY:,}")
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["wanted \\ said", *table.labels])
    writer.writerows([label, *row] for label, row in zip(table.labels, table.counts, strict=True))
    return file.getvalue()


def most_confused(table: Confusion, count: int = SHOWN) -> Confusion:
    """The labels that stand in the most errors (then those that occur most), the rest of them as one.

    Example:
        >>> from seqmodels.reports.confusion import Confusion, most_confused
        >>> most_confused(Confusion(["A", "B", "C"], [[9, 0, 0], [0, 2, 1], [0, 0, 2]]), count=3).labels
        ['A', 'B', 'C']
        >>> most_confused(Confusion(["A", "B", "C"], [[9, 0, 0], [0, 2, 1], [0, 0, 2]]), count=2)
        Confusion(labels=['B', '(2 others)'], counts=[[2, 1], [0, 11]])
    """
    if len(table.labels) <= count:
        return table
    columns = [sum(column) for column in zip(*table.counts, strict=True)]
    rows = [sum(row) for row in table.counts]
    right = [table.counts[i][i] for i in range(len(rows))]
    order = sorted(range(len(rows)), key=lambda i: (-(rows[i] + columns[i] - 2 * right[i]), -rows[i], i))
    shown = sorted(order[: count - 1])
    groups = [[i] for i in shown] + [sorted(order[count - 1 :])]
    labels = [table.labels[i] for i in shown] + [f"({len(rows) - len(shown)} others)"]
    return Confusion(labels, [[sum(table.counts[a][b] for a in one for b in two) for two in groups] for one in groups])


def confusion_picture(table: Confusion, title: str) -> bytes:
    """A PNG picture: wanted labels down, said ones across, in each cell its count, coloured by its share of the row.

    Labels that the font has no letters for stand as the number of their row in the whole table.
    """
    shown = most_confused(table)
    numbers = {label: i + 1 for i, label in enumerate(table.labels)}
    names = [label if drawable(label) else f"row {numbers[label]}" for label in shown.labels]
    subtitle = "rows: wanted, columns: said; counts, coloured by their share of the row"
    if len(shown.labels) < len(table.labels):
        subtitle += f"; the {len(names) - 1} of {len(table.labels)} labels that stand in the most errors"
    if names != shown.labels:
        subtitle += "; row N: that label of confusion.csv, which this font cannot write"
    margin = max(text_width(name, SIZE) for name in names) + 60
    side = CELL * len(names)
    top = 84 + margin
    width = max(margin + side, text_width(title, 22), text_width(subtitle, 16)) + 2 * EDGE
    canvas = Canvas(width, top + side + EDGE)
    canvas.text((EDGE, 28), title, 22)
    canvas.text((EDGE, 58), subtitle, 16, colour=GREY)
    left = EDGE + margin
    canvas.text((left + side / 2, 96), "said", 18, "mm")
    canvas.text((EDGE + 8, top + side / 2 + text_width("wanted") / 2), "wanted", 18, turned=True)
    for i, (name, row) in enumerate(zip(names, shown.counts, strict=True)):
        canvas.text((left - 10, top + (i + 0.5) * CELL), name, SIZE, "rm")
        canvas.text((left + (i + 0.5) * CELL - SIZE / 2, top - 10), name, SIZE, turned=True)
        for j, count in enumerate(row):
            _cell(canvas, left + j * CELL, top + i * CELL, count, count / max(1, sum(row)))
    return canvas.png()


def _cell(canvas: Canvas, x: float, y: float, count: int, share: float) -> None:
    mixed = [round(255 + (dark - 255) * share**0.6) for dark in DARK]  # so that few are seen too
    canvas.box(
        x + 1, y + 1, x + CELL - 1, y + CELL - 1, "#" + "".join(f"{c:02x}" for c in mixed) if count else "#f4f4f4"
    )
    if count:
        text = _short(count)
        canvas.text((x + CELL / 2, y + CELL / 2), text, SIZE, "mm", "white" if share > 0.5 else BLACK)


def _short(count: int) -> str:
    """A count that fits a cell: 12345 is 12.3k; the table has them whole."""
    return str(count) if count < 10_000 else f"{count / 1000:.3g}k" if count < 1_000_000 else f"{count / 1e6:.3g}M"
