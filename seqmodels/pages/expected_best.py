"""How good the best of n configurations can be expected to be (Dodge et al. 2019, "Show Your Work")."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from seqmodels.axis import Axis, axis_of
from seqmodels.pages.configurations import Group
from seqmodels.pages.figures import duration, figure
from seqmodels.pages.markup import Chart, Frame, axes, dot, element, path, picture

FRAME = Frame(width=560, height=330, left=60, right=14, top=28, bottom=42)
FEWEST = 3
TITLE = "Expected best against budget"


def expected_best(scores: Sequence[float], mode: str = "max") -> tuple[list[float], list[float]]:
    """Mean and standard deviation of the best of n scores, drawn with replacement from those that were found.

    E[best of n] = Σᵢ v₍ᵢ₎ ((i/N)ⁿ - ((i-1)/N)ⁿ), with v₍₁₎ ≤ ... ≤ v₍N₎ (Dodge et al. 2019, section 3.1); the least of
    n is the best of the negated ones.

    Args:
        scores: N of them.
        mode: ``max`` if more is better, ``min`` if less is.

    Returns:
        For n = 1 ... N, the mean and the standard deviation.

    Example:
        >>> from seqmodels.pages.expected_best import expected_best
        >>> expected_best([0.0, 1.0])[0]
        [0.5, 0.75]
    """
    sign = 1.0 if mode == "max" else -1.0
    values = np.sort(sign * np.asarray(scores, dtype=np.float64))  # (N,)
    size = len(values)
    budgets = np.arange(1, size + 1)[:, None]  # (n, 1)
    below = (np.arange(size + 1) / size) ** budgets  # (n, N + 1): P(all of n are among the first i)
    weights = np.diff(below, axis=1)  # (n, N)
    mean = np.clip(weights @ values, values[0], values[-1])
    variance = np.maximum(weights @ values**2 - mean**2, 0)
    return (sign * mean).tolist(), np.sqrt(variance).tolist()


def expected_best_chart(group: Group) -> Chart:
    """The curve, with a band of one standard deviation cut at the best and the worst that was seen."""
    searched = group.searched
    scores = [c.mean for c in searched if c.mean is not None]
    if len(scores) < FEWEST:
        return Chart(TITLE, Markup(""), f"{len(scores)} configurations with a finished run found, {FEWEST} wanted.")
    mean, sd = expected_best(scores, group.mode)
    low = [max(m - s, min(scores)) for m, s in zip(mean, sd, strict=True)]
    high = [min(m + s, max(scores)) for m, s in zip(mean, sd, strict=True)]
    across = _whole(axis_of([1, len(scores)], logarithmic=len(scores) > 60))
    up = axis_of([*low, *high])
    band = [(FRAME.x(across, n), FRAME.y(up, v)) for n, v in enumerate(high, start=1)]
    band += [(FRAME.x(across, n), FRAME.y(up, v)) for n, v in reversed(list(enumerate(low, start=1)))]
    line = [(FRAME.x(across, n), FRAME.y(up, v)) for n, v in enumerate(mean, start=1)]
    said = [f"best of {n}: {figure(m)} ± {figure(s)}" for n, (m, s) in enumerate(zip(mean, sd, strict=True), start=1)]
    dots = [dot(point, "point k0", tip, 3) for point, tip in zip(line, said, strict=True)]
    area = element("polygon", {"points": " ".join(f"{x:.1f},{y:.1f}" for x, y in band), "class": "band"})
    words = f"{TITLE}: from {figure(mean[0])} for one configuration to {figure(mean[-1])} for {len(mean)}"
    plane = axes(FRAME, across, up, "configurations tried", f"expected best {group.objective}")
    shown = picture(FRAME, words, plane, area, path(line, "curve k0"), *dots)
    return Chart(TITLE, shown, _note(group))


def _whole(axis: Axis) -> Axis:
    return axis._replace(ticks=[tick for tick in axis.ticks if tick == int(tick) and tick >= 1])


def _note(group: Group) -> str:
    """What the curve is made of, and what a configuration cost."""
    searched = group.searched
    rows = [row for c in searched for row in c.rows if "seconds" in row.metrics]
    cost = sum(row.metrics["seconds"] for row in rows) / len(searched)
    failed = sum(not c.scores and c.stage != "finalist" for c in group.configurations)
    seeds = max(len(c.scores) for c in searched)
    note = "Mean ± standard deviation of the best of n, drawn from the configurations that were tried"
    note += " (mean over their seeds)" if seeds > 1 else ""
    note += f"; on validation. One took {duration(cost)} on average."
    return note + (f" {failed} without a score are left out, though they cost time too." if failed else "")
