"""Signals that ask a training to stop."""

import os
import signal
import threading
from types import FrameType
from typing import Any

# A terminal that is closed sends SIGHUP, Slurm SIGUSR1 before it takes the machine away; Windows has neither.
ASKING = [getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1") if name in dir(signal)]


class Signals:
    """Takes note of a signal instead of dying from it. A second Ctrl-C stops at once.

    Example:
        >>> signals = Signals()
        >>> signals.listen()
        >>> signals.received is None
        True
        >>> signals.release()
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self._before: dict[int, Any] = {}

    def listen(self, extra: int | None = None) -> None:
        """Take the signals over, and one more where a cluster sends another; only the main thread can."""
        self.received = None
        if threading.current_thread() is threading.main_thread():
            asking = ASKING if extra is None else [*ASKING, extra]
            # nohup has SIGHUP ignored, and wants it so.
            heard = [number for number in asking if signal.getsignal(number) is not signal.SIG_IGN]
            self._before = {number: signal.signal(number, self._note) for number in heard}

    def release(self) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.received is not None and number == signal.SIGINT:
            raise KeyboardInterrupt("stopped at once")
        again = "; Ctrl-C again stops at once" if number == signal.SIGINT else ""
        said = f"\n{signal.Signals(number).name}: stopping after this step, with a checkpoint{again}\n"
        os.write(2, said.encode())  # not print, which may be under way just now
        self.received = number
