"""Workers whose sweep cannot go on."""

import os
import sys
import time

import pytest

from seqmodels.sweeps.child import Run
from seqmodels.sweeps.job import Counts, Job, Queue
from seqmodels.sweeps.workers import Workers

PROGRAM = """
import pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[-1])
def save(*_):
    (folder / "saved").touch()
    sys.exit(143)
signal.signal(signal.SIGTERM, save)
(folder / "ready").touch()
time.sleep(60)
"""


class Training(Job):
    """A run that trains when its study's server goes away."""

    def __init__(self, folder):
        super().__init__(os.open(folder / "lock", os.O_CREAT | os.O_RDWR))
        self.folder = folder

    def next(self):
        return Run([str(self.folder)], self.folder)

    def ended(self, run, end):
        raise AssertionError("it trains for longer")

    def beat(self):
        while not (self.folder / "ready").exists():
            time.sleep(0.01)
        raise ConnectionError("the server is gone")


class One(Queue):
    """That run alone."""

    what = "runs"

    def __init__(self, folder):
        self.jobs = [Training(folder)]

    def take(self):
        return self.jobs.pop() if self.jobs else None

    def counts(self):
        return Counts(1)


class Unseen:
    """Nobody looks at the progress."""

    def show(self, queue):
        pass

    def close(self, queue):
        pass


def test_runs_save_a_checkpoint_where_their_sweep_cannot_go_on(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    workers = Workers([{}], [sys.executable, str(tmp_path / "program.py")])
    with pytest.raises(ConnectionError):
        workers.work(One(tmp_path), Unseen())
    assert (tmp_path / "saved").exists()
