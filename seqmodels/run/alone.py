"""A run's folder for one process alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lightning_fabric.utilities.rank_zero import _get_rank

from seqmodels.errors import InputError

LOCK = "running.lock"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have a run's folder for as long as the block takes: two trainings in it would overwrite each other's files.

    Whatever ends the process, kill -9 too, opens the lock. Further processes of the same run, which Lightning starts,
    have none of their own; nor is there one on Windows, or where the file system has no locks.

    Raises:
        InputError: another process trains there now.
    """
    if os.name == "nt" or (_get_rank() or 0) > 0:
        yield
        return
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError:  # told by whatever has to write there
        yield
        return
    try:
        if not _locked(handle, folder / LOCK):
            raise InputError(f"run_dir={folder}: another process trains there now; wait for it, or name another folder")
        try:
            yield
        finally:
            (folder / LOCK).unlink(missing_ok=True)
            with suppress(OSError):  # of a run that was refused nothing is left
                for place in missing:
                    place.rmdir()
    finally:
        os.close(handle)


def _locked(handle: int, path: Path) -> bool:
    import fcntl  # not on Windows

    try:
        # By process, not by handle: what a loader's workers inherit would hold it for longer.
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # no locks here
    try:
        return os.fstat(handle).st_ino == path.stat().st_ino
    except FileNotFoundError:  # whose it was has just ended, and removed it
        return False
