"""The progress bar."""

import sys
import time
from typing import Any

from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import TQDMProgressBar
from pytorch_lightning.callbacks.progress.tqdm_progress import Tqdm

from seqmodels.types import Positive


class Progress(TQDMProgressBar):
    """One bar an epoch with the loss and the validated metrics; in a log file, one line an epoch.

    Args:
        refresh_rate: batches between two updates of the bar.

    Example:
        >>> from pytorch_lightning import Trainer
        >>> from seqmodels.callbacks import Progress
        >>> trainer = Trainer(callbacks=[Progress()])  # doctest: +SKIP
    """

    def __init__(self, refresh_rate: Positive = 10):
        super().__init__(refresh_rate=refresh_rate, leave=True)
        self.started = 0.0

    def init_train_tqdm(self) -> Tqdm:
        return super().init_train_tqdm() if sys.stdout.isatty() else Tqdm(disable=True)

    def init_validation_tqdm(self) -> Tqdm:
        return Tqdm(disable=True)

    def init_test_tqdm(self) -> Tqdm:
        return Tqdm(disable=True)

    def init_predict_tqdm(self) -> Tqdm:
        return Tqdm(disable=True)

    def get_metrics(self, trainer: Trainer, pl_module: LightningModule) -> dict[str, Any]:
        shown = super().get_metrics(trainer, pl_module)
        return {name: value for name, value in shown.items() if name != "v_num"}

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        done = trainer.fit_loop.epoch_loop.batch_progress.current.ready
        if done and not trainer.fit_loop.epoch_loop._num_ready_batches_reached():
            self.on_train_epoch_start(trainer)  # which Lightning leaves out when an epoch is resumed in its middle
            self.train_progress_bar.n = done

    def on_train_epoch_start(self, trainer: Trainer, *args: Any) -> None:
        super().on_train_epoch_start(trainer, *args)
        self.train_progress_bar.set_description(f"epoch {trainer.current_epoch + 1} of {trainer.max_epochs}")
        self.started = time.perf_counter()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_epoch_end(trainer, pl_module)
        if not sys.stdout.isatty() and trainer.is_global_zero:
            metrics = ", ".join(
                f"{name} {float(value):.4f}" for name, value in self.get_metrics(trainer, pl_module).items()
            )
            seconds = time.perf_counter() - self.started
            print(f"epoch {trainer.current_epoch + 1} of {trainer.max_epochs}: {metrics}, {seconds:.1f} s", flush=True)
