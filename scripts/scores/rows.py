"""Rows of results, each from all runs of one command."""

import math
import shlex
import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from scores.alike import evaluation, unfit, which_of
from scores.runs import Run
from scores.wanted import ANY, Wanted
from seqmodels.errors import InputError
from seqmodels.pages.settings import key as key_of

Row = dict[str, Any]


def rows_of(runs: Sequence[Run], wanted: Sequence[Wanted], commits_differ: bool = False) -> list[Row]:
    """A row for every one that some of the runs belong to.

    Args:
        runs: finished ones.
        wanted: all rows that there can be.
        commits_differ: accept runs of one row that were made by different commits.

    Raises:
        InputError: a run belongs to no row, or the runs of a row are not runs of the same.
    """
    faults = [fault for run in runs for fault in _stray(run, wanted)]
    rows = []
    for row in wanted:
        mine = [run for run in runs if _belongs(run, row)]
        if not any(run.scores(row.saved) for run in mine):
            continue  # no run of this row, or none of the evaluations that it wants
        found = list(unfit(row, mine, commits_differ))
        faults += found
        if not found:
            rows.append(_row(row, mine))
    if faults:
        raise InputError(list(dict.fromkeys(faults)))
    return rows


def _belongs(run: Run, row: Wanted) -> bool:
    settings = [f"{key_of(word)}={ANY}" if key_of(word) in row.over else word for word in run.settings]
    return (run.task, run.experiment, sorted(settings)) == (row.task, row.experiment, sorted(row.settings))


def _stray(run: Run, wanted: Sequence[Wanted]) -> Iterable[str]:
    if any(_belongs(run, row) for row in wanted):
        return
    near = dict.fromkeys(" ".join(row.words) for row in wanted if row.task == run.task)
    said = " ".join([f"task={run.task}", *([f"experiment={run.experiment}"] if run.experiment else []), *run.settings])
    hint = f"; there are rows for: {', '.join(near)}" if near else ""
    yield f"{run.folder}: {said}: rows.yaml has no row for it{hint}"


def _row(row: Wanted, runs: Sequence[Run]) -> Row:
    runs = sorted(runs, key=lambda run: int(run.facts["seed"]))
    evaluated = [run for run in runs if run.scores(row.saved)]
    found = [run.scores(row.saved) or {} for run in evaluated]
    scores = [metrics[row.key] for metrics in found]
    if not all(map(math.isfinite, scores)):
        raise InputError(f"{row.name}: {row.key} is {scores} in its runs, wanted finite numbers: did one diverge?")
    floors = [metrics[row.floor] for metrics in found if row.floor in metrics]
    members = len(runs) if row.together else 1
    minutes = members * statistics.fmean(run.metrics["seconds"] for run in runs) / 60
    seeds = list(dict.fromkeys(run.facts["seed"] for run in runs))
    return {
        "task": row.name,
        "data": row.data,
        "metric": row.metric,
        "better": row.better,
        "score": _rounded(statistics.fmean(scores)),
        "spread": _rounded(statistics.stdev(scores)) if len(scores) > 1 else None,
        "seeds": seeds,
        "over": {name: [which_of(row, run)[name] for run in runs] for name in row.over},
        "floor": {"name": row.floor_name, "score": _rounded(statistics.fmean(floors)) if floors else None},
        "anchors": list(row.anchors),
        "target": row.target,
        "within": row.within,
        "goal": row.goal,
        "met": None,  # decided when all rows are there
        "parameters": members * runs[0].metrics["parameters"],
        "minutes": float(f"{minutes:.3g}"),
        "device": runs[0].device,
        "command": "seqmodels "
        + shlex.join(["train", *_multirun(runs), *_filled(row, runs), f"seed={','.join(map(str, seeds))}"])
        + (f"; {evaluation(row, evaluated[0])}" if row.saved else ""),
        "commit": ", ".join(dict.fromkeys(str(run.facts["git_commit"]) for run in runs)),
    }


def _multirun(runs: Sequence[Run]) -> list[str]:
    return ["-m"] if len(runs) > 1 else []


def _filled(row: Wanted, runs: Sequence[Run]) -> list[str]:
    """The words of the row's command line, with all values that its runs have where it is over any."""
    values = {name: dict.fromkeys(which_of(row, run)[name] for run in runs) for name in row.over}
    return [
        f"{key_of(word)}={','.join(values[key_of(word)])}" if word.endswith(f"={ANY}") else word for word in row.words
    ]


def _rounded(value: float) -> float:
    return round(value, 6)


def merged(before: Sequence[Row], new: Sequence[Row], wanted: Sequence[Wanted]) -> list[Row]:
    """All rows in the order of rows.yaml, new ones in the place of older ones; those that it no longer has are gone.

    What a row is held against, and whether that is met, is decided here: a target may stand above another row.
    """
    there = {(row["task"], row["metric"]): dict(row) for row in [*before, *new]}
    order = {(row.name, row.metric): row for row in wanted}
    rows = []
    for key, asked in order.items():
        if key in there:
            row = there[key] | {"anchors": list(asked.anchors), "within": asked.within, "goal": asked.goal}
            row["target"], row["of"] = _target(asked, there)
            rows.append(row | {"met": _met(row)})
    return rows


def _target(asked: Wanted, there: dict[tuple[str, str], Row]) -> tuple[float | None, str | None]:
    """The score to reach, and what it depends on."""
    if not isinstance(asked.target, dict):
        return asked.target, None
    above, by = asked.target["above"], asked.target["by"]
    other = there.get((above, asked.metric))
    return (_rounded(other["score"] + by) if other else None), f"{by} above {above}"


def _met(row: Row) -> bool | None:
    if row["target"] is None:
        return None
    reached = row["score"] >= row["target"] if row["better"] == "more" else row["score"] <= row["target"]
    return bool(reached and (row["within"] is None or row["minutes"] <= row["within"]))
