"""Checkpoints that cannot be written, or are damaged when they are read."""

import hashlib
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from drills.child import finish, start
from drills.failures import WORDS, refused, said
from drills.row import Row, row
from seqmodels.errors import InputError
from seqmodels.run.recipe import KEY
from seqmodels.storage import CheckpointFiles, read_checkpoint_file


def drill(short: bool, folder: Path) -> Iterator[Row]:
    """Two rows."""
    yield row("checkpoint that cannot be written: the one before it kept", unwritable(folder))
    yield row("checkpoint that is damaged: named, with a whole one", damaged(folder, 40 if short else 400))


def unwritable(folder: Path) -> dict[str, str | None]:
    """A full disk (files may not grow beyond a size), a folder for reading only, a file where the folder should be."""
    outcomes: dict[str, str | None] = {}
    for name, act in (("full disk", on_a_full_disk), ("read-only folder", where_nobody_may_write)):
        path = folder / name / "last.ckpt"
        CheckpointFiles().save_checkpoint({"weights": torch.zeros(10)}, path)
        before = hashlib.sha256(path.read_bytes()).hexdigest()
        out = folder / f"{name}.txt"
        finish(start(act, path, out=out))
        if f"{path.name}: the checkpoint could not be written" not in (text := out.read_text()) or "kept" not in text:
            outcomes[name] = text[-300:]
        elif hashlib.sha256(path.read_bytes()).hexdigest() != before:
            outcomes[name] = "the file that was there before is another one now"
        else:
            left = sorted(found.name for found in path.parent.iterdir())
            outcomes[name] = None if left == [path.name] else f"left behind: {left}"
    (folder / "file").mkdir()
    (folder / "file" / "checkpoints").write_text("")
    code, err = said(*WORDS, f"run_dir={folder / 'file'}")
    outcomes["a file in the folder's place"] = refused(code, err)
    return outcomes


def save_large(path: Path) -> None:
    try:
        CheckpointFiles().save_checkpoint({"weights": torch.zeros(10_000_000)}, path)
    except InputError as error:
        print(error)


def on_a_full_disk(path: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails then, as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
    save_large(path)


def where_nobody_may_write(path: Path) -> None:
    os.chdir(path.parent)  # before it becomes nobody, who may not come here through the folders above
    path.parent.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(65534)  # root may write anywhere
    save_large(Path(path.name))


def damaged(folder: Path, count: int) -> dict[str, str | None]:
    """One bit flipped, or the end cut off, all over a checkpoint; and checkpoints of another kind."""
    whole = folder / "damaged"
    assert said(*WORDS, f"run_dir={whole}")[0] == 0
    (whole / "metrics.json").unlink()
    path = whole / "checkpoints" / "last.ckpt"
    good = path.read_bytes()
    outcomes: dict[str, str | None] = {}
    for place in range(0, len(good), max(1, len(good) // count)):
        flipped = bytearray(good)
        flipped[place] ^= 1 << place % 8
        outcomes[f"bit at {place}"] = unread(path, bytes(flipped))
        outcomes[f"cut at {place}"] = unread(path, good[:place])
    changes: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
        "key missing": (lambda state: state.pop("optimizer_states"), "optimizer_states is missing"),
        "recipe missing": (lambda state: state.pop(KEY), "no recipe"),
        "another version": (lambda state: state[KEY].update(format=99), "format 99"),
        "wrong shape": (_reshape, "do not fit"),
        "weight missing": (lambda state: state["state_dict"].popitem(), "do not fit"),
    }
    for name, (change, wanted) in changes.items():
        path.write_bytes(good)
        state = read_checkpoint_file(path)
        change(state)
        CheckpointFiles().save_checkpoint(state, path)
        code, err = said("train", f"resume={whole}")
        outcomes[name] = refused(code, err, wanted, str(path))
    path.write_bytes(good[:1000])
    code, err = said("train", f"resume={whole}")
    outcomes["whole one named"] = refused(code, err, f"resume={whole / 'checkpoints' / 'previous.ckpt'}")
    return outcomes


def unread(path: Path, content: bytes) -> str | None:
    path.write_bytes(content)
    try:
        read_checkpoint_file(path)
    except InputError as error:
        return None if str(path) in str(error) and len(error.faults) == 1 else f"said {error}"
    return "read as if it were whole"


def _reshape(state: dict[str, Any]) -> None:
    name = next(iter(state["state_dict"]))
    state["state_dict"][name] = state["state_dict"][name][:-1].clone()
