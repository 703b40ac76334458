"""A sweep from its definition to its tables."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import optuna

from seqmodels.sweeps.child import PROGRAM
from seqmodels.sweeps.definition import Definition
from seqmodels.sweeps.finalists import Finalists, read_finalists
from seqmodels.sweeps.progress import Progress
from seqmodels.sweeps.slurm import Jobs
from seqmodels.sweeps.study import close_study, open_study
from seqmodels.sweeps.table import show_finalists, show_trials
from seqmodels.sweeps.trials import Trials
from seqmodels.sweeps.workers import Workers


def sweep(definition: Definition, folder: Path, program: Sequence[str] = PROGRAM) -> int:
    """Begin a sweep, join it, or go on with it: what is done is left, what was cut off is gone on with.

    Args:
        definition: of the sweep, as it stands in its folder.
        folder: of the sweep.
        program: that knows ``train``.

    Returns:
        The exit code: 0; 1 if a run failed; 128 + the number of the signal that stopped it.

    Raises:
        InputError: the study cannot be opened.
    """
    folder = folder.absolute()
    study = open_study(definition, folder)
    try:
        return _done(study, definition, folder, program)
    finally:
        close_study(study)


def _done(study: optuna.Study, definition: Definition, folder: Path, program: Sequence[str]) -> int:
    """Do what there is to do, and show what it came to."""
    print(f"{definition.name}: {definition.trials} trials, {definition.sampler}, in {folder}")
    print(f"{definition.workers} at a time, threads: {definition.threads} each", flush=True)
    jobs = Jobs(definition, folder) if definition.launcher == "submitit" else None
    count = 0 if jobs else definition.workers
    workers = Workers(count, definition.threads, program, *([jobs.alive] if jobs else []))
    progress, left = Progress(), 0
    queues = [Trials, Finalists] if definition.finalists else [Trials]
    stopped = 0
    for queue in (made(study, definition, folder) for made in queues):
        stopped = workers.work(queue, progress)
        left = queue.counts().total - queue.counts().ended
        if stopped or left:
            break
    if jobs:
        jobs.cancel()
    if left and not stopped:
        print(f"all jobs have ended, and {left} {queue.what} are left", flush=True)
    return max(_told(study, definition, folder, stopped), int(left > 0))


def _told(study: optuna.Study, definition: Definition, folder: Path, stopped: int) -> int:
    """Show what there is."""
    show_trials(study, definition.objective)
    entries = read_finalists(folder)
    if entries:
        show_finalists(entries, definition.objective)
    if stopped:
        print(f"stopped; `seqmodels sweep resume={shlex.quote(str(folder))}` goes on", flush=True)
        return 128 + stopped
    print(f"the sweep lies in {folder}", flush=True)
    failed = any(trial.state.name == "FAIL" for trial in study.get_trials(deepcopy=False))
    return int(failed or any(entry["errors"] for entry in entries))
