"""The scores of every seed of a configuration on one line, with their mean ± standard deviation."""

from markupsafe import Markup

from seqmodels.axis import Axis, axis_of, written
from seqmodels.pages.configurations import Configuration, Group
from seqmodels.pages.figures import figure, spread
from seqmodels.pages.markup import Frame, dot, line, picture, text

FRAME = Frame(width=300, height=26, left=8, right=8, top=0, bottom=0)
MIDDLE = FRAME.height / 2


def strip_axis(group: Group) -> Axis | None:
    """The axis that all strips share; None where no run has finished."""
    scores = [score for configuration in group.configurations for score in configuration.scores]
    return axis_of(scores, logarithmic=group.mode == "min") if scores else None


def strip_head(axis: Axis, objective: str) -> Markup:
    """The numbers of the axis."""
    ticks = axis.ticks[:: 1 + len(axis.ticks) // 7]
    numbers = [text((FRAME.x(axis, tick), 20), written(tick), anchor="middle") for tick in ticks]
    return picture(FRAME, f"axis of {objective} from {figure(axis.low)} to {figure(axis.high)}", *numbers)


def strip(axis: Axis, configuration: Configuration, colour: str) -> Markup:
    """A dot for each seed, a bar of one standard deviation to both sides of the mean, a tick at the mean.

    Args:
        axis: shared by all.
        configuration: with a finished run at least.
        colour: a CSS class.
    """
    scores, mean, sd = configuration.scores, configuration.mean, spread(configuration.scores)
    assert mean is not None
    parts = [line((FRAME.x(axis, tick), 0), (FRAME.x(axis, tick), FRAME.height), "grid") for tick in axis.ticks]
    at = FRAME.x(axis, mean)
    if sd:
        low, high = max(axis.low, mean - sd), min(axis.high, mean + sd)
        parts.append(line((FRAME.x(axis, low), MIDDLE), (FRAME.x(axis, high), MIDDLE), "spread"))
    parts.append(line((at, 4), (at, FRAME.height - 4), "mean"))
    for seed, row in configuration.by_seed.items():
        assert row.score is not None
        said = f"seed {seed}: {figure(row.score)} ({row.name})"
        parts.append(dot((FRAME.x(axis, row.score), MIDDLE), f"seed {colour}", said))
    words = (
        f"{configuration.label}: mean {figure(mean)} of {len(scores)}, {figure(min(scores))} to {figure(max(scores))}"
    )
    return picture(FRAME, words, *parts)
