"""A trial of a sweep: settings that were drawn, and what training with them came to.

Of a trial, the study keeps as user attributes: ``machine``, ``folder`` (in the sweep's), ``words`` (what trains it
again), ``scores`` (by seed), ``seconds`` (of its processes), and of one that failed ``error`` (its last line) and
``exit`` (the exit code, or a signal's name).
"""

import json
import math
import platform
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import Trial, TrialState

from seqmodels.callbacks.pruning import VARIABLE
from seqmodels.errors import Pruned
from seqmodels.sweeps.child import End, Run, metrics_of
from seqmodels.sweeps.definition import Definition, make_space
from seqmodels.sweeps.job import Job
from seqmodels.sweeps.space import draw, words
from seqmodels.sweeps.study import beat

TRIALS = "trials"
UNTESTED = ["test=false"]  # a trial must not look at the test split


def run_of(words: list[str], seed: int, folder: Path, definition: Definition) -> Run:
    """The run of these words in that folder, gone on with if it lies there."""
    path = str(folder).replace("'", "\\'")
    return Run([*definition.flags(), *words, f"seed={seed}", f"run_dir='{path}'", "resume=last"], folder)


def end_fault(run: Run, end: End) -> str | None:
    """What is wrong with how a run ended; None if it came to metrics."""
    if end.code:
        return end.error or "it said nothing"
    made = run.folder / "metrics.json"
    return None if metrics_of(run.folder) is not None else f"exit code 0, but {made} is not there"


def score_fault(metrics: Mapping[str, Any], objective: str) -> str | None:
    """What is wrong with a run's score; None if it is a number."""
    score = metrics.get(objective)
    return None if isinstance(score, int | float) and math.isfinite(score) else f"{objective}: {score} is no number"


class TrialJob(Job):
    """A trial: a run for every seed, until one fails.

    Args:
        trial: of the study.
        definition: of the sweep.
        folder: of the sweep.
        lock: see ``Job``.
    """

    def __init__(self, trial: Trial, definition: Definition, folder: Path, lock: int):
        super().__init__(lock)
        self.trial, self.definition, self.over = trial, definition, False
        place = Path(TRIALS, f"{trial.number:04d}")
        self.folders = {seed: folder / place / f"seed-{seed}" for seed in definition.run_seeds()}
        self.words = [*definition.overrides, *words(draw(make_space(definition.space), trial)), *UNTESTED]
        self.beat()
        self._note("machine", platform.node())
        self._note("folder", str(place))
        self._note("words", [*self.words, f"seed={','.join(map(str, self.folders))}"])

    def next(self) -> Run | None:
        scores: dict[int, float] = {}
        for seed, folder in self.folders.items():
            if self.over:
                return None
            metrics = metrics_of(folder)
            if metrics is None:
                return self._run(seed)
            if fault := score_fault(metrics, self.definition.objective):
                self._fail(fault, 0)
                return None
            scores[seed] = metrics[self.definition.objective]
        self._note("scores", {str(seed): score for seed, score in scores.items()})
        self._tell(TrialState.COMPLETE, fmean(scores.values()))
        return None

    def ended(self, run: Run, end: End) -> None:
        self._note("seconds", round(self.trial.user_attrs.get("seconds", 0.0) + end.seconds, 1))
        if end.code == Pruned.code and run.environment:
            self._tell(TrialState.PRUNED)
        elif fault := end_fault(run, end):
            self._fail(fault, end.name)

    def beat(self) -> None:
        beat(self.trial)

    def _run(self, seed: int) -> Run:
        run = run_of(self.words, seed, self.folders[seed], self.definition)
        if self.definition.pruner == "none" or seed != self.definition.seed:
            return run  # the first seed's run is held against those of other trials
        told = {"storage": self.definition.storage, "study": self.definition.study_name, "number": self.trial.number}
        told |= {"pruner": self.definition.pruner, "monitor": self.definition.objective}
        return run._replace(environment={VARIABLE: json.dumps(told)})

    def _fail(self, fault: str, name: int | str) -> None:
        self._note("error", fault)
        self._note("exit", name)
        self._tell(TrialState.FAIL)
        self.told = f"trial {self.trial.number} failed ({name}): {fault}"

    def _note(self, name: str, value: Any) -> None:
        try:
            self.trial.set_user_attr(name, value)
        except UpdateFinishedTrialError:
            return  # this machine slept, and others took the trial for lost

    def _tell(self, state: TrialState, value: float | None = None) -> None:
        self.over = True
        try:
            self.trial.study.tell(self.trial.number, value, state)
        except (UpdateFinishedTrialError, ValueError):
            return
