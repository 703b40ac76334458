"""What a worker takes from a sweep, and does without asking again."""

import os
from abc import ABC, abstractmethod
from typing import NamedTuple

from seqmodels.sweeps.child import End, Run


class Counts(NamedTuple):
    """Where a sweep stands.

    Args:
        total: how many there are to do.
        done, running, pruned, failed: how many of them.
        best: what the progress line says of the best.
    """

    total: int
    done: int = 0
    running: int = 0
    pruned: int = 0
    failed: int = 0
    best: str = ""

    @property
    def ended(self) -> int:
        return self.done + self.pruned + self.failed


class Job(ABC):
    """Runs that are done one after another.

    Args:
        lock: the handle of the lock by which nobody else does them.
    """

    def __init__(self, lock: int):
        self.lock = lock
        self.told = ""  # what is to be told at once, of a failure

    @abstractmethod
    def next(self) -> Run | None:
        """The run to do now; None when the last was done, and written down."""

    @abstractmethod
    def ended(self, run: Run, end: End) -> None:
        """Take note of how one ended."""

    @abstractmethod
    def beat(self) -> None:
        """Give a sign of life, where others wait for it."""

    def close(self) -> None:
        """Let others have it: it is done, or cut off."""
        os.close(self.lock)


class Queue(ABC):
    """Jobs that several workers, in one process or many, share."""

    what: str  # they are, in the plural

    @abstractmethod
    def take(self) -> Job | None:
        """One that nobody works on, those that were cut off first; None if there is none now."""

    @abstractmethod
    def counts(self) -> Counts:
        """Where they stand."""
