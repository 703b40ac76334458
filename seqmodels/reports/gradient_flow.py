"""How gradients shrink on their way back, as numbers, a table and a picture."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.axis import Axis, axis_of, written
from seqmodels.reports.canvas import BLACK, COLOURS, GREY, PALE, Canvas, Point, text_width
from seqmodels.reports.curves import legend

QUARTILES = (0.25, 0.5, 0.75)
WIDTH, PANEL, LEFT, RIGHT, TOP, BOTTOM, GAP = 1100, 300, 110, 30, 30, 60, 122
KEYS = 3  # names in a row
BAND = 0.22  # how opaque the band between the quartiles is


class GradientCurve(NamedTuple):
    """Gradients of many examples, seen against the lag.

    Args:
        panel: in which panel it is drawn.
        name: what it is called there.
        lags: from 0 on, those that at least half as many examples have as lag 0.
        counts: how many examples have each lag.
        quartiles: (3, lags) of log10 ‖∂L/∂h‖; -inf where a gradient is 0.
        slope: of the median over the lags, by least squares, in log10 a step.
        jacobians: what to compare the slope with, in log10 a step, by name.
    """

    panel: str
    name: str
    lags: list[int]
    counts: list[int]
    quartiles: Tensor
    slope: float
    jacobians: Mapping[str, float] = {}


def gradient_curve(panel: str, name: str, norms: Tensor, jacobians: Mapping[str, float] | None = None) -> GradientCurve:
    """Quartiles and slope of gradients.

    Args:
        panel, name: as of ``GradientCurve``.
        norms: (N, T) by example and lag, NaN where an example has none.
        jacobians: as of ``GradientCurve``.

    Example:
        >>> curve = gradient_curve("layer 1", "∂L/∂h", 0.5 ** torch.arange(20.0)[None])
        >>> round(curve.slope, 4), reading(curve)
        (-0.301, 'layer 1, ∂L/∂h: falls by half every 1.0 steps (10^-0.301 a step)')
    """
    there = ~norms.isnan()  # (N, T)
    counts = there.sum(dim=0)  # (T,)
    lags = [lag for lag, count in enumerate(counts.tolist()) if count and 2 * count >= int(counts[0])]
    columns = [norms[there[:, lag], lag].double().log10().sort().values for lag in lags]
    quartiles = torch.tensor([[_quantile(column, share) for column in columns] for share in QUARTILES])
    slope = slope_of(lags, quartiles[1].tolist())
    return GradientCurve(panel, name, lags, [int(counts[lag]) for lag in lags], quartiles, slope, jacobians or {})


def slope_of(lags: Sequence[int], values: Sequence[float]) -> float:
    """The slope of the straight line of least squares; values that are not finite are left out. NaN of fewer than two.

    Example:
        >>> slope_of([0, 1, 2], [1.0, 3.0, 5.0])
        2.0
    """
    points = [(lag, value) for lag, value in zip(lags, values, strict=True) if math.isfinite(value)]
    if len(points) < 2:
        return math.nan
    x, y = (torch.tensor(column, dtype=torch.float64) for column in zip(*points, strict=True))
    x = x - x.mean()
    return float((x * y).sum() / x.square().sum())


def reading(curve: GradientCurve) -> str:
    """What a curve says, on one line."""
    about = f"{curve.panel}, {curve.name}"
    if not math.isfinite(curve.slope):
        return f"{about}: too few steps, or no gradient at all"
    many = curve.slope * (curve.lags[-1] - curve.lags[0])
    if abs(many) < math.log10(2):
        said = f"stays within a factor of 2 over {curve.lags[-1]} steps"
    else:
        said = f"{'falls by half' if curve.slope < 0 else 'doubles'} every {math.log10(2) / abs(curve.slope):.1f} steps"
    beside = "".join(f"; {name} 10^{value:+.3f}" for name, value in curve.jacobians.items())
    return f"{about}: {said} (10^{curve.slope:+.3f} a step{beside})"


def gradient_csv(curves: Sequence[GradientCurve]) -> str:
    """A row a curve and lag: how many examples, the quartiles of log10 of the gradient's norm."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["panel", "curve", "lag", "examples", "lower_quartile", "median", "upper_quartile"])
    for curve in curves:
        for i, lag in enumerate(curve.lags):
            values = [f"{value:.6g}" for value in curve.quartiles[:, i].tolist()]
            table.writerow([curve.panel, curve.name, lag, curve.counts[i], *values])
    return file.getvalue()


