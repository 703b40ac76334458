"""Parts of runs that are to fail, or to bear witness; a run names them with --trust drills."""

import json
from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer

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
