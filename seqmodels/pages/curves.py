"""The validated objective of every run over its steps."""

from markupsafe import Markup

from seqmodels.axis import Axis, axis_of
from seqmodels.pages.configurations import Group
from seqmodels.pages.figures import figure
from seqmodels.pages.markup import Chart, Frame, axes, dot, path, picture
from seqmodels.pages.rows import Row

FRAME = Frame(width=560, height=330, left=60, right=14, top=28, bottom=42)
COLOURED = 6  # configurations that have a colour: more cannot be told apart
MARKED = 12  # points of a curve that are few enough to be marked


def colours_of(group: Group) -> dict[str, str]:
    """The CSS class of the runs of the best configurations, by the run's name; the first has the first colour."""
    return {row.name: f"k{i}" for i, c in enumerate(group.ranked[:COLOURED]) for row in c.rows}


def curves(group: Group) -> Chart:
    """A line for every run: those of the best configurations in colour, others in grey; unfinished ones dashed."""
    title = f"{group.objective} over the steps"
    rows = [row for row in group.rows if row.curve]
    if not rows:
        return Chart(title, Markup(""), "No run has logged it on its way (logs/metrics.csv).")
    colours = colours_of(group)
    rows.sort(key=lambda row: -int(colours[row.name][1:]) if row.name in colours else -COLOURED)  # the best on top
    across = axis_of([0, *(row.curve[-1][0] for row in rows)])._replace(low=0)
    up = axis_of([value for row in rows for _, value in row.curve], logarithmic=group.mode == "min")
    drawn = [_curve(row, colours.get(row.name, "other"), across, up) for row in rows]
    said = f"{title}: {len(rows)} runs"
    shown = picture(FRAME, said, axes(FRAME, across, up, "training step", group.objective), *drawn)
    keys = [(f"k{i}", c.label) for i, c in enumerate(group.ranked[:COLOURED])]
    others = sum(row.name not in colours for row in rows)
    keys += [("other", f"{others} other run{'s' * (others > 1)}")] if others else []
    note = "One line a run, as it was logged, nothing smoothed; dashed: not finished."
    missing = len(group.rows) - len(rows)
    note += f" {missing} of {len(group.rows)} runs did not get to a validation." if missing else ""
    return Chart(title, shown, note, keys)


def _curve(row: Row, colour: str, across: Axis, up: Axis) -> Markup:
    points = [(FRAME.x(across, step), FRAME.y(up, value)) for step, value in row.curve]
    style = f"curve {colour}" + ("" if row.state == "finished" else " dashed")
    said = f"{row.name}: {figure(row.curve[-1][1])} after {row.curve[-1][0]:,} steps"
    dots = [dot(point, f"point {colour}", said, 2.5) for point in points] if len(points) <= MARKED else []
    return path(points, style, said) + Markup("").join(dots if colour != "other" else dots[-1:])
