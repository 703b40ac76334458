"""``make faults``: break runs in every way that was thought of, and count how often nothing was lost.

Prints a table and writes faults.json, a list of {fault, tried, survived}. What was not survived is told in full, and
the exit code is 1 then. Two kinds of faults are tried at a time; nothing here is timed.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context, set_start_method
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported: two kinds share the cores

from drills import checkpoints, data, failures, kills, processes, resume, security, signals, sweeps
from drills.row import Row

from seqmodels.run.process import tune_process

# The longest first.
DRILLS: dict[str, Callable[[bool, Path], Iterator[Row]]] = {
    "resume": resume.drill,
    "processes": processes.drill,
    "sweeps": sweeps.drill,
    "kills": kills.drill,
    "signals": signals.drill,
    "security": security.drill,
    "failures": failures.drill,
    "checkpoints": checkpoints.drill,
    "data": data.drill,
}


def tried(name: str, short: bool) -> list[Row]:
    """The rows of one kind of fault, in a folder that is gone afterwards."""
    tune_process()
    set_start_method("fork", force=True)  # of loader workers, which a spawned process would spawn too, seconds each
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for the rest of this process
    with tempfile.TemporaryDirectory() as folder:
        return list(DRILLS[name](short, Path(folder)))


def show(rows: list[Row], seconds: float) -> None:
    for row in rows:
        print(f"{row.fault:76} {row.tried:6} {row.survived:9} {seconds:8.0f}", flush=True)
        for failure in row.failures:
            print(f"    {failure}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(DRILLS), action="append", help="a kind of fault; may be given again")
    parser.add_argument("--short", action="store_true", help="the few of each kind that `make test` tries")
    parser.add_argument("--output", type=Path, default=Path("faults.json"), help="where the list goes")
    flags = parser.parse_args()
    names = [name for name in DRILLS if name in (flags.only or DRILLS)]
    found: dict[str, list[Row]] = {}
    began = time.monotonic()
    print(f"{'fault':76} {'tried':>6} {'survived':>9} {'done at':>8}", flush=True)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        asked = {pool.submit(tried, name, flags.short): name for name in names}
        for done in as_completed(asked):
            found[asked[done]] = done.result()
            show(done.result(), time.monotonic() - began)
    rows = [row for name in names for row in found[name]]
    listed = [{"fault": row.fault, "tried": row.tried, "survived": row.survived} for row in rows]
    flags.output.write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")
    total, survived = sum(row.tried for row in rows), sum(row.survived for row in rows)
    show([Row("all", total, survived, [])], time.monotonic() - began)
    print(f"{flags.output} has the list")
    return int(survived < total)


if __name__ == "__main__":
    sys.exit(main())