def gradient_picture(curves: Sequence[GradientCurve], title: str) -> bytes:
    """A PNG picture: panels side by side below one another, of every curve its median and the band of its quartiles.

    Raises:
        ValueError: there is nothing to draw.
    """
    if not any(curve.quartiles.isfinite().any() for curve in curves):
        raise ValueError("no gradient above 0 was found")
    panels = list(dict.fromkeys(curve.panel for curve in curves))
    finite = torch.cat([curve.quartiles[curve.quartiles.isfinite()] for curve in curves])
    across = axis_of([0, max(1, *(curve.lags[-1] for curve in curves))])
    up = axis_of([float(finite.min()), float(finite.max())])
    canvas = Canvas(WIDTH, TOP + len(panels) * (PANEL + GAP) + BOTTOM)
    canvas.text((LEFT, 34), title, 22)
    for i, panel in enumerate(panels):
        _panel(canvas, TOP + GAP + i * (PANEL + GAP), [one for one in curves if one.panel == panel], across, up)
    canvas.text(
        ((LEFT + WIDTH - RIGHT) / 2, TOP + len(panels) * (PANEL + GAP) + 44), "lag: steps before the end", 18, "mm"
    )
    return canvas.png()


def _panel(canvas: Canvas, top: float, curves: Sequence[GradientCurve], across: Axis, up: Axis) -> None:
    def at(lag: float, value: float) -> Point:
        return LEFT + across.place(lag) * (WIDTH - RIGHT - LEFT), top + (1 - up.place(value)) * PANEL

    keys = [(f"{c.name}  10^{c.slope:+.3f} a step", COLOURS[i % len(COLOURS)], False) for i, c in enumerate(curves)]
    for i in range(0, len(keys), KEYS):
        legend(canvas, LEFT, top - 40 + 22 * (i // KEYS), keys[i : i + KEYS])
    canvas.text((LEFT, top - 66), curves[0].panel, 18)
    for tick in up.ticks:
        canvas.line([at(across.low, tick), at(across.high, tick)], PALE)
        canvas.text((LEFT - 10, at(0, tick)[1]), f"10^{written(tick)}", 16, "rm", GREY)
    for tick in across.ticks:
        canvas.line([at(tick, up.low), at(tick, up.high)], PALE)
        canvas.text((at(tick, up.low)[0], top + PANEL + 18), written(tick), 16, "mm", GREY)
    for curve, colour in zip(curves, COLOURS * len(curves), strict=False):
        for points in _pieces(curve):
            low, middle, high = ([at(lag, values[row]) for lag, *values in points] for row in range(3))
            canvas.area([*high, *low[::-1]], colour, BAND)
            canvas.line(middle, colour, 2.0)
    canvas.line([at(across.low, up.high), at(across.low, up.low), at(across.high, up.low)], BLACK, 1.5)
    label = "gradient's norm"
    canvas.text((26, top + PANEL / 2 + text_width(label) / 2), label, turned=True)


def _pieces(curve: GradientCurve) -> list[list[tuple[float, ...]]]:
    """Runs of lags whose three quartiles are all finite, each (lag, low, middle, high)."""
    pieces: list[list[tuple[float, ...]]] = [[]]
    for lag, values in zip(curve.lags, curve.quartiles.T.tolist(), strict=True):
        if all(map(math.isfinite, values)):
            pieces[-1].append((lag, *values))
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if len(piece) > 1]


def _quantile(ordered: Tensor, share: float) -> float:
    """Between the two nearest of sorted values; not torch's, which makes NaN of -inf."""
    place = share * (len(ordered) - 1)
    low, high = float(ordered[math.floor(place)]), float(ordered[math.ceil(place)])
    return low if low == high else low + (high - low) * (place - math.floor(place))
