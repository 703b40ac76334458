"""What order is worth, as one picture."""

from collections.abc import Sequence
from statistics import mean

from order.measured import PAIRS, QUESTIONS, Interval, Reached
from seqmodels.axis import written
from seqmodels.reports.canvas import BLACK, COLOURS, GREY, PALE, Canvas
from seqmodels.reports.curves import legend

LEFT, WIDE, ROW, TOP, GAP, RIGHT = 250, 620, 30, 130, 76, 110
TITLES = {
    PAIRS: "Who did it? Pairs of the same words, opposite answers, new templates",
    QUESTIONS: "What does a question ask for? TREC, 6 kinds",
}
TICKS = {PAIRS: (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0), QUESTIONS: (0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 0.92)}


def picture(found: Sequence[Reached], gain: Interval, title: str) -> bytes:
    """A PNG picture: a row a method, a dot a seed, a line at their mean; what is below the axis is told as a number.

    Args:
        found: what every method gets right.
        gain: what order is worth for questions.
        title: stands above.
    """
    parts = {task: [one for one in found if one.task == task and one.method != "majority"] for task in TITLES}
    rows = sum(len(part) for part in parts.values())
    canvas = Canvas(LEFT + WIDE + RIGHT, TOP + rows * ROW + len(parts) * GAP + 20)
    canvas.text((24, 34), title, 22)
    told = f"for questions {gain.difference:+.1%}, 95 % confidence {gain.low:+.1%} to {gain.high:+.1%}"
    canvas.text((24, 62), f"accuracy on test; order is worth {told}, {gain.pairs} seeds", 16, colour=GREY)
    legend(canvas, 24, 92, [("words in order", COLOURS[0], False), ("words shuffled", COLOURS[1], False)])
    top = float(TOP)
    for task, part in parts.items():
        _panel(canvas, top, task, part)
        top += len(part) * ROW + GAP
    return canvas.png()


def _panel(canvas: Canvas, top: float, task: str, part: Sequence[Reached]) -> None:
    ticks, bottom = TICKS[task], top + 20 + len(part) * ROW
    low, high = ticks[0], ticks[-1]

    def place(score: float) -> float:
        return LEFT + (min(max(score, low), high) - low) / (high - low) * WIDE

    canvas.text((24, top), TITLES[task], 17)
    for tick in ticks:
        canvas.line([(place(tick), top + 18), (place(tick), bottom)], PALE)
        canvas.text((place(tick), bottom + 14), written(tick), 14, "mm", GREY)
    for number, one in enumerate(part):
        y = top + 20 + (number + 0.5) * ROW
        colour, scores = COLOURS[1 if one.shuffled else 0], list(one.scores.values())
        canvas.text((LEFT - 14, y), one.method, 16, "rm")
        for score in scores:
            canvas.dot((place(score), y), colour, 4.5)
        middle = mean(scores)
        canvas.line([(place(middle), y - 10), (place(middle), y + 10)], BLACK, 2.0)
        canvas.text((LEFT + WIDE + 16, y), f"{middle:.3f}", 16, colour=GREY)
    canvas.line([(LEFT, bottom), (LEFT + WIDE, bottom)], BLACK, 1.5)
