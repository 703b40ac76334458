"""Parts of runs that are to fail, or to bear witness; a run names them with --trust drills."""

import json
from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.trainer.states import TrainerFn

from drills.standin import fail
from seqmodels.types import Batch


class Witness(Callback):
    """Writes down which examples each process met, a line an example.

    Args:
        folder: a file for each process goes there.
    """

    def __init__(self, folder: str):
        self.folder = Path(folder)

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        self._note(f"train {trainer.current_epoch}", trainer, batch)

    def on_validation_batch_start(self, trainer: Trainer, module: LightningModule, batch: Any, index: int) -> None:
        self._note(f"val {trainer.current_epoch}", trainer, batch)

    def on_test_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        self._note("test", trainer, batch)

    def _note(self, split: str, trainer: Trainer, batch: Batch) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / f"process-{trainer.global_rank}", "a", encoding="utf-8") as file:
            for row in batch.inputs.rows():
                file.write(json.dumps([split, row.tolist()]) + "\n")


class Fails(Callback):
    """Raises an exception in one process at one batch.

    Args:
        rank: which process.
        batch: of its first epoch.
    """

    def __init__(self, rank: int, batch: int):
        self.rank = rank
        self.batch = batch

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        if trainer.global_rank == self.rank and batch_idx == self.batch:
            raise ZeroDivisionError("this process was made to fail")


class Faulty(Callback):
    """Ends its process in the third training batch, in one of several ways, or spoils the weights that are scored.

    Args:
        kind: ``raise``, ``exit``, ``SIGKILL``, ``SIGTERM``, ``memory``, ``nan``, or any other word for none of them.
        seen: a file that has a line a batch, and one a finished training.
    """

    def __init__(self, kind: str, seen: str):
        self.kind, self.seen = kind, Path(seen)

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        self.seen.parent.mkdir(parents=True, exist_ok=True)
        with open(self.seen, "a", encoding="utf-8") as file:
            file.write(f"{trainer.current_epoch} {batch_idx}\n")
        if (trainer.current_epoch, batch_idx) == (0, 2):
            fail(self.kind)

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if self.kind == "nan" and trainer.state.fn is not TrainerFn.FITTING:
            for parameter in pl_module.parameters():
                parameter.data.fill_(float("nan"))
