"""Commands in processes of their own, which can be killed: forked from one that has imported everything."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

PRELOADED = ("run.launch", "run.train", "run.predict", "sweeps.sweep")
WAIT = 120.0  # seconds after which a process is taken for hung


def start(act: Callable[..., Any], *args: Any, out: Path, **environment: str) -> BaseProcess:
    """Begin ``act(*args)`` in a new process, what it prints going to a file.

    Args:
        act: a function of a module.
        args: for it.
        out: the file.
        environment: variables that it will have.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([f"seqmodels.{name}" for name in PRELOADED])
    process = context.Process(target=_begin, args=(act, args, out, environment))
    process.start()
    return process


def finish(process: BaseProcess, wait: float = WAIT) -> int:
    """Wait for its end: the exit code, or minus the signal's number.

    Args:
        process: that was started.
        wait: seconds.

    Raises:
        TimeoutError: it hangs; it was killed.
    """
    process.join(wait)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"still running after {wait:.0f} s")
    return process.exitcode


def until(true: Callable[[], Any], process: BaseProcess, wait: float = WAIT) -> None:
    """Wait until something is true, or the process has ended."""
    end = time.monotonic() + wait
    while not true() and process.is_alive() and time.monotonic() < end:
        time.sleep(0.005)


def command(*words: str) -> None:
    """``seqmodels WORDS``, to its exit code."""
    from seqmodels.run.cli import run

    code = run(list(words))
    sys.stdout.flush()
    os._exit(code)  # what is left of the parent in this process is not ours to end


def _begin(act: Callable[..., Any], args: tuple[Any, ...], out: Path, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    # A process in the background inherits some of them as ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, signal.SIG_DFL)
    with open(out, "w", encoding="utf-8", buffering=1) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        with redirect_stdout(file), redirect_stderr(file):
            act(*args)
