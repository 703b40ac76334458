"""Every configuration as a line through its parameters, coloured by what it reached."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from seqmodels.axis import Axis, axis_of, written
from seqmodels.pages.configurations import ABSENT, DEFAULT, Configuration, Group, numbers_of, short_names
from seqmodels.pages.figures import figure
from seqmodels.pages.folders import in_order
from seqmodels.pages.markup import Chart, Frame, line, path, picture, text

WIDTH, HEIGHT = 1120, 340
GAP = 150  # pixels from axis to axis, at least
CLASSES = 5
NEAR = 0.1  # of an axis: numbers that are nowhere nearer than that are all written beside it
FACTOR = 2.0  # between the ends of an axis of numbers that were searched on a logarithmic scale, at least
SPREAD = 0.6  # of the room of a word, over which the lines through it are spread
TITLE = "Parameters and what they reached"


class Scale(NamedTuple):
    """The axis of one parameter.

    Args:
        name: of it.
        axis: of numbers; None of words.
        words: in their order, from below.
    """

    name: str
    axis: Axis | None
    words: Sequence[str]

    def place(self, value: str, rank: float) -> float:
        """From 0 to 1; of a word, spread by the rank (0 to 1) of the one whose it is."""
        if value not in self.words and self.axis is not None:
            return self.axis.place(float(value))
        if self.axis is not None:
            return -0.08  # below all numbers
        return (self.words.index(value) + 0.5 + SPREAD * (rank - 0.5)) / len(self.words)

    @property
    def marks(self) -> list[tuple[float, str]]:
        """What stands beside the axis, and where."""
        if self.axis is None:
            return [((i + 0.5) / len(self.words), word) for i, word in enumerate(self.words)]
        numbers = [(self.axis.place(tick), written(tick)) for tick in self.axis.ticks]
        return [*numbers, *((-0.08, word) for word in self.words)]


def parallel(group: Group) -> Chart:
    """A line for every configuration, the best on top; those without a score dashed, without an end."""
    scored = group.searched
    if len(scored) < 2 or not group.keys:
        return Chart(TITLE, Markup(""), "Two configurations with a finished run are wanted, which differ in a setting.")
    names = short_names(group.keys)
    scales = [_scale(group, key, names[key]) for key in group.keys]
    means = [c.mean for c in scored if c.mean is not None]
    last = Scale(group.objective, axis_of(means, logarithmic=group.mode == "min"), [])
    width = max(WIDTH, GAP * len(scales) + 180)
    frame = Frame(width, HEIGHT, left=20, right=90, top=40, bottom=34)
    step = (frame.width - frame.left - frame.right) / len(scales)
    drawn = [_line(frame, step, group, scales, c, 0, 0) for c in group.configurations if not c.scores]
    for i, configuration in reversed(list(enumerate(scored))):
        rank = 1 - i / max(1, len(scored) - 1)  # 1 is the best
        drawn.append(_line(frame, step, group, [*scales, last], configuration, rank, len(scored)))
    stand = [_stand(frame, frame.left + i * step, scale) for i, scale in enumerate([*scales, last])]
    said = f"{len(scored)} configurations over {', '.join(group.keys)} and {group.objective}"
    keys = [(f"q{i}", name) for i, name in enumerate(("worst fifth", "", "middle", "", "best fifth")) if name]
    failed = len([c for c in group.configurations if not c.scores])
    keys += [("failed", f"{failed} without a score")] if failed else []
    note = "One line a configuration. Lines through a word are spread, the better ones higher."
    return Chart(TITLE, picture(frame, said, *drawn, *stand), note, keys, wide=True)


def _scale(group: Group, key: str, name: str) -> Scale:
    values = list(dict.fromkeys(c.params.get(key, ABSENT) for c in group.configurations))
    none = [value for value in values if value in (ABSENT, DEFAULT)]
    numbers = numbers_of([value for value in values if value not in none])
    if numbers is None or not numbers:
        return Scale(name, None, sorted(values, key=in_order))
    axis = axis_of(numbers, key in group.logarithmic, FACTOR)
    places = sorted(axis.place(number) for number in numbers)
    if all(after - before >= NEAR for before, after in pairwise(places)):
        axis = axis._replace(ticks=sorted(numbers))  # choices: what lies between them was never tried
    return Scale(name + (" (log)" if axis.logarithmic else ""), axis, none)


def _line(
    frame: Frame, step: float, group: Group, scales: Sequence[Scale], configuration: Configuration, rank: float, of: int
) -> Markup:
    values = [configuration.params.get(key, ABSENT) for key in group.keys]
    values += [str(configuration.mean)] if len(scales) > len(values) else []
    unit = Axis(0, 1, [])
    points = []
    for i, (scale, value) in enumerate(zip(scales, values, strict=True)):
        points.append((frame.left + i * step, frame.y(unit, scale.place(value, rank))))
    style = f"line q{min(CLASSES - 1, int(rank * CLASSES))}" if of else "line failed"
    reached = f"{group.objective} {figure(configuration.mean)}" if of else "no score"
    return path(points, style, f"{configuration.label}: {reached}")


def _stand(frame: Frame, x: float, scale: Scale) -> Markup:
    """One axis: its name above, its values to the right."""
    parts = [line((x, frame.top), (x, frame.height - frame.bottom), "axis"), text((x - 8, 16), scale.name, "name")]
    for place, word in scale.marks:
        y = frame.y(Axis(0, 1, []), place)
        parts += [line((x - 3, y), (x + 3, y), "axis"), text((x + 7, y + 4), word[:18], "tick halo")]
    return Markup("").join(parts)
