"""A sweep from its definition to its tables."""

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

import optuna

from seqmodels.sweeps.child import PROGRAM
from seqmodels.sweeps.definition import Definition
from seqmodels.sweeps.finalists import Finalists, read_finalists
from seqmodels.sweeps.job import Queue
from seqmodels.sweeps.progress import Progress
from seqmodels.sweeps.shares import shares, told, visible_gpus
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
    elsewhere = definition.launcher == "submitit"  # where a job has the GPUs that its cluster gives it
    machine = (definition.workers, definition.threads, [] if elsewhere else visible_gpus())
    print(told(*machine), flush=True)
    jobs = Jobs(definition, folder) if elsewhere else None
    workers = Workers([], program, jobs.alive) if jobs else Workers(shares(*machine), program)
    kinds: list[type[Trials | Finalists]] = [Trials, Finalists] if definition.finalists else [Trials]
    try:
        # The finalists are known when the trials are done, so one queue is made after another.
        stopped, left = _worked((kind(study, definition, folder) for kind in kinds), workers)
    finally:
        if jobs:
            jobs.cancel()
    return max(_told(study, definition, folder, stopped), int(left > 0))


def _worked(queues: Iterable[Queue], workers: Workers) -> tuple[int, int]:
    """Work on one queue after another: the number of the signal that stopped it, and how many jobs are left."""
    progress = Progress()
    for queue in queues:
        stopped = workers.work(queue, progress)
        left = queue.counts().total - queue.counts().ended
        if left and not stopped:
            print(f"all workers have ended, and {left} {queue.what} are left; go on with resume=DIR", flush=True)
        if stopped or left:
            return stopped, left
    return 0, 0


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
