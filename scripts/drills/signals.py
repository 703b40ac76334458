"""Signals in the middle of a training: the exit code, a checkpoint of the last step made, and the rest after it."""

import csv
import os
import random
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from drills.child import command, finish, start, until
from drills.resume import BASE, RANDOM, different, result
from drills.row import Row, row
from seqmodels.storage import read_checkpoint_file

# A row of the log for every step, so that it shows how far the training was; checkpoints at the ends of epochs only.
WORDS = ["train", *BASE, *RANDOM, "data.train=600", "trainer.log_every_n_steps=1", "save_every=null"]
CODES = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGUSR1: 128 + signal.SIGUSR1}
SLURM = {
    "SLURM_NTASKS": "1",
    "SLURM_JOB_ID": "4711",
    "SLURM_JOB_NAME": "run",
    "SLURM_PROCID": "0",
    "SLURM_LOCALID": "0",
}


def drill(short: bool, folder: Path) -> Iterator[Row]:
    """A row for signals, one for Slurm, one for the impatient."""
    code = finish(start(command, *WORDS, f"run_dir={folder / 'whole'}", out=folder / "whole.txt"))
    assert code == 0, (folder / "whole.txt").read_text()
    # In short Slurm's own row has SIGUSR1.
    numbers = [number for number in CODES for _ in range(3)] if not short else [signal.SIGTERM, signal.SIGINT]
    outcomes = {f"{number.name} {i}": stopped(folder, number, i) for i, number in enumerate(numbers)}
    told = "SIGTERM and SIGINT" if short else "SIGTERM, SIGINT and SIGUSR1"
    yield row(f"{told} during a run, then resumed", outcomes)
    yield row("SIGUSR1 under Slurm: queued again", {"job": requeued(folder)})
    yield row("Ctrl-C twice: stopped at once", {"twice": twice(folder)})


def stopped(folder: Path, number: signal.Signals, turn: int, **environment: str) -> str | None:
    """What went wrong with a run that was sent a signal, if anything."""
    run, out = folder / f"stopped-{turn}-{number.name}", folder / f"stopped-{turn}.txt"
    process = start(command, *WORDS, f"run_dir={run}", out=out, **environment)
    until((run / "logs" / "metrics.csv").is_file, process)
    time.sleep(random.Random(turn).uniform(0, 0.5))
    assert process.pid is not None
    os.kill(process.pid, number)
    code = finish(process)
    if code != CODES[number]:
        return f"exit code {code}, wanted {CODES[number]}: {out.read_text()[-300:]}"
    with open(run / "logs" / "metrics.csv", encoding="utf-8", newline="") as file:
        made = max(int(line["step"]) + 1 for line in csv.DictReader(file) if line["train/loss"])
    saved = read_checkpoint_file(run / "checkpoints" / "last.ckpt")["global_step"]
    if saved != made:
        return f"{made} steps made, a checkpoint of {saved}"
    code = finish(start(command, "train", f"resume={run}", out=folder / f"resumed-{turn}.txt"))
    return f"resumed: exit code {code}" if code else different(result(folder / "whole"), result(run))


def requeued(folder: Path) -> str | None:
    """Whether a run under Slurm saves, and asks for its job to be queued again."""
    bin_, asked = folder / "bin", folder / "asked.txt"
    bin_.mkdir()
    (bin_ / "scontrol").write_text(f'#!/bin/sh\necho "$@" > {asked}\n')
    (bin_ / "scontrol").chmod(stat.S_IRWXU)
    wrong = stopped(folder, signal.SIGUSR1, 99, PATH=f"{bin_}:{os.environ['PATH']}", **SLURM)
    if wrong:
        return wrong
    said = asked.read_text().strip() if asked.is_file() else "nothing"
    return None if said == "requeue 4711" else f"scontrol was told {said!r}"


def twice(folder: Path) -> str | None:
    """Whether a second Ctrl-C ends a run that is in the middle of a long step."""
    words = [*WORDS, "data.train=20000", "batching.batch_size=20000", "encoder_size=64"]
    out = folder / "long.txt"
    process = start(command, *words, f"run_dir={folder / 'long'}", out=out)
    until(lambda: out.is_file() and "recurrence:" in out.read_text(), process)
    time.sleep(1)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)
    until(lambda: "Ctrl-C again" in out.read_text(), process)
    os.kill(process.pid, signal.SIGINT)
    code = finish(process)
    return None if code == 130 else f"exit code {code}, wanted 130"
