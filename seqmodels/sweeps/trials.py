"""The trials of a sweep: settings that were drawn, and what training with them came to.

Of a trial, the study keeps as user attributes: ``folder`` (from the sweep's), ``words`` (what trains it again),
``scores`` (by seed), ``seconds`` (of its processes), and of one that failed ``error`` (its last line) and ``exit`` (the
exit code, or a signal's name).
"""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from optuna.exceptions import UpdateFinishedTrialError
from optuna.study import Study
from optuna.trial import FrozenTrial, Trial, TrialState

from seqmodels.callbacks.pruning import VARIABLE
from seqmodels.errors import Pruned
from seqmodels.sweeps.child import End, Run, metrics_of
from seqmodels.sweeps.definition import Definition, make_space
from seqmodels.sweeps.job import Counts, Job, Queue
from seqmodels.sweeps.locks import locked, try_lock
from seqmodels.sweeps.space import draw, words
from seqmodels.sweeps.study import TAKING, again, ask, beat, counted, fail_lost, running

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
    return (
        None if metrics_of(run.folder) is not None else f"exit code 0, but {run.folder / 'metrics.json'} is not there"
    )


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


class Trials(Queue):
    """The trials of a sweep, as many as it is to have.

    Args:
        study: that keeps them.
        definition: of the sweep.
        folder: of the sweep.
    """

    what = "trials"

    def __init__(self, study: Study, definition: Definition, folder: Path):
        self.study, self.definition, self.folder = study, definition, folder

    def take(self) -> Job | None:
        with locked(self.folder / TAKING):
            if (job := self._cut_off()) is not None:
                return job
            fail_lost(self.study)
            trials = counted(self.study)
            begun = [trial for trial in trials if trial.state is not TrialState.WAITING]
            if len(begun) >= self.definition.trials or (
                self.definition.sampler == "grid" and len(begun) == len(trials)
            ):
                return None
            trial = ask(self.study, self.definition)
            lock = self._lock(trial.number)
            assert lock is not None, "the number of a new trial is taken"
            return TrialJob(trial, self.definition, self.folder, lock)

    def _cut_off(self) -> Job | None:
        for trial in counted(self.study):
            if trial.state is not TrialState.RUNNING or (lock := self._lock(trial.number)) is None:
                continue
            if running(self.study, trial):
                return TrialJob(again(self.study, trial, self.definition), self.definition, self.folder, lock)
            os.close(lock)  # whoever had it was just done
        return None

    def counts(self) -> Counts:
        trials = counted(self.study)
        there = {state: sum(trial.state is state for trial in trials) for state in TrialState}
        total = (
            self.definition.trials if self.definition.sampler != "grid" else min(len(trials), self.definition.trials)
        )
        return Counts(
            total,
            there[TrialState.COMPLETE],
            there[TrialState.RUNNING],
            there[TrialState.PRUNED],
            there[TrialState.FAIL],
            _best(ranked(self.study)),
        )

    def _lock(self, number: int) -> int | None:
        return try_lock(self.folder / TRIALS / f"{number:04d}" / ".lock")


def ranked(study: Study) -> list[FrozenTrial]:
    """The finished trials, the best first, each configuration once."""
    sign = -1 if study.direction.name == "MAXIMIZE" else 1
    done = [trial for trial in study.get_trials(deepcopy=False) if trial.state is TrialState.COMPLETE]
    done.sort(key=lambda trial: (sign * (trial.value or 0.0), trial.number))
    once: dict[str, FrozenTrial] = {}
    for trial in done:
        once.setdefault(json.dumps(trial.params, sort_keys=True), trial)
    return list(once.values())


def _best(trials: list[FrozenTrial]) -> str:
    return f"best {trials[0].value:.4f} (trial {trials[0].number})" if trials else ""
