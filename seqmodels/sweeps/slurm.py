"""Workers on other machines, through submitit: each is a job that goes on with the sweep."""

import sys
import time
from pathlib import Path
from typing import Any

from seqmodels.errors import InputError
from seqmodels.sweeps.child import worker
from seqmodels.sweeps.definition import Definition

PATIENCE = 30.0  # seconds that a process may take to end


class Jobs:
    """As many jobs as a sweep is to have workers; without Slurm here, submitit starts processes.

    Args:
        definition: of the sweep.
        folder: of the sweep, which the jobs see too.

    Raises:
        InputError: submitit is not installed, or refuses its parameters.
    """

    def __init__(self, definition: Definition, folder: Path):
        try:
            import submitit
        except ImportError as error:
            raise InputError("launcher=submitit: it is not installed; pip install -e '.[sweep]'") from error
        executor = submitit.AutoExecutor(folder=folder / "jobs")
        try:
            executor.update_parameters(**definition.slurm or {})
        except (NameError, TypeError, ValueError) as error:
            raise InputError(f"slurm={definition.slurm}: {' '.join(str(error).split())}") from error
        place = str(folder.absolute()).replace("'", "\\'")
        trusted = [word for package in definition.trust or [] for word in ("--trust", package)]
        words = ["sweep", *trusted, f"resume='{place}'", "workers=1", f"threads={definition.threads}", "launcher=local"]
        self.here = executor.cluster == "local"
        self.jobs: list[Any] = [executor.submit(worker, words) for _ in range(definition.workers)]
        print(f"submitted {', '.join(job.job_id for job in self.jobs)} ({executor.cluster}); their logs: {folder}/jobs")
        sys.stdout.flush()

    def alive(self) -> bool:
        """Whether one of them waits or runs."""
        return not all(job.done() for job in self.jobs)

    def cancel(self) -> None:
        """End them: their workers save what is under way, a while longer than this waits. Nobody takes it meanwhile."""
        for job in self.jobs:
            job.cancel(check=False)
        until = time.monotonic() + PATIENCE
        while self.here and self.alive() and time.monotonic() < until:
            time.sleep(0.05)
