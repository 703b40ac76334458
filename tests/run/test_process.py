"""The command line sets its process up; a program that imports the library keeps its own ways."""

import json
import os
import subprocess
import sys

import pytest

import seqmodels
from seqmodels.run import process

ROOT = seqmodels.__path__[0].rpartition("/")[0]
GLIBC = sys.platform == "linux" and "CS_GNU_LIBC_VERSION" in os.confstr_names
only_glibc = pytest.mark.skipif(not GLIBC, reason="needs Linux with glibc")

# Whether 20 MiB come from the heap (True) or are fetched from the system for this one time.
PROBE = """
import ctypes, json, os, sys
{what}
from_heap = None
if {glibc}:
    class Info(ctypes.Structure):
        _fields_ = [(name, ctypes.c_int) for name in "arena ordblks smblks hblks hblkhd a b c d e".split()]
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.mallinfo.restype = Info
    before = libc.mallinfo().hblks
    libc.malloc(20 << 20)
    from_heap = libc.mallinfo().hblks == before
print(json.dumps([os.environ.get("GOMP_SPINCOUNT"), from_heap, "torch" in sys.modules]))
"""
COMMAND = """
from seqmodels.run.cli import run
try: run(["--version"])
except SystemExit: run(["train", "--help"])
"""


def probe(what: str, **more: str) -> list[object]:
    """GOMP_SPINCOUNT, whether large memory comes from the heap, whether torch was imported."""
    ours = ("GOMP_SPINCOUNT", "MALLOC_", "GLIBC_TUNABLES")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    code = PROBE.format(what=what, glibc=GLIBC)
    command = [sys.executable, "-c", code]
    out = subprocess.run(
        command, cwd=ROOT, env=clean | more | {"PYTHONPATH": ROOT}, capture_output=True, text=True, check=True
    ).stdout
    found: list[object] = json.loads(out.splitlines()[-1])
    return found


def test_importing_sets_nothing() -> None:
    assert probe("import seqmodels; seqmodels.Padded; seqmodels.load") == [None, False if GLIBC else None, True]
    assert probe("import seqmodels.run.process") == [None, False if GLIBC else None, False]


def test_the_command_line_sets_both_before_torch_is_imported() -> None:
    assert probe(COMMAND) == ["10000", True if GLIBC else None, False]


@only_glibc
def test_what_the_user_has_set_stays() -> None:
    user = {"GOMP_SPINCOUNT": "7", "MALLOC_MMAP_THRESHOLD_": "1000000"}
    assert probe(COMMAND, **user) == ["7", False, False]
    assert probe(COMMAND, GLIBC_TUNABLES="glibc.malloc.mmap_threshold=1000000")[1] is False


class Libc:
    """A C library that takes no more than a limit."""

    gnu_get_libc_version = None

    def __init__(self, limit: int):
        self.limit = limit
        self.calls: list[tuple[int, int]] = []

    def mallopt(self, number: int, value: int) -> int:
        self.calls.append((number, value))
        return int(number != process.M_MMAP_THRESHOLD or value <= self.limit)


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(process, "_malloc", {})
    monkeypatch.setattr(process.sys, "platform", "linux")
    for name in ("GOMP_SPINCOUNT", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.parametrize("limit", [2**31 - 1, 2**25])
def test_the_largest_threshold_that_is_taken_is_recorded(limit: int, fresh: pytest.MonkeyPatch) -> None:
    libc = Libc(limit)
    fresh.setattr(process.ctypes, "CDLL", lambda name: libc)
    process.tune_process()
    taken = min(2**30, limit)
    malloc = {"mmap_threshold": taken, "trim_threshold": 2**30}
    assert process.process_settings() == {"GOMP_SPINCOUNT": "10000", "malloc": malloc}
    assert (process.M_MMAP_THRESHOLD, taken) in libc.calls
    assert all(value < 2**31 for _, value in libc.calls), "no int"


@pytest.mark.parametrize(("platform", "libc"), [("darwin", Libc(0)), ("win32", Libc(0)), ("linux", object())])
def test_elsewhere_nothing_happens(platform: str, libc: object, fresh: pytest.MonkeyPatch) -> None:
    fresh.setattr(process.sys, "platform", platform)
    fresh.setattr(process.ctypes, "CDLL", lambda name: libc)
    process.tune_process()
    assert process.process_settings() == {"GOMP_SPINCOUNT": "10000", "malloc": {}}
    assert getattr(libc, "calls", []) == []
