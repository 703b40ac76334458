"""What runs logged on their way: validated metrics over the steps, and the last words of those that failed."""

import csv
import math
import re
from collections.abc import Sequence
from pathlib import Path

Curve = Sequence[tuple[int, float]]

TAIL = 8192  # bytes of a log in which its last line is looked for
LONGEST = 500  # letters of it
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")  # colours and the like


def read_curve(path: Path, name: str, finished: bool) -> Curve:
    """A validated metric after so many steps; values that are no finite number are left out.

    Args:
        path: of a run's metrics.csv, whose steps are counted from 0.
        name: of the metric.
        finished: whether the last value is that of the best checkpoint, scored again when training was over.
    """
    points = []
    try:
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("step") and row.get(name):
                    points.append((int(row["step"]) + 1, float(row[name])))
    except (OSError, ValueError, csv.Error):  # no log, or the end of one that was cut off: what was read counts
        pass
    points = points[:-1] if finished else points
    return [(step, value) for step, value in points if math.isfinite(value)]


def last_line(path: Path) -> str:
    """The last line of a log that says anything, without colours; empty if there is none."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [CONTROL.sub("", line).strip() for line in text.splitlines()]
    said = next((line for line in reversed(lines) if line), "")
    return said if len(said) <= LONGEST else f"{said[:LONGEST]} ..."
