"""Where the best checkpoints lie, and which of them are still there when a training goes on."""

import sys
from collections.abc import Sequence
from pathlib import Path

from pytorch_lightning import Trainer

from seqmodels.errors import InputError
from seqmodels.storage import read_checkpoint_file, same_file

LAST, PREVIOUS, BEST = "last.ckpt", "previous.ckpt", "best.ckpt"
Entry = tuple[float, int]  # (score, step)


def step_file(folder: Path, step: int) -> Path:
    return folder / f"step-{step}.ckpt"


def still_there(best: Sequence[Entry], folder: Path, keep: int, trainer: Trainer) -> list[Entry]:
    """Those of the best that a training which goes on can still test and keep; ``best.ckpt`` becomes the first of them.

    A training that went on from the same place before, or one that was killed between two files, has written others
    over them.

    Args:
        best: the best first, as the checkpoint says that the training goes on from.
        folder: of the checkpoints.
        keep: how many are kept; of more than one each has a file of its own.
        trainer: about to train.
    """
    places = [folder / BEST, folder / LAST, folder / PREVIOUS, Path(trainer.ckpt_path or "")]
    found = {entry: _first_of(entry, [*places, step_file(folder, entry[1])]) for entry in best}
    there = [(entry, path) for entry, path in found.items() if path]
    trainer.strategy.barrier()  # nothing is written before all have looked
    if not trainer.is_global_zero:
        return [entry for entry, _ in there]
    folder.mkdir(parents=True, exist_ok=True)
    for (_, step), path in there if keep > 1 else []:
        same_file(path, step_file(folder, step))
    if there and there[0][1] != folder / BEST:
        same_file(there[0][1], folder / BEST)
    elif not there:
        (folder / BEST).unlink(missing_ok=True)
    for _, step in [entry for entry, path in found.items() if not path]:
        print(f"seqmodels: the checkpoint of step {step} was one of the best, and is gone", file=sys.stderr)
    return [entry for entry, _ in there]


def _first_of(entry: Entry, places: Sequence[Path]) -> Path | None:
    """The first of some files that is the checkpoint of that score at that step."""
    return next((path for path in places if path.is_file() and _is_of(path, entry)), None)


def _is_of(path: Path, entry: Entry) -> bool:
    try:
        state = read_checkpoint_file(path)
        ranked = state["callbacks"]["Checkpoints"]["best"]
        return bool(state["global_step"] == entry[1] and entry in ranked)
    except (InputError, KeyError, TypeError):
        return False  # damaged, or weights alone
