"""Runs of a sweep that are given up when others have done better by then."""

import json
import os
from typing import Any, Literal

from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.trainer.states import TrainerFn

from seqmodels.errors import InputError, Pruned
from seqmodels.types import NonNegative, check_choice

PrunerName = Literal["none", "median", "asha", "hyperband"]
VARIABLE = "SEQMODELS_TRIAL"  # of the environment: by it a sweep tells a run which trial it is


class Pruning(Callback):
    """Report every validation to a sweep's study, and give the run up when the study's pruner says so.

    Args:
        storage: of the study, a URL of SQLAlchemy's.
        study: its name.
        number: of the trial that this run is.
        pruner: see seqmodels.sweeps.pruners.
        monitor: the validated metric that is reported.

    Example:
        >>> from seqmodels.callbacks.pruning import Pruning
        >>> Pruning("sqlite:///study.db", "encoders", 7, "median", "val/accuracy").validations
        0
    """

    def __init__(self, storage: str, study: str, number: NonNegative, pruner: PrunerName, monitor: str):
        check_choice("pruner", pruner, PrunerName)
        self.where = (storage, study, number, pruner)
        self.monitor = monitor
        self.validations = 0
        self.trial: Any = None  # Optuna's, from the first validation on

    def state_dict(self) -> dict[str, Any]:
        return {"validations": self.validations}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.validations = state_dict["validations"]

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.state.fn is not TrainerFn.FITTING or trainer.sanity_checking:
            return
        found = trainer.callback_metrics.get(self.monitor)
        if found is None:
            there = ", ".join(sorted(map(str, trainer.callback_metrics)))
            raise InputError(f"objective={self.monitor}: no such metric was validated, wanted one of: {there}")
        self.validations += 1
        hopeless = self._hopeless(float(found)) if trainer.is_global_zero else False
        if trainer.strategy.broadcast(hopeless):
            raise Pruned(float(found), self.validations)

    def _hopeless(self, score: float) -> bool:
        if self.trial is None:
            from seqmodels.sweeps.study import running_trial  # Optuna is not needed for any other run

            self.trial = running_trial(*self.where)
        # One that was cut off behind a report, and before its checkpoint, comes here again with the same score.
        if (
            score == score
            and self.validations not in self.trial.storage.get_trial(self.trial._trial_id).intermediate_values
        ):
            self.trial.report(score, self.validations)
        return bool(self.trial.should_prune())


def pruning() -> list[Pruning]:
    """The callback of a run that a sweep started and wants pruned; none for any other run."""
    told = os.environ.get(VARIABLE)
    return [Pruning(**json.loads(told))] if told else []
