"""How sure a model is, and how often it is right then: a reliability diagram."""

from collections.abc import Sequence

from seqmodels.axis import written
from seqmodels.metrics import Reliability
from seqmodels.reports.canvas import BLACK, COLOURS, GREY, PALE, Canvas, Point, text_width
from seqmodels.reports.curves import legend

LEFT, TOP, SIDE, LOWER, GAP, RIGHT, BOTTOM = 100, 128, 520, 130, 36, 40, 76
BAR = "#cfe3f2"
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def reliability_picture(found: Reliability, title: str) -> bytes:
    """A PNG picture: above, the share that is right over the greatest p, which would be the dashed line if the model
    knew how sure to be (Niculescu-Mizil & Caruana 2005); below, how many answers are about as sure.

    Args:
        found: what was counted.
        title: stands above.

    Raises:
        ValueError: nothing was counted.

    Example:
        >>> import torch
        >>> from seqmodels.metrics import Reliability
        >>> table = Reliability(*(torch.tensor([x, y]) for x, y in ((2.0, 6.0), (0.4, 0.9), (0.5, 1.0))))
        >>> reliability_picture(table, "a run")[1:4]
        b'PNG'
    """
    steps, confidence, accuracy = (values.tolist() for values in found)
    total = sum(steps)
    if not total:
        raise ValueError("no answer was counted, wanted one at least")
    error = sum(n * abs(c - a) for n, c, a in zip(steps, confidence, accuracy, strict=True)) / total
    subtitle = f"expected calibration error {error:.4f}; {total:,.0f} answers in {len(steps)} bins of their greatest p"
    width = max(LEFT + SIDE + RIGHT, LEFT + RIGHT + text_width(title, 22), LEFT + RIGHT + text_width(subtitle, 16))
    canvas = Canvas(width, TOP + SIDE + GAP + LOWER + BOTTOM)
    canvas.text((LEFT, 30), title, 22)
    canvas.text((LEFT, 60), subtitle, 16, colour=GREY)
    legend(
        canvas, LEFT, TOP - 30, [("share that is right", COLOURS[0], False), ("as often right as sure", BLACK, True)]
    )
    _shares(canvas, steps, confidence, accuracy)
    _counts(canvas, [n / total for n in steps])
    return canvas.png()


def _at(x: float, y: float) -> Point:
    """Where two shares stand in the square."""
    return LEFT + x * SIDE, TOP + (1 - y) * SIDE


def _shares(canvas: Canvas, steps: Sequence[float], confidence: Sequence[float], accuracy: Sequence[float]) -> None:
    bins = len(steps)
    for i, (n, share) in enumerate(zip(steps, accuracy, strict=True)):
        if n and share * SIDE >= 1:  # none is of no height
            (left, top), (right, bottom) = _at(i / bins, share), _at((i + 1) / bins, 0)
            canvas.box(left + 1, top, right - 1, bottom, BAR)
    for tick in TICKS:
        canvas.line([_at(0, tick), _at(1, tick)], PALE)
        canvas.text((LEFT - 10, _at(0, tick)[1]), written(tick), 16, "rm", GREY)
    canvas.line([_at(0, 1), _at(0, 0), _at(1, 0)], BLACK, 1.5)
    canvas.line([_at(0, 0), _at(1, 1)], BLACK, 1.5, dashed=True)
    points = [_at(c, a) for n, c, a in zip(steps, confidence, accuracy, strict=True) if n]
    canvas.line(points, COLOURS[0], 2.0)
    for point in points:
        canvas.dot(point, COLOURS[0])
    label = "share that is right"
    canvas.text((24, TOP + SIDE / 2 + text_width(label) / 2), label, turned=True)


def _counts(canvas: Canvas, shares: Sequence[float]) -> None:
    top, bins, most = TOP + SIDE + GAP, len(shares), max(shares)
    for i, share in enumerate(shares):
        if share:
            left, right = LEFT + i / bins * SIDE, LEFT + (i + 1) / bins * SIDE
            canvas.box(left + 1, top + LOWER - max(1, share / most * LOWER), right - 1, top + LOWER, COLOURS[0])
    canvas.line([(LEFT, top), (LEFT, top + LOWER), (LEFT + SIDE, top + LOWER)], BLACK, 1.5)
    canvas.text((LEFT - 10, top), f"{100 * most:.0f} %", 16, "rm", GREY)
    canvas.text((LEFT - 10, top + LOWER), "0", 16, "rm", GREY)
    for tick in TICKS:
        canvas.text((LEFT + tick * SIDE, top + LOWER + 18), written(tick), 16, "mm", GREY)
    canvas.text((24, top + LOWER / 2 + text_width("answers") / 2), "answers", turned=True)
    canvas.text((LEFT + SIDE / 2, top + LOWER + 48), "how sure the model is: its greatest p", 18, "mm")
