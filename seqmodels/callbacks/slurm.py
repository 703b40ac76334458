"""Back into Slurm's queue, when it takes the machine away."""

import os
import subprocess
import sys

from lightning_fabric.plugins.environments.slurm import SLURMEnvironment
from pytorch_lightning import Trainer


def requeue_signal(trainer: Trainer) -> int | None:
    """The signal at which Lightning's Slurm plugin queues a job again; None outside Slurm, or if it was told not to."""
    cluster = trainer._accelerator_connector.cluster_environment
    if not isinstance(cluster, SLURMEnvironment) or not cluster.auto_requeue:
        return None
    return None if cluster.requeue_signal is None else int(cluster.requeue_signal)


def requeue() -> None:
    """Ask Slurm to start this job again, as Lightning's plugin does once it has saved a checkpoint of its own."""
    array = os.environ.get("SLURM_ARRAY_JOB_ID")
    job = f"{array}_{os.environ['SLURM_ARRAY_TASK_ID']}" if array else os.environ["SLURM_JOB_ID"]
    try:
        done = subprocess.run(["scontrol", "requeue", job], capture_output=True, text=True)  # noqa: S603, S607
        said = "requeued" if done.returncode == 0 else f"not requeued: {done.stderr.strip()}"
    except OSError as error:
        said = f"not requeued: scontrol: {error.strerror}"
    print(f"Slurm job {job}: {said}", file=sys.stderr)
