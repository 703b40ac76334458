"""Who works on what: a lock that lasts as long as the process that has it, and its child, live."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def try_lock(path: Path) -> int | None:
    """Lock a file, making it.

    Whatever ends the process, kill -9 too, opens the lock; a child that inherits the handle holds it on.

    Args:
        path: the file; on a network folder it locks out other machines, too.

    Returns:
        The handle to close; None if another process has the lock.
    """
    return _lock(path, wait=False)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for a lock, and have it in the block."""
    handle = _lock(path, wait=True)
    assert handle is not None
    try:
        yield
    finally:
        os.close(handle)


def _lock(path: Path, wait: bool) -> int | None:
    import fcntl  # not on Windows, where no sweep begins

    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
