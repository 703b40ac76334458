"""Who remembers how far back, as one picture."""

from collections.abc import Sequence
from itertools import pairwise

from memory.solved import MEASURES, Measure, Remembered
from seqmodels.axis import Axis, axis_of, written
from seqmodels.reports.canvas import BLACK, COLOURS, GREY, PALE, Canvas, Point, text_width
from seqmodels.reports.curves import legend

WIDE, HIGH, LEFT, TOP, GAP, BOTTOM = 470, 300, 96, 150, 110, 60
MORE = ("#7f3b08", "#444444")  # besides the canvas's colours
SHADE = 0.85  # of a bar


def picture(found: Sequence[Remembered], title: str) -> bytes:
    """A PNG picture: a panel a task, two side by side; lines over the length, bars where there is one length only.

    Args:
        found: of models and floors; what is drawn of floors is a dashed line.
        title: stands above.
    """
    tasks = [task for task in MEASURES if any(one.task == task for one in found)]
    models = list(dict.fromkeys(one.model for one in found if not _floor(one)))
    colours = dict(zip(models, (*COLOURS, *MORE), strict=False))
    rows = (len(tasks) + 1) // 2
    canvas = Canvas(2 * (LEFT + WIDE) + 40, TOP + rows * (HIGH + GAP) - GAP + BOTTOM)
    canvas.text((LEFT, 34), title, 22)
    legend(canvas, LEFT, 70, [(model, colours[model], False) for model in models])
    legend(canvas, LEFT, 98, [("solved", GREY, True), ("floor: no memory", BLACK, True)])
    for i, task in enumerate(tasks):
        corner = (LEFT + (i % 2) * (WIDE + LEFT), TOP + (i // 2) * (HIGH + GAP))
        mine = [one for one in found if one.task == task]
        _panel(canvas, corner, mine, colours, MEASURES[task])
    return canvas.png()


def _floor(one: Remembered) -> bool:
    return one.model.startswith("floor")


def _panel(
    canvas: Canvas, corner: Point, found: Sequence[Remembered], colours: dict[str, str], measure: Measure
) -> None:
    left, top = corner
    values = [score for one in found for score in one.means.values()]
    lengths = sorted({length for one in found for length in one.means})
    nothing = [0.0] if len(lengths) == 1 else []  # where bars begin
    up = axis_of([*values, *nothing, measure.solved], logarithmic=not measure.more)
    across = axis_of(lengths, logarithmic=True)

    def at(length: float, score: float) -> Point:
        return left + across.place(length) * WIDE, top + (1 - up.place(score)) * HIGH

    _frame(canvas, corner, up, measure.said)
    canvas.line([at(across.low, measure.solved), at(across.high, measure.solved)], GREY, 1.5, dashed=True)
    if len(lengths) == 1:
        _bars(canvas, corner, found, colours, up)
        return
    for length in lengths:
        canvas.text((at(length, up.low)[0], top + HIGH + 16), written(length), 15, "mm", GREY)
    canvas.text((left + WIDE / 2, top + HIGH + 40), measure.asked, 16, "mm")
    for one in found:
        points = [at(length, score) for length, score in one.means.items()]
        if _floor(one):
            for pair in pairwise(points):
                canvas.line(pair, BLACK, 1.5, dashed=True)
            continue
        canvas.line(points, colours[one.model], 2.5)
        for point in points:
            canvas.dot(point, colours[one.model])


def _frame(canvas: Canvas, corner: Point, up: Axis, said: str) -> None:
    left, top = corner
    for tick in up.ticks:
        y = top + (1 - up.place(tick)) * HIGH
        canvas.line([(left, y), (left + WIDE, y)], PALE)
        canvas.text((left - 8, y), written(tick), 14, "rm", GREY)
    canvas.line([(left, top), (left, top + HIGH), (left + WIDE, top + HIGH)], BLACK, 1.5)
    canvas.text((left - 74, top + HIGH / 2 + text_width(said, 17) / 2), said, 17, turned=True)


def _bars(canvas: Canvas, corner: Point, found: Sequence[Remembered], colours: dict[str, str], up: Axis) -> None:
    """A bar a model, with its number; floors by their own colour."""
    left, top = corner
    room = WIDE / len(found)
    for i, one in enumerate(found):
        (score,) = one.means.values()
        y = top + (1 - up.place(score)) * HIGH
        x = left + i * room
        canvas.box(
            x + room * (1 - SHADE), y, x + room * SHADE, top + (1 - up.place(0)) * HIGH, colours.get(one.model, GREY)
        )
        canvas.text((x + room / 2, y - 10), f"{score:.3f}", 13, "mm")
        if _floor(one):  # names of neighbours, which are longer than a bar is wide, on two lines
            canvas.text(
                (x + room / 2, top + HIGH + 14 + 16 * (i % 2)), one.model.removeprefix("floor: "), 12, "mm", GREY
            )
