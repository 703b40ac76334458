"""How far back each model remembers in each task."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import mean
from typing import NamedTuple

from scores.runs import Run, key

from seqmodels.errors import InputError


class Measure(NamedTuple):
    """What counts in a task.

    Args:
        metric: its name.
        solved: from where on the task counts as solved.
        more: whether more of it is better.
        split: what further test splits are called before their number.
        test: the setting that says the number of the test split; None where all examples are alike.
        said: what stands beside its axis.
        asked: what its number counts.
    """

    metric: str
    solved: float
    more: bool
    split: str
    test: str | None
    said: str
    asked: str


MEASURES = {
    "adding": Measure("mse", 1e-3, False, "length", "longest", "adding: squared error", "numbers"),
    "copy_memory": Measure("recall", 0.99, True, "delay", "longest", "copying: symbols right", "steps between"),
    "parity": Measure("accuracy", 0.99, True, "length", "length", "parity: steps right", "bits (taught: up to 40)"),
    "digit_rows": Measure("accuracy", 0.975, True, "", None, "digits by rows: right", ""),
}


class Remembered(NamedTuple):
    """What a model, or the floor, reaches in a task.

    Args:
        task: its name.
        model: its encoder's choice, or the floor's name.
        scores: by length, of every seed.
    """

    task: str
    model: str
    scores: Mapping[int, list[float]]

    @property
    def means(self) -> dict[int, float]:
        """By length, over seeds."""
        return {length: mean(scores) for length, scores in sorted(self.scores.items())}

    @property
    def reach(self) -> int | None:
        """The greatest length up to which the task is solved; None if it is not at the least."""
        measure, reached = MEASURES[self.task], None
        for length, score in self.means.items():
            if (score >= measure.solved) != measure.more and score != measure.solved:
                break
            reached = length
        return reached


def remembered(runs: Iterable[Run]) -> list[Remembered]:
    """Scores of runs by task and model, seeds together, in the order of the tasks and runs; the floor last.

    Raises:
        InputError: a run is of another task, its command line names no encoder, or another seed is there twice.
    """
    found: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    floors: dict[tuple[str, str], dict[int, list[float]]] = {}
    seen: set[tuple[str, str, int]] = set()
    for run in sorted(runs, key=lambda run: list(MEASURES).index(run.task) if run.task in MEASURES else -1):
        if run.task not in MEASURES:
            raise InputError(f"{run.folder}: task {run.task} found, wanted one of: {', '.join(MEASURES)}")
        model = model_of(run)
        if (one := (run.task, model, run.facts["seed"])) in seen:
            raise InputError(f"{run.folder}: a second run of {run.task}, {model}, seed {one[2]}; leave one out")
        seen.add(one)
        for length, score in _scores(run).items():
            found[run.task, model][length].append(score)
        for name, start in _floors(run).items():
            floors[run.task, name] = {length: [score] for length, score in _scores(run, start).items()}
    return [Remembered(task, name, dict(s)) for (task, name), s in (*found.items(), *floors.items())]


def model_of(run: Run) -> str:
    """The encoder that a run's command line chose.

    Raises:
        InputError: it chose none.
    """
    chosen = [word.partition("=")[2] for word in run.words if key(word) == "model/encoder"]
    if not chosen:
        raise InputError(f"{run.folder}: its command line chooses no model/encoder, by which it would be named")
    return chosen[-1]


def table(found: Iterable[Remembered]) -> str:
    """A Markdown table: a row a model and task, its score at every length, and up to where it is solved."""
    rows = ["| task | model | " + "score at length: mean of seeds | solved up to |", "|---|---|---|---|"]
    for one in found:
        scores = ", ".join(f"{length}: {score:.4g}".removeprefix("0: ") for length, score in one.means.items())
        reach = "not" if one.reach is None else one.reach or "yes"  # 0 where there is one length only
        rows.append(f"| {one.task} | {one.model} | {scores} | {reach} |")
    return "\n".join(rows)


def _scores(run: Run, below: str | None = None) -> dict[int, float]:
    """By length; of the model, or of a floor by what stands before its scores."""
    measure = MEASURES[run.task]
    tail = f"{below or ''}{measure.metric}"
    start = "" if below is None else "floor/"
    known = {}
    for name, score in run.metrics.items():
        if match := re.fullmatch(f"{start}{measure.split}(\\d+)/{tail}", name):
            known[int(match[1])] = score
    last = run.config["data"][measure.test] if measure.test else 0
    return known | {int(last): run.metrics[f"{'test' if below is None else 'floor'}/{tail}"]}


def _floors(run: Run) -> dict[str, str]:
    """What stands before the scores of each floor, by its name."""
    node = run.config["floor"]
    if "_target_" in node:
        return {f"floor: {node['_target_'].rpartition('.')[2]}": ""}
    return {f"floor: {name}": f"{name}/" for name in node}
