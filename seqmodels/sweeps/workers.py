"""Runs side by side, each in a process of its own, until a queue is empty or a signal comes."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from seqmodels.callbacks.signals import Signals
from seqmodels.sweeps.child import PROGRAM, Child, End
from seqmodels.sweeps.job import Job, Queue
from seqmodels.sweeps.progress import Progress
from seqmodels.sweeps.study import HEARTBEAT

TICK, PAUSE = 0.05, 1.0  # seconds between two looks at the processes, and at the queue when it had nothing
SAVING = 60.0  # seconds that runs have to save a checkpoint where the sweep cannot go on


class Busy(NamedTuple):
    """A worker that has something to do."""

    job: Job
    child: Child
    worker: int


class Workers:
    """A few workers of this process; others work on the same queue elsewhere.

    Args:
        shares: what of the machine each of them may have, as ``seqmodels.sweeps.shares`` says; none only waits for the
            others.
        program: that knows ``train``.
        alive: whether the others still work, where there are only those.
    """

    def __init__(
        self,
        shares: Sequence[Mapping[str, str]],
        program: Sequence[str] = PROGRAM,
        alive: Callable[[], bool] = lambda: True,
    ):
        self.shares, self.program, self.alive = shares, program, alive
        self.busy: list[Busy] = []
        self.signals = Signals()
        self.asked = self.beaten = 0.0  # when: the queue for more, the last sign of life
        self.over = False

    def work(self, queue: Queue, progress: Progress) -> int:
        """Do what is in a queue, and wait for what others do of it.

        Returns:
            0, or the number of the signal that ended it: what was under way has a checkpoint, and can be taken again.
        """
        self.over, self.asked = False, 0.0
        self.signals.listen()
        try:
            while self.busy or not (self.over or self.signals.received):
                self._collect(progress)
                self._fill(queue, progress)
                self._beat()
                progress.show(queue)
                time.sleep(TICK)
        except Exception:
            self._save_all()  # a fault of ours, or the study's server is gone
            raise
        finally:
            for job, child, _ in self.busy:  # after a second Ctrl-C, or a fault
                child.kill()
                job.close()
            self.busy = []
            self.signals.release()
            progress.close(queue)
        return self.signals.received or 0

    def _collect(self, progress: Progress) -> None:
        still = []
        for job, child, worker in self.busy:
            end = child.end()
            if end is None:
                if self.signals.received:
                    child.stop()
                still.append(Busy(job, child, worker))
            elif self.signals.received and _obeyed(end):
                job.close()
            else:
                job.ended(child.run, end)
                still += self._begin(job, worker, progress)
        self.busy = still

    def _fill(self, queue: Queue, progress: Progress) -> None:
        if time.monotonic() - self.asked < PAUSE:
            return
        while len(self.busy) < len(self.shares) and not self.signals.received:
            job = queue.take()
            if job is None:
                break
            free = set(range(len(self.shares))) - {worker for _, _, worker in self.busy}
            self.busy += self._begin(job, min(free), progress)
        if not self.busy:
            self.asked, counts = time.monotonic(), queue.counts()
            self.over = counts.ended >= counts.total or not self.alive()
        elif len(self.busy) < len(self.shares):
            self.asked = time.monotonic()

    def _begin(self, job: Job, worker: int, progress: Progress) -> list[Busy]:
        """The next run of a job; nothing if it is done, or must not begin any more."""
        run = job.next()
        if run is not None and not self.signals.received:
            return [Busy(job, Child(run, job.lock, self.shares[worker], self.program), worker)]
        if job.told:
            progress.tell(job.told)
        job.close()
        return []

    def _save_all(self) -> None:
        """Ask all that is under way to save a checkpoint, and wait for it: it can be taken again."""
        until = time.monotonic() + SAVING
        for _, child, _ in self.busy:
            child.stop()
        while any(child.end() is None for _, child, _ in self.busy) and time.monotonic() < until:
            time.sleep(TICK)

    def _beat(self) -> None:
        if time.monotonic() - self.beaten >= HEARTBEAT:
            self.beaten = time.monotonic()
            for job, _, _ in self.busy:
                job.beat()


def _obeyed(end: End) -> bool:
    """Whether a run ended because it was asked to, and is not done."""
    return end.code < 0 or end.code > 128
