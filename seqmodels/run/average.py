"""A checkpoint whose weights are the mean of others'."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.run.environment import weights_hash
from seqmodels.run.load import read_checkpoint
from seqmodels.run.recipe import KEY
from seqmodels.storage import CheckpointFiles

SAME = ("fields", "model", "sizes")  # of the recipe


def average_checkpoints(paths: Sequence[str], output: str) -> int:
    """Write the mean of checkpoints' weights, with the recipe of the first; it predicts as any other checkpoint does.

    Args:
        paths: checkpoints of models that were built alike, or runs' folders, whose checkpoints are taken all.
        output: the file to write.

    Returns:
        How many were averaged: of files with the same weights, one.

    Raises:
        InputError: there are no two of them, one cannot be read, or they do not belong together.
    """
    files = [file for path in paths for file in _files(Path(path))]
    first: dict[str, Any] = {}
    sums: dict[str, Tensor] = {}
    seen: dict[str, Path] = {}  # by what the weights are
    count = 0
    for file in files:
        checkpoint = read_checkpoint(file)
        first = first or checkpoint
        _check(checkpoint, first, file, files[0])
        which = weights_hash(checkpoint["state_dict"])
        if which in seen:  # the last one is often the best one too
            print(f"seqmodels: {file} has the weights of {seen[which]}, and counts once", file=sys.stderr)
            continue
        seen[which] = file
        count += 1
        for name, weight in checkpoint["state_dict"].items():
            sums[name] = sums.get(name, 0) + (weight.double() if weight.is_floating_point() else weight)
    if count < 2:
        few = f"{', '.join(paths)}: {count} checkpoint found, wanted two or more"
        raise InputError(f"{few}; set callbacks.checkpoints.keep=N in training")
    weights = {name: _mean(sums[name], weight, count) for name, weight in first["state_dict"].items()}
    CheckpointFiles().save_checkpoint({KEY: first[KEY], "state_dict": weights}, output)
    return count


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = sorted((path if path.name == "checkpoints" else path / "checkpoints").glob("*.ckpt"))
    if not found:
        raise InputError(f"{path}: no checkpoint found, wanted a checkpoint or a run's folder")
    return found


def _check(checkpoint: Mapping[str, Any], first: Mapping[str, Any], file: Path, other: Path) -> None:
    for part in SAME:
        if checkpoint[KEY].get(part) != first[KEY].get(part):
            raise InputError(
                f"{file}: another {part} than in {other}; average checkpoints of one run, or of runs alike"
            )
    mine, theirs = ({name: tuple(w.shape) for name, w in c["state_dict"].items()} for c in (checkpoint, first))
    if mine != theirs:
        raise InputError(f"{file}: weights of other shapes than in {other}; average checkpoints of one run")


def _mean(total: Tensor, like: Tensor, count: int) -> Tensor:
    """A number that counts something is the first one's."""
    return (total / count).to(like.dtype) if like.is_floating_point() else like.clone()
