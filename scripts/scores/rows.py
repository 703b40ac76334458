"""Rows of results, each from all runs of one command."""

import math
import shlex
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from scores.runs import Run
from scores.wanted import ANY, Wanted
from seqmodels.errors import InputError
from seqmodels.pages.settings import key as key_of
from seqmodels.pages.settings import leaves

Row = dict[str, Any]
SPLIT_SEED = "data.split.seed"
WITH = "--with"


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
        found = list(_unfit(row, mine, commits_differ))
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


def _unfit(row: Wanted, runs: Sequence[Run], commits_differ: bool) -> Iterable[str]:
    """Why runs do not make a row."""
    yield from _incomplete(row, runs)
    for run in runs:
        yield from _missing(row, run)
    yield from _differences(row, runs, commits_differ)


def _incomplete(row: Wanted, runs: Sequence[Run]) -> Iterable[str]:
    """Which runs are there twice or are lacking, alone and together."""
    for i, run in enumerate(runs):
        same = [other.folder for other in runs[:i] if _which(row, other) == _which(row, run)]
        if same:
            which = ", ".join(f"{name} {value}" for name, value in _which(row, run).items())
            yield f"{row.name}: {which} stands in {same[0]} and in {run.folder}; leave one out"
    values = [list(dict.fromkeys(each)) for each in zip(*(_which(row, run).values() for run in runs), strict=True)]
    if math.prod(map(len, values)) > len(runs):
        yield f"{row.name}: {len(runs)} runs found, wanted one for each of {' and each of '.join(map(str, values))}"
    if row.together:
        members = [1 + _words(row, run).count(WITH) for run in runs if run.scores(row.saved)]
        if members != [len(runs)]:
            yield f"{row.name}: evaluations of {members} runs together found, wanted one of all {len(runs)}"


def _missing(row: Wanted, run: Run) -> Iterable[str]:
    """What a row wants of a run, and it lacks."""
    scores = run.scores(row.saved)
    if scores is None:
        if not row.together:
            yield f"{run.folder}: no scores/{row.saved}.json, which the row {row.name} wants: {_evaluation(row, run)}"
        return
    if row.key not in scores:
        file = f"scores/{row.saved}.json" if row.saved else "metrics.json"
        yield f"{run.folder}: {file} has no {row.key}, which the row {row.name} wants"
    for key in ("seconds", "parameters"):
        if key not in run.metrics:
            yield f"{run.folder}: metrics.json has no {key}, which the row {row.name} wants"


def _differences(row: Wanted, runs: Sequence[Run], commits_differ: bool) -> Iterable[str]:
    """Why runs are not runs of the same, with other seeds."""
    first, *others = runs
    settings = _settings(row, first)
    facts: dict[str, Callable[[Run], Any]] = {
        **({} if row.splits or row.over else {"data_sha256": lambda run: run.facts["data_sha256"]}),
        **({"its evaluation": lambda run: _evaluation(row, run)} if row.saved and not row.together else {}),
        "device": lambda run: run.device,
        "torch": lambda run: run.facts.get("versions", {}).get("torch"),
    }
    if not commits_differ:
        facts["git_commit"] = lambda run: run.facts["git_commit"]
    for run in others:
        if row.saved and not row.together and run.scores(row.saved) is None:
            continue  # told already
        theirs = _settings(row, run)
        keys = [key for key in dict.fromkeys([*settings, *theirs]) if settings.get(key) != theirs.get(key)]
        pairs = [(key, settings.get(key), theirs.get(key)) for key in keys]
        pairs += [(name, read(first), read(run)) for name, read in facts.items() if read(first) != read(run)]
        for key, one, other in pairs:
            hint = "; --commits-differ takes them all the same" if key == "git_commit" else ""
            yield f"{row.name}: {key} is {one!r} in {first.folder} and {other!r} in {run.folder}{hint}"


def _settings(row: Wanted, run: Run) -> dict[str, Any]:
    """All settings that are the same in runs of a row."""
    return {
        name: value
        for name, value in leaves(run.config)
        if name not in row.over and not (row.splits and name == SPLIT_SEED)
    }


def _which(row: Wanted, run: Run) -> dict[str, Any]:
    """What tells a run from the others of its row: the seed, and what a row is over."""
    said = {key_of(word): word.partition("=")[2] for word in run.settings}
    return {"seed": run.facts["seed"], **{name: said[name] for name in row.over}}


def _row(row: Wanted, runs: Sequence[Run]) -> Row:
    runs = sorted(runs, key=lambda run: int(run.facts["seed"]))
    evaluated = [run for run in runs if run.scores(row.saved)]
    found = [run.scores(row.saved) or {} for run in evaluated]
    scores = [metrics[row.key] for metrics in found]
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
        "over": {name: [_which(row, run)[name] for run in runs] for name in row.over},
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
        + (f"; {_evaluation(row, evaluated[0])}" if row.saved else ""),
        "commit": ", ".join(dict.fromkeys(str(run.facts["git_commit"]) for run in runs)),
    }


def _multirun(runs: Sequence[Run]) -> list[str]:
    return ["-m"] if len(runs) > 1 else []


def _filled(row: Wanted, runs: Sequence[Run]) -> list[str]:
    """The words of the row's command line, with all values that its runs have where it is over any."""
    values = {name: dict.fromkeys(_which(row, run)[name] for run in runs) for name in row.over}
    return [
        f"{key_of(word)}={','.join(values[key_of(word)])}" if word.endswith(f"={ANY}") else word for word in row.words
    ]


def _evaluation(row: Wanted, run: Run) -> str:
    """The command that saves the scores of a row as it was done for a run, whichever runs answered with it."""
    words = _words(row, run)
    named = ["RUN" if before == WITH else word for before, word in zip(["", *words], words, strict=False)]
    return " ".join(["seqmodels", *named])


def _words(row: Wanted, run: Run) -> list[str]:
    if row.saved is None:
        return []
    saved = run.saved.get(row.saved, {})
    return [str(word) for word in saved.get("words", ["evaluate", "RUN", "...", "--save", row.saved])]


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
