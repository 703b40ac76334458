"""Watches what a process does, by the events that Python itself reports."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NEVER = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "os.startfile", "os.kill")
NEVER += ("subprocess.", "pty.", "webbrowser.", "ftplib.", "http.client.", "urllib.", "smtplib.", "telnetlib.")
NEVER += ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostby", "socket.sendto")
NEVER += ("pickle.find_class", "ctypes.dlopen")
# The C library that this process has anyway, which the command line tunes; Babel's own data of its locales.
HARMLESS = ("ctypes.dlopen: None", "pickle.find_class: babel.")
WRITES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod")
WRITES += ("os.chown", "os.utime", "shutil.")
FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """Notes processes, connections, pickles and writes outside some folders, as long as a block lasts.

    An audit hook cannot be taken away again, so this is for processes of their own.

    Args:
        writable: folders in which something may be written.
    """

    def __init__(self, *writable: Path):
        self.writable = (f"{os.devnull}{os.sep}", *(f"{folder}{os.sep}" for folder in writable))
        self.seen: list[str] = []
        self.on = False
        sys.addaudithook(self._note)

    @contextlib.contextmanager
    def watching(self) -> Iterator[list[str]]:
        """What is done in the block that should not be."""
        self.seen = []
        self.on = True
        try:
            yield self.seen
        finally:
            self.on = False

    def _note(self, event: str, given: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event.startswith(NEVER) or (self._writes(event, given) and not self._may(given[0])):
            self.on = False  # what is called to say so is no deed of theirs
            words = " ".join(map(str, given))[:200]
            if not f"{event}: {words}".startswith(HARMLESS):
                self.seen.append(self.told(event, words))
            self.on = True

    def told(self, event: str, words: str) -> str:
        """What is noted of an event."""
        return f"{event}: {words}"

    def _writes(self, event: str, given: tuple[Any, ...]) -> bool:
        if event == "open":
            return isinstance(given[2], int) and bool(given[2] & FOR_WRITING)
        return event.startswith(WRITES)

    def _may(self, path: Any) -> bool:
        if isinstance(path, int):
            return True  # a file that is open already
        return f"{os.path.abspath(os.fsdecode(path))}{os.sep}".startswith(self.writable)


def own_temporary(folder: Path) -> Path:
    """Let this process put its temporary files into that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(folder)
    return folder
