"""The study of a sweep: Optuna's, in a database that many processes work on."""

import platform
import warnings
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import ExperimentalWarning, UpdateFinishedTrialError
from optuna.storages import RDBStorage
from optuna.study import Study
from optuna.trial import FrozenTrial, Trial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from seqmodels.callbacks.pruning import PrunerName
from seqmodels.errors import InputError
from seqmodels.sweeps.definition import Definition, Direction, make_space
from seqmodels.sweeps.locks import locked
from seqmodels.sweeps.pruners import make_pruner
from seqmodels.sweeps.samplers import make_sampler
from seqmodels.sweeps.space import grid

HEARTBEAT, GRACE = 30, 180  # seconds between two signs of life, and after which there is none
PATIENCE = 120  # seconds that a process waits for another to let go of an SQLite file
TAKING = ".taking"  # the lock under which a trial is taken


def open_study(definition: Definition, folder: Path) -> Study:
    """The study of a sweep, made if it is not there; a grid's trials wait in it.

    Raises:
        InputError: the database cannot be used.
    """
    with locked(folder / TAKING):
        study = _study(definition.storage, definition.study_name, definition.pruner, definition.direction)
        if definition.sampler == "grid":
            _enqueue(study, definition)
    return study


def close_study(study: Study) -> None:
    """Close the connections to its database."""
    storage: Any = study._storage
    storage.remove_session()
    storage._backend.engine.dispose()


def _enqueue(study: Study, definition: Definition) -> None:
    """Put every combination into the queue that is not there yet: whoever did it before may have been killed."""
    there = [trial.system_attrs.get("fixed_params") for trial in study.get_trials(deepcopy=False)]
    wanted = [drawn for _, drawn in zip(range(definition.trials), grid(make_space(definition.space)), strict=False)]
    for drawn in wanted:
        if drawn not in there:
            study.enqueue_trial(drawn)


def running_trial(storage: str, study: str, number: int, pruner: PrunerName) -> Trial:
    """A trial that runs, for the process that does its run.

    Args:
        storage: of the study, a URL.
        study: its name.
        number: of the trial.
        pruner: the study's.
    """
    found = _study(storage, study, pruner, None)
    return Trial(found, found._storage.get_trial_id_from_study_id_trial_number(found._study_id, number))


def ask(study: Study, definition: Definition) -> Trial:
    """The next trial, of a sampler with a seed of its own."""
    study.sampler = make_sampler(definition.sampler, definition.seed, len(study.get_trials(deepcopy=False)))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Heartbeat of storage is supposed")  # by us: see beat
        return study.ask()


def again(study: Study, trial: FrozenTrial, definition: Definition) -> Trial:
    """A trial that was cut off, to go on with; what it was not given yet, it is given as it would have been."""
    study.sampler = make_sampler(definition.sampler, definition.seed, trial.number)
    return Trial(study, trial._trial_id)


def running(study: Study, trial: FrozenTrial) -> bool:
    """Whether a trial that ran a moment ago still has not ended."""
    return study._storage.get_trial(trial._trial_id).state is TrialState.RUNNING


def beat(trial: Trial) -> None:
    """Give a sign of life."""
    trial.storage.record_heartbeat(trial._trial_id)  # type: ignore[attr-defined]


def fail_lost(study: Study) -> None:
    """Give up the trials whose machine gave no sign of life for long; others with their settings wait instead.

    Of those of this machine, their locks say more.
    """
    storage = study._storage
    for lost in storage._get_stale_trial_ids(study._study_id):  # type: ignore[attr-defined]
        if storage.get_trial_user_attrs(lost).get("machine") == platform.node():
            continue
        try:
            storage.set_trial_user_attr(lost, "error", f"no sign of life from its machine for {GRACE} s")
            storage.set_trial_user_attr(lost, "lost", True)
            if storage.set_trial_state_values(lost, TrialState.FAIL):
                trial = storage.get_trial(lost)
                study.enqueue_trial(trial.params, user_attrs={"instead_of": trial.number})
        except UpdateFinishedTrialError:
            continue  # another process was faster


def counted(study: Study) -> list[FrozenTrial]:
    """All trials but those that were lost with their machine."""
    return [trial for trial in study.get_trials(deepcopy=False) if not trial.user_attrs.get("lost")]


def _study(storage: str, name: str, pruner: PrunerName, direction: Direction | None) -> Study:
    """A study; made if a direction is given and it is not there."""
    sqlite = storage.startswith("sqlite:")
    arguments = {"connect_args": {"timeout": PATIENCE}} if sqlite else {"pool_pre_ping": True}
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)  # heartbeats are there since Optuna 2.5
            opened = RDBStorage(storage, engine_kwargs=arguments, heartbeat_interval=HEARTBEAT, grace_period=GRACE)
        if direction is None:
            return optuna.load_study(study_name=name, storage=opened, pruner=make_pruner(pruner))
        return optuna.create_study(
            study_name=name, storage=opened, pruner=make_pruner(pruner), direction=direction, load_if_exists=True
        )
    except (SQLAlchemyError, ImportError, OSError, KeyError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())[:300]
        raise InputError(f"storage={storage}: the study {name!r} cannot be opened there ({reason})") from error
