"""Whether the best configuration is better than the next: paired bootstrap (Efron & Tibshirani 1993, chapter 16)."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from seqmodels.axis import axis_of
from seqmodels.pages.configurations import Configuration, Group
from seqmodels.pages.figures import figure
from seqmodels.pages.markup import Frame, dot, line, picture
from seqmodels.pages.wrong import Wrong, read_wrong

TOP = 6  # configurations: the best and those that it is compared with
TIMES = 10_000
ENOUGH_SEEDS = 6  # with n pairs the least two-sided p of a sign test is 2 / 2^n: 0.03 with 6, 0.25 with 3
FRAME = Frame(width=260, height=26, left=10, right=10, top=0, bottom=0)


class Comparison(NamedTuple):
    """How much better the best configuration is than another one; above 0 is better, whatever the metric.

    Args:
        label: of the other one.
        difference: of the means.
        low, high: 95 % of the resampled differences lie between them; None where too little can be resampled.
        not_better: the share of the resampled differences that are 0 or less; None likewise.
        pairs: that were resampled.
        unit: what they are: ``test examples`` or ``seeds``.
    """

    label: str
    difference: float
    low: float | None
    high: float | None
    not_better: float | None
    pairs: int
    unit: str


def comparisons(group: Group) -> list[Comparison]:
    """The best configuration against each of the next ones; nothing where there is only one."""
    ranked = group.ranked[:TOP]
    if len(ranked) < 2:
        return []
    answers = [_answers(configuration) for configuration in ranked]
    if all(answers) and len({found[0].total for found in answers}) == len({_test_data(c) for c in ranked}) == 1:
        return [_by_example(answers[0], found, c.label) for found, c in zip(answers[1:], ranked[1:], strict=True)]
    sign = 1 if group.mode == "max" else -1
    return [found for c in ranked[1:] if (found := _by_seed(ranked[0], c, sign)) is not None]


def explained(group: Group, found: Sequence[Comparison]) -> str:
    """What was resampled, and what that can and cannot say."""
    if not found:
        return "Nothing to compare: two configurations with finished runs of the same seeds are wanted."
    if found[0].unit == "test examples":
        seeds = sorted({len(c.scores) for c in group.ranked[:TOP]})
        counted = " or ".join(map(str, seeds)) + (" seed" if seeds == [1] else " seeds")
        return (
            f"Share of the test examples that are answered wholly right (errors.txt), the mean of {counted}; the "
            f"{found[0].pairs:,} test examples were resampled {TIMES:,} times, the same ones for both sides. The seeds "
            "are taken as they are: what other seeds would change is not in the interval. The best was chosen on "
            "validation, so that it need not be the best here; nothing is corrected for comparing several times."
        )
    pairs = max(c.pairs for c in found)
    said = f"Differences of {group.objective} between runs of the same seed. "
    if pairs < ENOUGH_SEEDS:
        said += f"With {pairs} seed{'s' * (pairs > 1)} no interval is given: even if all of them agreed, a sign test "
        said += f"could not go below p = {min(1.0, 2 / 2**pairs):.3g}. "
    else:
        said += f"The seeds were resampled {TIMES:,} times. "
    return said + "The best was chosen by the same scores, so that its lead is too large by what chance gave it."


def difference_strip(found: Sequence[Comparison], one: Comparison) -> Markup:
    """The difference and its interval, on an axis that has 0 on it and is the same for all."""
    ends = [v for c in found for v in (c.low, c.difference, c.high) if v is not None]
    axis = axis_of([0, *ends])
    parts = [line((FRAME.x(axis, 0), 0), (FRAME.x(axis, 0), FRAME.height), "zero")]
    said = f"{one.label}: {figure(one.difference)}"
    if one.low is not None and one.high is not None:
        parts.append(line((FRAME.x(axis, one.low), 13), (FRAME.x(axis, one.high), 13), "spread"))
        said += f", 95 % between {figure(one.low)} and {figure(one.high)}"
    parts.append(dot((FRAME.x(axis, one.difference), 13), "seed k0", said))
    return picture(FRAME, said, *parts)


def _answers(configuration: Configuration) -> list[Wrong]:
    """What each of its runs got wrong; nothing if one does not say."""
    found = [read_wrong(row.folder) for row in configuration.by_seed.values()]
    known = [wrong for wrong in found if wrong is not None]
    same = len({wrong.total for wrong in known}) == 1
    return known if len(known) == len(found) and same else []


def _test_data(configuration: Configuration) -> str:
    return str(sorted({str(_sha(row.facts)) for row in configuration.by_seed.values()}))


def _sha(facts: object) -> object:
    data = facts.get("data_sha256") if isinstance(facts, dict) else None
    return data.get("test") if isinstance(data, dict) else None


def _by_example(best: Sequence[Wrong], other: Sequence[Wrong], label: str) -> Comparison:
    """Resample the examples: how often each difference occurs among them is all that matters."""
    total = best[0].total
    wrong = {example for run in [*best, *other] for example in run.examples}
    differences = Counter(_share(other, example) - _share(best, example) for example in wrong)
    differences[0.0] += total - len(wrong)
    values = np.array(sorted(differences))
    chances = np.array([differences[value] for value in values]) / total
    drawn = np.random.default_rng(0).multinomial(total, chances, TIMES) @ values / total  # (TIMES,)
    return _compared(label, float(values @ chances), drawn, total, "test examples")


def _share(runs: Sequence[Wrong], example: tuple[str, int]) -> float:
    """Of the runs that got an example wrong."""
    return sum(example in run.examples for run in runs) / len(runs)


def _by_seed(best: Configuration, other: Configuration, sign: int) -> Comparison | None:
    """Resample the seeds that both were run with."""
    one, two = best.by_seed, other.by_seed
    pairs = [(one[seed].score, two[seed].score) for seed in one if seed in two]
    found = np.array([sign * (a - b) for a, b in pairs if a is not None and b is not None])
    if not len(found):
        return None
    if len(found) < ENOUGH_SEEDS:
        return Comparison(other.label, float(found.mean()), None, None, None, len(found), "seeds")
    drawn = np.random.default_rng(0).choice(found, (TIMES, len(found))).mean(axis=1)
    return _compared(other.label, float(found.mean()), drawn, len(found), "seeds")


def _compared(label: str, difference: float, drawn: np.ndarray, pairs: int, unit: str) -> Comparison:
    low, high = np.quantile(drawn, [0.025, 0.975]).round(12) + 0.0
    return Comparison(label, difference, float(low), float(high), float((drawn <= 1e-12).mean()), pairs, unit)
