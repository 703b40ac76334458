"""Forecasts of a split: some of them as a picture, and how errors grow with the steps ahead."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from torch import Tensor

from seqmodels.axis import Axis, axis_of, written
from seqmodels.reports.canvas import BLACK, COLOURS, GREY, PALE, Canvas, Point, text_width
from seqmodels.reports.curves import legend
from seqmodels.reports.files import File

BANDS = {0.8: "#d3e6f3", 0.5: "#9cc8e6"}  # the share of probability that each is to hold, the wider first
SHOWN, WIDE, LEFT, GAP, TOP, BOTTOM = 8, 330, 64, 26, 128, 60  # columns, and pixels
HIGH, MOST, ALL = 130, 260, 900  # pixels of a panel at least and at most, and of all of them if that can be
PANEL, EDGE = 300, 110  # pixels of the picture of errors


class Forecast(NamedTuple):
    """What is said of a window, in the units of the series.

    Args:
        when: the time of the first row that is forecast.
        read: (T, K), the last of the rows that were read.
        came: (U, K), the rows that came then.
        point: (U, K).
        bands: by the share that they are to hold, (U, K) from and to; none where a value is all that is said.
    """

    when: str
    read: Tensor
    came: Tensor
    point: Tensor
    bands: Mapping[float, tuple[Tensor, Tensor]]


class Forecasts(NamedTuple):
    """What there is to see of the forecasts of a split.

    Args:
        columns: that are forecast.
        some: forecasts of some windows.
        errors: by the name of a score, by who made it (the model first), its mean for each step ahead, scaled.
        by_column: (U, K), the model's mean absolute error in the units of each column.
    """

    columns: tuple[str, ...]
    some: Sequence[Forecast]
    errors: Mapping[str, Mapping[str, Sequence[float]]]
    by_column: Tensor


def forecast_files(found: Forecasts, title: str) -> Iterator[File]:
    """What is written of forecasts: pictures of some, errors by the step ahead as a picture and as a table."""
    yield "forecasts.png", partial(forecast_picture, found.columns, found.some, title)
    yield "errors_by_step.png", partial(errors_picture, found.errors, title)
    yield "errors_by_step.csv", lambda: errors_csv(found).encode()


def errors_csv(found: Forecasts) -> str:
    """Errors by the step ahead: scaled ones of everybody, then the model's absolute ones in each column's units."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    scores = [(f"{name} {who}", values) for name, all_of in found.errors.items() for who, values in all_of.items()]
    table.writerow(["step", *(name for name, _ in scores), *(f"mae {name} original" for name in found.columns)])
    for i, row in enumerate(found.by_column.tolist()):
        table.writerow([i + 1, *(f"{values[i]:.6g}" for _, values in scores), *(f"{value:.6g}" for value in row)])
    return file.getvalue()


def errors_picture(errors: Mapping[str, Mapping[str, Sequence[float]]], title: str) -> bytes:
    """A PNG picture: a panel for each score, a line for everybody, over the steps ahead."""
    steps = max(len(values) for all_of in errors.values() for values in all_of.values())
    across = axis_of([1, max(2, steps)])
    width, height = 1000, 100 + len(errors) * (PANEL + GAP) + 50
    canvas = Canvas(width, height)
    canvas.text((EDGE, 34), title, 22)
    names = list(next(iter(errors.values())))
    legend(canvas, EDGE, 74, [(name, COLOURS[i % len(COLOURS)], False) for i, name in enumerate(names)])
    for i, (score, all_of) in enumerate(errors.items()):
        top = 100 + i * (PANEL + GAP)
        up = axis_of([0, *(value for values in all_of.values() for value in values)])
        place = partial(_place, (EDGE, top, width - EDGE - 30, PANEL), across, up)
        _grid(canvas, (EDGE, top, width - EDGE - 30, PANEL), across, up, numbered=i == len(errors) - 1)
        canvas.text((26, top + PANEL / 2 + text_width(score) / 2), score, turned=True)
        for j, values in enumerate(all_of.values()):
            line = [place(k + 1, value) for k, value in enumerate(values)]
            canvas.line(line, COLOURS[j % len(COLOURS)], 2.0)
            for point in line if len(line) == 1 else []:
                canvas.dot(point, COLOURS[j % len(COLOURS)])
    canvas.text(((EDGE + width - 30) / 2, height - 18), "steps ahead", 18, "mm")
    return canvas.png()


