"""Runs that were interrupted, to be gone on with."""

import shutil
from pathlib import Path
from unittest.mock import patch

from conftest import tagging

from seqmodels.callbacks import Checkpoints
from seqmodels.run.cli import run
from seqmodels.storage import CheckpointFiles, read_checkpoint_file

# Two batches an epoch, each of them saved and logged; validated after every epoch.
EVERY_STEP = ["trainer.max_epochs=3", "batching.batch_size=2", "save_every=1 steps", "trainer.log_every_n_steps=1"]


def words_for(folder: Path) -> list[str]:
    """A command line that trains for a moment, on files that it writes into a folder."""
    return ["train", *tagging(folder), *EVERY_STEP]


def interrupt(words: list[str], saves: int) -> int:
    """Begin a run that Ctrl-C ends right after so many checkpoints: its exit code."""
    save, left = Checkpoints.save, [saves]

    def and_stop(self, trainer):
        save(self, trainer)
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    with patch.object(Checkpoints, "save", and_stop):
        return run([str(word) for word in words])


def copy_of(run_folder: Path, folder: Path) -> Path:
    """The same run in another place, where it can be spoilt."""
    shutil.copytree(run_folder, folder)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def change(path: Path, how) -> None:
    """Another content in a checkpoint, with a sha256 that is right."""
    state = read_checkpoint_file(path)
    how(state)
    CheckpointFiles().save_checkpoint(state, path)
