"""What of the machine each of several runs side by side may have."""

import os
from collections.abc import Mapping, Sequence
from itertools import takewhile

GPUS = "CUDA_VISIBLE_DEVICES"
NONE = "NoDevFiles"  # of Slurm


def shares(workers: int, threads: int, gpus: Sequence[str]) -> list[Mapping[str, str]]:
    """The environment of every worker's runs: its threads, and its part of the GPUs.

    Several workers take the GPUs in turn, so that nobody has one that another could have alone; where there are fewer
    of them, some workers share one. A single worker has all.

    Args:
        workers: how many.
        threads: of each.
        gpus: their names, as ``visible_gpus`` has them.

    Example:
        >>> [share["CUDA_VISIBLE_DEVICES"] for share in shares(2, 1, ["0", "1", "2"])]
        ['0,2', '1']
    """
    found: list[Mapping[str, str]] = []
    for worker in range(workers):
        mine = gpus[worker::workers] or gpus[worker % len(gpus) :][:1] if gpus else []
        found.append({"OMP_NUM_THREADS": str(threads)} | ({GPUS: ",".join(mine)} if mine and workers > 1 else {}))
    return found


def visible_gpus() -> list[str]:
    """The names of the GPUs that this process may use; asking starts nothing on them."""
    named = os.environ.get(GPUS)
    if named is not None:
        names = [name.strip() for name in named.split(",")]
        return list(takewhile(lambda name: name and not name.startswith("-") and name != NONE, names))  # as CUDA does
    import torch

    return [str(number) for number in range(torch.cuda.device_count())]


def told(workers: int, threads: int, gpus: Sequence[str]) -> str:
    """How the machine is shared out, in a line.

    Example:
        >>> told(2, 4, ["0", "1"])
        '2 at a time, threads: 4 each, GPUs: 0 and 1'
    """
    parts = [share[GPUS] for share in shares(workers, threads, gpus) if GPUS in share]
    return f"{workers} at a time, threads: {threads} each" + (f", GPUs: {' and '.join(parts)}" if parts else "")
