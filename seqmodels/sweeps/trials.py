"""The trials of a sweep, which its workers take one by one; and those that are finished, the best first."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

from seqmodels.sweeps.definition import Definition
from seqmodels.sweeps.job import Counts, Job, Queue
from seqmodels.sweeps.locks import locked, try_lock
from seqmodels.sweeps.study import TAKING, again, ask, counted, fail_lost, running
from seqmodels.sweeps.trial import TRIALS, TrialJob


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
            if len(begun) >= self._total(trials):
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
        return Counts(
            self._total(trials),
            there[TrialState.COMPLETE],
            there[TrialState.RUNNING],
            there[TrialState.PRUNED],
            there[TrialState.FAIL],
            _best(ranked(self.study)),
        )

    def _total(self, trials: Sequence[FrozenTrial]) -> int:
        """How many there are to be; a grid may have fewer than were asked for."""
        asked = self.definition.trials
        return min(len(trials), asked) if self.definition.sampler == "grid" else asked

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
