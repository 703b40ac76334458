"""One run in a process of its own: whatever happens there ends that run alone."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

PROGRAM = (sys.executable, "-m", "seqmodels")
PR_SET_PDEATHSIG = 1  # of linux/prctl.h
SIGNALS = {number.value: number.name for number in signal.Signals}
TOLD = {"PYTHONUNBUFFERED": "1", "HYDRA_FULL_ERROR": "1"}  # so that a log's last line is that of the failure
TAIL = 8192  # bytes of a log in which its last line is looked for
LONGEST = 500  # letters of it


class Run(NamedTuple):
    """A run to do.

    Args:
        words: what stands behind ``seqmodels train``.
        folder: of the run.
        environment: further variables.
    """

    words: list[str]
    folder: Path
    environment: Mapping[str, str] = {}

    @property
    def log(self) -> Path:
        """What its processes print, one after another if it was cut off."""
        return self.folder.with_name(f"{self.folder.name}.log")


class End(NamedTuple):
    """How a run ended.

    Args:
        code: the exit code, or minus the signal's number.
        error: the last line of the log.
        seconds: that its process took.
    """

    code: int
    error: str
    seconds: float

    @property
    def name(self) -> int | str:
        """The exit code, or the name of the signal."""
        return self.code if self.code >= 0 else SIGNALS.get(-self.code, f"signal {-self.code}")


class Child:
    """The process of a run.

    Args:
        run: to do.
        lock: the handle of a lock, which it holds until it ends.
        share: variables that say what of the machine it may have.
        program: that knows ``train``.
    """

    def __init__(self, run: Run, lock: int, share: Mapping[str, str], program: Sequence[str] = PROGRAM):
        self.run, self.began, self.asked = run, time.monotonic(), False
        run.folder.parent.mkdir(parents=True, exist_ok=True)
        with open(run.log, "ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [*program, "train", *run.words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **share, **TOLD, **run.environment},
                pass_fds=(lock,),
                start_new_session=True,  # Ctrl-C is passed on by us, once
                preexec_fn=ends_with(os.getpid()),
            )

    def end(self) -> End | None:
        """How it ended; None while it runs."""
        code = self.process.poll()
        return None if code is None else End(code, last_line(self.run.log), time.monotonic() - self.began)

    def stop(self) -> None:
        """Ask it, once, to save a checkpoint and end."""
        if not self.asked:
            self.asked = True
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it, and all that it started, at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def ends_with(parent: int) -> Callable[[], None] | None:
    """What has a new process stop when this one is killed; elsewhere than on Linux it runs to its end, locked."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(128 + signal.SIGTERM)

    return tie


def worker(words: Sequence[str]) -> int:
    """Be a job elsewhere: a process of seqmodels that is asked to stop when the job is ended, however that is done.

    Args:
        words: what stands behind ``seqmodels``.

    Returns:
        Its exit code.
    """
    return subprocess.Popen([*PROGRAM, *words], preexec_fn=ends_with(os.getpid())).wait()  # noqa: S603


def last_line(log: Path) -> str:
    """The last line of a log that has letters in it."""
    with open(log, "rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL))
        text = file.read().decode(errors="replace")
    lines = ["".join(letter for letter in line if letter.isprintable()).strip() for line in text.splitlines()]
    return next((line[:LONGEST] for line in reversed(lines) if line), "")


def metrics_of(folder: Path) -> dict[str, Any] | None:
    """What a finished run came to; None if it is not finished."""
    try:
        found = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
