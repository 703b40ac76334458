"""How a training went: its losses and validated metrics over the steps, as a picture."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from seqmodels.axis import Axis, axis_of, written
from seqmodels.reports.canvas import BLACK, COLOURS, GREY, PALE, Canvas, Point, text_width

WIDTH, PANEL, LEFT, RIGHT, TOP, BOTTOM, GAP = 1100, 300, 110, 30, 100, 76, 40
LOSSES = ("train/loss", "val/loss")
DOTS = 40  # points of a curve that are few enough to be marked


class Curve(NamedTuple):
    """One logged number: after how many steps it was logged, and what it was."""

    name: str
    steps: list[int]
    values: list[float]


def read_log(path: Path, steps: int | None = None) -> list[Curve]:
    """The losses and validated metrics of a training in its metrics.csv; values that are no finite number are left out.

    Args:
        path: of the file, whose steps are counted from 0.
        steps: that the training took: what was logged behind them is the score of the best checkpoint, at the end.
    """
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in (rows[0] if rows else {}) if name in LOSSES or name.startswith("val/")]
    curves = []
    for name in names:
        points = [(int(row["step"]) + 1, float(row[name])) for row in rows if row.get("step") and row.get(name)]
        points = [(s, value) for s, value in points if math.isfinite(value) and (steps is None or s <= steps)]
        if points:
            curves.append(Curve(name, *map(list, zip(*points, strict=True))))
    return curves


def best_of(curves: Sequence[Curve], monitor: str, mode: str) -> tuple[int, float] | None:
    """The step of the best checkpoint and its score: the first of the best ones; None where it was never logged."""
    for curve in curves:
        if curve.name == monitor:
            best = (max if mode == "max" else min)(curve.values)
            return curve.steps[curve.values.index(best)], best
    return None


def learning_curves(curves: Sequence[Curve], title: str, monitor: str, mode: str) -> bytes:
    """A PNG picture: both losses in the first panel, every other validated metric in one of its own.

    Args:
        curves: what ``read_log`` found.
        title: stands above.
        monitor: the metric by which the best checkpoint was chosen.
        mode: ``min`` or ``max``, what is better of it.

    Raises:
        ValueError: there is nothing to draw.
    """
    losses = [curve for curve in curves if curve.name in LOSSES]
    panels = [*([losses] if losses else []), *([curve] for curve in curves if curve.name not in LOSSES)]
    if not panels:
        raise ValueError("no loss and no validated metric was logged")
    best = best_of(curves, monitor, mode)
    across = axis_of([0, *(step for curve in curves for step in curve.steps)])._replace(low=0)
    canvas = Canvas(WIDTH, TOP + len(panels) * (PANEL + GAP) - GAP + BOTTOM)
    canvas.text((LEFT, 34), title, 22)
    for i, panel in enumerate(panels):
        top = TOP + i * (PANEL + GAP)
        _panel(canvas, top, panel, across, best)
    keys = [(curve.name, COLOURS[i], False) for i, curve in enumerate(panels[0])]
    if best is not None:
        keys.append((f"best checkpoint: step {best[0]:,}, {monitor} {best[1]:.4f}", BLACK, True))
    legend(canvas, LEFT, TOP - 22, keys)
    bottom = TOP + len(panels) * (PANEL + GAP) - GAP
    for tick in across.ticks:
        canvas.text((_x(across, tick), bottom + 18), written(tick), 16, "mm", GREY)
    canvas.text(((LEFT + WIDTH - RIGHT) / 2, bottom + 50), "training step", 18, "mm")
    return canvas.png()


def _x(across: Axis, step: float) -> float:
    return LEFT + across.place(step) * (WIDTH - RIGHT - LEFT)


def _panel(canvas: Canvas, top: float, curves: Sequence[Curve], across: Axis, best: tuple[int, float] | None) -> None:
    """One panel: its axis with numbers, where the best checkpoint is, and the curves."""
    up = axis_of([value for curve in curves for value in curve.values], logarithmic=True)

    def y(value: float) -> float:
        return top + (1 - up.place(value)) * PANEL

    for tick in up.ticks:
        canvas.line([(LEFT, y(tick)), (WIDTH - RIGHT, y(tick))], PALE)
        canvas.text((LEFT - 10, y(tick)), written(tick), 16, "rm", GREY)
    for tick in across.ticks:
        canvas.line([(_x(across, tick), top), (_x(across, tick), top + PANEL)], PALE)
    canvas.line([(LEFT, top), (LEFT, top + PANEL), (WIDTH - RIGHT, top + PANEL)], BLACK, 1.5)
    label = ("loss" if curves[0].name in LOSSES else curves[0].name) + (" (log scale)" if up.logarithmic else "")
    canvas.text((26, top + PANEL / 2 + text_width(label) / 2), label, turned=True)
    if best is not None:
        x = _x(across, best[0])
        canvas.line([(x, top), (x, top + PANEL)], BLACK, 1.5, dashed=True)
    for curve, colour in zip(curves, COLOURS, strict=False):
        points: list[Point] = [(_x(across, s), y(v)) for s, v in zip(curve.steps, curve.values, strict=True)]
        canvas.line(points, colour, 2.0)
        for point in points if len(points) <= DOTS else []:
            canvas.dot(point, colour)


def legend(canvas: Canvas, left: float, y: float, keys: Sequence[tuple[str, str, bool]]) -> None:
    """What each line is, by name, colour and whether it is dashed, in a row that begins at ``left``."""
    x = left
    for name, colour, dashed in keys:
        canvas.line([(x, y), (x + 34, y)], colour, 1.5 if dashed else 2.5, dashed)
        canvas.text((x + 42, y), name, 16)
        x += 42 + text_width(name, 16) + 28
