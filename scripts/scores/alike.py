"""Whether runs make a row: all that it wants, and runs of the same."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from scores.runs import Run
from scores.wanted import Wanted
from seqmodels.pages.settings import key as key_of
from seqmodels.pages.settings import leaves

SPLIT_SEED = "data.split.seed"
WITH = "--with"


def unfit(row: Wanted, runs: Sequence[Run], commits_differ: bool) -> Iterable[str]:
    """Why runs do not make a row."""
    yield from _incomplete(row, runs)
    for run in runs:
        yield from _missing(row, run)
    yield from _differences(row, runs, commits_differ)


def _incomplete(row: Wanted, runs: Sequence[Run]) -> Iterable[str]:
    """Which runs are there twice or are lacking, alone and together."""
    for i, run in enumerate(runs):
        same = [other.folder for other in runs[:i] if which_of(row, other) == which_of(row, run)]
        if same:
            which = ", ".join(f"{name} {value}" for name, value in which_of(row, run).items())
            yield f"{row.name}: {which} stands in {same[0]} and in {run.folder}; leave one out"
    values = [list(dict.fromkeys(each)) for each in zip(*(which_of(row, run).values() for run in runs), strict=True)]
    if math.prod(map(len, values)) > len(runs):
        yield f"{row.name}: {len(runs)} runs found, wanted one for each of {' and each of '.join(map(str, values))}"
    if row.together:
        members = [1 + len(partners(row, run)) for run in runs if run.scores(row.saved)]
        if members != [len(runs)]:
            yield f"{row.name}: evaluations of {members} runs together found, wanted one of all {len(runs)}"
        for run in runs if members == [len(runs)] else ():
            others = {"/".join(other.folder.resolve().parts[-2:]) for other in runs if other is not run}
            if run.scores(row.saved) and (strange := partners(row, run) - others):
                named = ", ".join(sorted(strange))
                yield f"{row.name}: {run.folder} answered together with {named}: none of the row's runs"


def _missing(row: Wanted, run: Run) -> Iterable[str]:
    """What a row wants of a run, and it lacks."""
    scores = run.scores(row.saved)
    if scores is None:
        if not row.together:
            yield f"{run.folder}: no scores/{row.saved}.json, which the row {row.name} wants: {evaluation(row, run)}"
        return
    now = run.facts.get("weights_sha256")
    if row.saved and now is not None and run.saved.get(row.saved, {}).get("weights_sha256") != now:
        yield f"{run.folder}: scores/{row.saved}.json is of other weights than the run has now: {evaluation(row, run)}"
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
        **({"its evaluation": lambda run: evaluation(row, run)} if row.saved and not row.together else {}),
        "device": lambda run: run.device,
        "torch": lambda run: run.facts.get("versions", {}).get("torch"),
    }
    if not commits_differ:
        facts["git_commit"] = lambda run: run.facts["git_commit"]
        if row.saved and not row.together:
            facts["git_commit of its evaluation"] = lambda run: run.saved.get(row.saved or "", {}).get("git_commit")
    for run in others:
        if row.saved and not row.together and run.scores(row.saved) is None:
            continue  # told already
        theirs = _settings(row, run)
        keys = [key for key in dict.fromkeys([*settings, *theirs]) if settings.get(key) != theirs.get(key)]
        pairs = [(key, settings.get(key), theirs.get(key)) for key in keys]
        pairs += [(name, read(first), read(run)) for name, read in facts.items() if read(first) != read(run)]
        for key, one, other in pairs:
            hint = "; --commits-differ takes them all the same" if key.startswith("git_commit") else ""
            yield f"{row.name}: {key} is {one!r} in {first.folder} and {other!r} in {run.folder}{hint}"


def _settings(row: Wanted, run: Run) -> dict[str, Any]:
    """All settings that are the same in runs of a row."""
    return {
        name: value
        for name, value in leaves(run.config)
        if name not in row.over and not (row.splits and name == SPLIT_SEED)
    }


def which_of(row: Wanted, run: Run) -> dict[str, Any]:
    """What tells a run from the others of its row: the seed, and what a row is over."""
    said = {key_of(word): word.partition("=")[2] for word in run.settings}
    return {"seed": run.facts["seed"], **{name: said[name] for name in row.over}}


def evaluation(row: Wanted, run: Run) -> str:
    """The command that saves the scores of a row as it was done for a run, whichever runs answered with it."""
    words = _words(row, run)
    named = ["RUN" if before == WITH else word for before, word in zip(["", *words], words, strict=False)]
    return " ".join(["seqmodels", *named])


def _words(row: Wanted, run: Run) -> list[str]:
    """The words of that command, --with=RUN as two."""
    if row.saved is None:
        return []
    saved = run.saved.get(row.saved, {})
    words = map(str, saved.get("words", ["evaluate", "RUN", "...", "--save", row.saved]))
    return [part for word in words for part in (word.split("=", 1) if word.startswith(f"{WITH}=") else [word])]


def partners(row: Wanted, run: Run) -> set[str]:
    """The other runs that answered together with a run."""
    words = _words(row, run)
    return {word for before, word in zip(["", *words], words, strict=False) if before == WITH}
