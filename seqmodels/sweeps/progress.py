"""The line that says how far a sweep is."""

import sys
import time

from seqmodels.sweeps.job import Counts, Queue

EVERY = 2.0  # seconds between two looks at the queue


class Progress:
    """A line that is written over on a terminal, and once for every change in a log.

    Example:
        >>> from seqmodels.sweeps.job import Counts
        >>> line(Counts(40, done=12, running=2, pruned=5, failed=1, best="best 0.8632 (trial 7)"), seconds_left=720)
        '12 of 40 done, 2 running, 5 pruned, 1 failed, best 0.8632 (trial 7), 12 min left'
    """

    def __init__(self) -> None:
        self.terminal = sys.stdout.isatty()
        self.began = self.looked = time.monotonic()
        self.at_first: int | None = None  # how many had ended when it began
        self.shown: Counts | None = None

    def show(self, queue: Queue) -> None:
        """Say how far it is, where that is due."""
        if time.monotonic() - self.looked < EVERY:
            return
        self.looked, counts = time.monotonic(), queue.counts()
        if self.at_first is None:
            self.at_first, self.began = counts.ended, time.monotonic()
        if self.terminal:
            print(f"\r\x1b[K{queue.what}: {line(counts, self._left(counts))}", end="", flush=True)
        elif self.shown is None or counts.ended != self.shown.ended:
            print(f"{queue.what}: {line(counts, self._left(counts))}", flush=True)
        self.shown = counts

    def tell(self, message: str) -> None:
        """Something that happened, on a line of its own."""
        print(f"\r\x1b[K{message}" if self.terminal else message, flush=True)

    def close(self, queue: Queue) -> None:
        """The last word on a queue; another one may follow."""
        counts = queue.counts()
        if self.terminal or counts != self.shown:
            self.tell(f"{queue.what}: {line(counts, None)}")
        self.at_first = self.shown = None

    def _left(self, counts: Counts) -> float | None:
        ended = counts.ended - (self.at_first or 0)
        return (time.monotonic() - self.began) / ended * (counts.total - counts.ended) if ended > 0 else None


def line(counts: Counts, seconds_left: float | None) -> str:
    """What is said of these counts."""
    parts = [f"{counts.done} of {counts.total} done"]
    parts += [f"{count} {name}" for name, count in zip(Counts._fields[2:5], counts[2:5], strict=True) if count]
    parts += [counts.best] if counts.best else []
    if seconds_left:
        parts.append(f"{seconds_left / 60:.0f} min left" if seconds_left > 90 else f"{seconds_left:.0f} s left")
    return ", ".join(parts)
