"""How much of what differs between configurations each parameter explains (fANOVA, Hutter et al. 2014)."""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from markupsafe import Markup

from seqmodels.axis import Axis, axis_of, written
from seqmodels.pages.configurations import ABSENT, Group, numbers_of
from seqmodels.pages.markup import Chart, Frame, element, line, picture, text

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

FEWEST = 10  # configurations
DEPTH = 64
ROW = 34
TITLE = "How much each parameter explains"
Share = tuple[float, float, float]  # its mean over the trees, and where 90 % of the trees lie


def shares(group: Group) -> dict[str, Share]:
    """Of the variance of the objective, what each parameter explains by itself; with the 5 % and 95 % points.

    The share is the mean over the trees of a forest, each grown on configurations drawn with replacement. Numbers on a
    logarithmic scale are put in as logarithms. What the shares lack to 1 is explained by parameters together.
    """
    scores = [c.mean for c in group.searched if c.mean is not None]
    columns = {key: _column(group, key) for key in group.keys}
    drawn = _trees(columns, scores)
    found: dict[str, Share] = {}
    for key in group.keys if drawn else ():
        each = sorted(tree[key] for tree in drawn)
        low, high = (each[round(part * (len(each) - 1))] for part in (0.05, 0.95))
        found[key] = (fmean(each), low, high)
    return dict(sorted(found.items(), key=lambda item: -item[1][0]))


def importance(group: Group) -> Chart:
    """A bar for every parameter, the largest first, with a line over 90 % of the resampled estimates."""
    count = len(group.searched)
    if count < FEWEST or not group.keys:
        note = f"{count} configurations with a finished run found; with fewer than {FEWEST} a forest would fit noise."
        return Chart(TITLE, Markup(""), note)
    found = shares(group)
    if not found:
        return Chart(TITLE, Markup(""), "All configurations reached the same.")
    frame = Frame(width=560, height=ROW * len(found) + 46, left=6, right=40, top=4, bottom=42)
    across = axis_of([0, max(1.0, *(high for *_, high in found.values()))])._replace(low=0)
    parts = []
    for tick in across.ticks:
        x = frame.x(across, tick)
        parts += [line((x, frame.top), (x, frame.height - frame.bottom), "grid")]
        parts += [text((x, frame.height - 24), written(tick), anchor="middle")]
    for i, (key, share) in enumerate(found.items()):
        parts += _bar(frame, across, frame.top + i * ROW, key, share)
    parts.append(text((frame.width - frame.right, frame.height - 4), "share of the variance", "name", "end"))
    said = ", ".join(f"{key} {share[0]:.2f}" for key, share in found.items())
    note = f"fANOVA over {count} configurations; each by itself, the rest is what they explain together."
    note += " Thin line: 90 % of the trees, each grown on configurations drawn with replacement."
    return Chart(TITLE, picture(frame, f"{TITLE}: {said}", *parts), note)


def _bar(frame: Frame, across: Axis, top: float, key: str, share: Share) -> list[Markup]:
    (value, low, high), y = share, top + 24
    tip = f"{key}: {value:.2f}, 90 % between {low:.2f} and {high:.2f}"
    wide = max(1.0, frame.x(across, value) - frame.left)
    box = {"x": frame.left, "y": y - 6, "width": wide, "height": 12, "class": "bar", "data-tip": tip}
    return [
        text((frame.left, top + 13), f"{key}  {value:.2f}", "label"),
        element("rect", box),
        line((frame.x(across, low), y), (frame.x(across, high), y), "whisker"),
    ]


def _column(group: Group, key: str) -> "tuple[BaseDistribution, list[str | float]]":
    """What optuna calls the distribution of a parameter, and its value in every configuration."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    words = [c.params.get(key, ABSENT) for c in group.searched]
    numbers = numbers_of(words)
    if numbers is None:
        return CategoricalDistribution(sorted(set(words))), list(words)
    if key in group.logarithmic and min(numbers) > 0:
        numbers = [math.log10(number) for number in numbers]
    return FloatDistribution(min(numbers), max(numbers)), list(numbers)


def _trees(
    columns: "dict[str, tuple[BaseDistribution, list[str | float]]]", scores: Sequence[float]
) -> list[dict[str, float]]:
    """The shares by every tree: a forest of one each, since a forest tells no more than the mean of its trees."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    spaces = {key: space for key, (space, _) in columns.items()}
    study = optuna.create_study()
    for i, score in enumerate(scores):
        params = {key: values[i] for key, (_, values) in columns.items()}
        study.add_trial(optuna.create_trial(params=params, distributions=spaces, value=score))
    count = 32 if len(scores) < 200 else 16  # a tree takes a time that grows with the square of that
    forests = (optuna.importance.FanovaImportanceEvaluator(n_trees=1, max_depth=DEPTH, seed=i) for i in range(count))
    found = []
    for forest in forests:
        try:
            found.append(forest.evaluate(study))
        except RuntimeError:  # a tree that drew nothing but equal scores
            continue
    return found