def forecast_picture(columns: Sequence[str], some: Sequence[Forecast], title: str) -> bytes:
    """A PNG picture: a window across, a column down; what was read, what came, what was said and how sure of it.

    Raises:
        ValueError: there is no forecast.
    """
    if not some:
        raise ValueError("no forecast found, wanted one at least")
    names = list(columns)[:SHOWN]
    subtitle = "in the units of the data; rows from the first one that is forecast"
    subtitle += f"; the first {SHOWN} of {len(columns)} columns" if len(columns) > SHOWN else ""
    width = EDGE + len(some) * (WIDE + LEFT) + GAP
    high = max(HIGH, min(MOST, ALL // len(names)))
    canvas = Canvas(max(width, text_width(title, 22) + EDGE), TOP + len(names) * (high + GAP) + BOTTOM)
    canvas.text((EDGE, 28), title, 22)
    canvas.text((EDGE, 56), subtitle, 15, colour=GREY)
    keys = [("read, and what came", BLACK, False), ("forecast", COLOURS[0], False)]
    keys += [(f"{100 * share:.0f} % band", colour, False) for share, colour in BANDS.items() if share in some[0].bands]
    legend(canvas, EDGE, 84, keys)
    for i, forecast in enumerate(some):
        left = EDGE + i * (WIDE + LEFT)
        canvas.text((left + WIDE / 2, TOP - 16), forecast.when, 15, "mm", GREY)
        for j in range(len(names)):
            place = (left, TOP + j * (high + GAP), WIDE, high)
            _window(canvas, place, forecast, j, numbered=j == len(names) - 1)
    for j, name in enumerate(names):
        canvas.text((22, TOP + j * (high + GAP) + high / 2 + text_width(name, 17) / 2), name, 17, turned=True)
    return canvas.png()


Box = tuple[float, float, float, float]  # left, top, width, height


def _window(canvas: Canvas, box: Box, forecast: Forecast, column: int, numbered: bool) -> None:
    """One column of one window."""
    read, came, point = (rows[:, column].tolist() for rows in (forecast.read, forecast.came, forecast.point))
    bands = {
        share: [edge[:, column].tolist() for edge in edges]
        for share, edges in sorted(forecast.bands.items(), reverse=True)
    }
    values = [*read, *came, *point, *(value for edges in bands.values() for edge in edges for value in edge)]
    across, up = axis_of([-len(read), len(came)]), axis_of(values)
    place = partial(_place, box, across, up)
    for share, (low, high) in bands.items():
        below = [place(i, value) for i, value in enumerate(low)]
        canvas.area([*(place(i, value) for i, value in enumerate(high)), *reversed(below)], BANDS[share])
    _grid(canvas, box, across, up, numbered)
    (x, top), (_, bottom) = place(0, up.high), place(0, up.low)
    canvas.line([(x, top), (x, bottom)], GREY, 1.0, dashed=True)
    canvas.line([place(i - len(read), value) for i, value in enumerate([*read, *came])], BLACK, 1.3)
    canvas.line([place(-1, read[-1]), *(place(i, value) for i, value in enumerate(point))], COLOURS[0], 2.0)


def _place(box: Box, across: Axis, up: Axis, x: float, y: float) -> Point:
    left, top, width, height = box
    return left + across.place(x) * width, top + (1 - up.place(y)) * height


def _grid(canvas: Canvas, box: Box, across: Axis, up: Axis, numbered: bool) -> None:
    """A panel's lines and numbers; those of the axis below only where they are asked for."""
    left, top, width, height = box
    for tick in up.ticks:
        y = top + (1 - up.place(tick)) * height
        canvas.line([(left, y), (left + width, y)], PALE)
        canvas.text((left - 8, y), written(tick), 13, "rm", GREY)
    for tick in across.ticks:
        x = left + across.place(tick) * width
        canvas.line([(x, top), (x, top + height)], PALE)
        if numbered:
            canvas.text((x, top + height + 14), written(tick), 13, "mm", GREY)
    canvas.line([(left, top), (left, top + height), (left + width, top + height)], BLACK, 1.2)
