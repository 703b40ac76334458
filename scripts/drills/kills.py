"""kill -9 at any moment: of a run, saving included, and of a process that does nothing but save."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from drills.child import command, finish, start, until
from drills.resume import BASE, RANDOM, different, result
from drills.row import Row, row
from seqmodels.errors import InputError
from seqmodels.storage import CheckpointFiles, read_checkpoint_file, sweep

SAVED = 2_000_000  # numbers in the checkpoint that is saved again and again
ELSEWHERE = Path("/dev/shm")  # noqa: S108 - another file system than the runs'


def drill(short: bool, folder: Path) -> Iterator[Row]:
    """Two rows."""
    yield row("kill -9 at a random moment of a run, then resumed", runs(folder, 2 if short else 20))
    yield row("kill -9 during a save, TMPDIR on another file system or not", saves(folder, 4 if short else 30))


def runs(folder: Path, count: int) -> dict[str, str | None]:
    """Whole runs, killed once or twice and gone on with by the same command, against one that was not."""
    words = ["train", *BASE, *RANDOM, "resume=last"]
    began = time.monotonic()
    assert finish(start(command, *words, f"run_dir={folder / 'whole'}", out=folder / "whole.txt")) == 0
    whole, seconds = result(folder / "whole"), time.monotonic() - began
    outcomes: dict[str, str | None] = {}
    for number in range(count):
        draw, run = random.Random(number), folder / f"killed-{number}"
        for _ in range(1 + number % 2):
            process = start(command, *words, f"run_dir={run}", out=folder / f"killed-{number}.txt")
            time.sleep(draw.uniform(0.3, 1) * seconds)
            process.kill()
            finish(process)
        code = finish(start(command, *words, f"run_dir={run}", out=folder / f"resumed-{number}.txt"))
        outcomes[f"run {number}"] = f"exit code {code}" if code else different(whole, result(run))
    return outcomes


def saves(folder: Path, count: int) -> dict[str, str | None]:
    """Whether the file that is being written anew all the time can be read after every kill."""
    outcomes: dict[str, str | None] = {}
    for number in range(count):
        path = folder / f"saved-{number}" / "last.ckpt"
        environment = {"TMPDIR": str(ELSEWHERE)} if number % 2 and ELSEWHERE.is_dir() else {}
        process = start(save_on_and_on, path, out=folder / "saves.txt", **environment)
        until(path.is_file, process)
        time.sleep(random.Random(number).uniform(0, 0.2))
        process.kill()
        finish(process)
        outcomes[f"save {number}"] = unreadable(path)
    return outcomes


def save_on_and_on(path: Path) -> None:
    """Checkpoints whose numbers are all the same, another one in each."""
    for number in range(1_000_000):
        CheckpointFiles().save_checkpoint({"number": number, "weights": torch.full((SAVED,), float(number))}, path)


def unreadable(path: Path) -> str | None:
    """What is wrong with a file of ``save_on_and_on`` and its folder, after the leftovers were swept."""
    try:
        state = read_checkpoint_file(path)
    except InputError as error:
        return str(error)
    sweep(path.parent)
    left = sorted(found.name for found in path.parent.iterdir())
    if left != [path.name]:
        return f"left behind: {left}"
    return None if bool((state["weights"] == state["number"]).all()) else "numbers of two checkpoints in one"
