"""What the command line sets for its whole process; a library must not, so `import seqmodels` sets none of it."""

import ctypes
import logging
import os
import sys
import warnings
from typing import Any

SPINS = "10000"
# For mallopt, from glibc's malloc.h. Its argument is an int, and a glibc may take no more than 32 MiB for the first.
M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -3, -1
KEPT, KEPT_AT_LEAST = 2**30, 2**25

_malloc: dict[str, int] = {}


def tune_process() -> None:
    """Spin less while waiting, and keep memory that was freed; what the user has set in the environment stays.

    To be called before torch is imported. The processes that Lightning starts are told by the same command line.
    """
    # Two busy processes on two cores slow each other 15 times by spinning for their turn; less spinning costs a quiet
    # machine 2-5 %. OpenMP reads this when torch is imported.
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    # By default every tensor of more than 32 MiB, and what lies free at the top of the heap, goes back to the system
    # and is fetched again in the next step, zeroed page by page.
    mine = {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"} & set(os.environ)
    if not mine and "glibc.malloc." not in os.environ.get("GLIBC_TUNABLES", ""):
        _keep_freed_memory()


def quiet() -> None:
    """Leave out what Lightning says on every run and the user cannot use."""
    for name in ("pytorch_lightning", "lightning.fabric", "pytorch_lightning.utilities.rank_zero", "torchtext"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # One loader worker is 2 times slower on a CPU, so the advice to have more is wrong here.
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    # Lightning 2.6 calls what torch 2.13 has renamed.
    warnings.filterwarnings("ignore", message=".isinstance\\(treespec, LeafSpec\\). is deprecated.*")
    # The steps are counted on from epoch to epoch, so a short epoch is logged too.
    warnings.filterwarnings("ignore", message=".*is smaller than the logging interval.*")
    # The folder is ours and new; the logger made it.
    warnings.filterwarnings("ignore", message=".*Checkpoint directory .* exists and is not empty.*")
    # Our own sampler gives each process its share, and does not repeat examples in evaluation.
    warnings.filterwarnings("ignore", message=".*it is recommended to use `Trainer\\(devices=1, num_nodes=1\\)`.*")


def process_settings() -> dict[str, Any]:
    """What is set, for the record: `malloc` is empty where nothing was, and GOMP_SPINCOUNT None."""
    return {"GOMP_SPINCOUNT": os.environ.get("GOMP_SPINCOUNT"), "malloc": dict(_malloc)}


def _keep_freed_memory() -> None:
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    try:
        libc.gnu_get_libc_version  # noqa: B018 - another libc's mallopt knows other numbers
        mallopt = libc.mallopt
    except AttributeError:
        return
    for name, number, sizes in (
        ("mmap_threshold", M_MMAP_THRESHOLD, (KEPT, KEPT_AT_LEAST)),
        ("trim_threshold", M_TRIM_THRESHOLD, (KEPT,)),
    ):
        taken = next((size for size in sizes if mallopt(number, size)), None)
        if taken is not None:
            _malloc[name] = taken
