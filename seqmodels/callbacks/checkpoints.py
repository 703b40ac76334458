"""When a training is saved, and what is kept."""

import time
from pathlib import Path
from typing import Any

from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import Checkpoint
from pytorch_lightning.trainer.states import TrainerFn

from seqmodels.callbacks.best import BEST, LAST, PREVIOUS, step_file, still_there
from seqmodels.callbacks.every import parse_every
from seqmodels.callbacks.of_trainer import begin_whole_epoch, end_epoch, most
from seqmodels.callbacks.signals import Signals
from seqmodels.callbacks.slurm import requeue, requeue_signal
from seqmodels.errors import InputError, Stopped
from seqmodels.loggers import CsvLog
from seqmodels.storage import same_file
from seqmodels.types import Mode, Positive, check_choice

STATE = ("best", "step", "seconds", "rows", "stopping", "whole")


class Checkpoints(Checkpoint):
    """Keep the last checkpoint, the one before it and the best ones, and stop with one when a signal asks for it.

    Saved is after every validation, at the end of every epoch, and in between as often as asked for; never between a
    batch and the validation that it triggers, nor before the gradients of a step are all there (but for a best one,
    which is not resumed from then): a training that is resumed goes on as if it had not been interrupted.

    Args:
        folder: for ``last.ckpt``, ``previous.ckpt`` (the one before it), ``best.ckpt`` and, if more are kept,
            ``step-<step>.ckpt``.
        monitor: the validated metric that says which is best.
        mode: whether less of it is better, or more.
        keep: how many of the best to keep.
        save_every: ``500 steps`` or ``10 min`` between two checkpoints within an epoch; None for none.

    Raises:
        InputError: ``save_every`` is neither steps nor minutes.

    Example:
        >>> from seqmodels.callbacks import Checkpoints
        >>> Checkpoints("runs/mine", "val/accuracy", "max", save_every="10 min").every
        Every(steps=inf, seconds=600.0)
    """

    def __init__(
        self,
        folder: str,
        monitor: str,
        mode: Mode = "min",
        keep: Positive = 1,
        save_every: Positive | str | None = "10 min",
    ):
        super().__init__()
        check_choice("mode", mode, Mode)
        self.folder, self.monitor, self.keep = Path(folder), monitor, keep
        self.sign = 1 if mode == "max" else -1
        self.every, self.signals = parse_every(save_every), Signals()
        self.best: list[tuple[float, int]] = []  # (score, step), the best first
        self.step = 0  # of the last checkpoint
        self.seconds = 0.0  # of training, up to the last checkpoint
        self.rows = 0  # of the log, at the last checkpoint
        self.stopping = False  # early stopping had its way
        self.whole = False  # a training can go on from what is being saved
        self.started = self.saved = 0.0

    def state_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in STATE}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        for name in STATE:
            setattr(self, name, state_dict[name])

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        for log in _logs(trainer):
            log.keep(self.rows)
        if self.best:
            self.best = still_there(self.best, self.folder, self.keep, trainer)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        begin_whole_epoch(trainer.fit_loop)
        self.started = self.saved = time.monotonic()
        trainer.should_stop = trainer.should_stop or self.stopping
        self.signals.listen(requeue_signal(trainer))

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        end_epoch(trainer.fit_loop)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.signals.release()
        self._stop_if_asked(trainer)

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        self.signals.release()

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        loop, fetcher = trainer.fit_loop.epoch_loop, trainer.fit_loop._data_fetcher
        assert fetcher is not None
        if trainer.overfit_batches:  # type: ignore[attr-defined]
            return  # batches that are cut once have no position to go on from
        # Lightning says in private only whether a step's gradients are being gathered, and a validation comes now.
        if loop._should_accumulate() or loop._num_ready_batches_reached() or loop._should_check_val_fx(fetcher):
            return
        if trainer.global_step == trainer.max_steps:
            return  # an epoch that is not whole comes to its end
        due = self.every.due(trainer.global_step - self.step, time.monotonic() - self.saved)
        if most(trainer, self.signals.received or due):
            self.save(trainer)
            self._stop_if_asked(trainer)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.state.fn is not TrainerFn.FITTING or trainer.sanity_checking:
            return
        score = trainer.callback_metrics.get(self.monitor)
        if score is None:
            there = ", ".join(sorted(map(str, trainer.callback_metrics)))
            raise InputError(f"monitor={self.monitor}: no such metric was validated, wanted one of: {there}")
        self._rank(self.sign * float(score), trainer.global_step)
        loop = trainer.fit_loop.epoch_loop
        if loop._num_ready_batches_reached() or trainer.global_step == trainer.max_steps:
            return  # on_train_epoch_end comes next
        if loop._should_accumulate() or trainer.should_stop:
            self._save_best(trainer)  # nothing that a training could go on from
        else:
            self.save(trainer)
            self._stop_if_asked(trainer)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.stopping = trainer.should_stop
        self.save(trainer)
        self._stop_if_asked(trainer)

    def save(self, trainer: Trainer) -> None:
        """Write the state of the training as it is now; only where a training can go on from it.

        Raises:
            InputError: it cannot be written; the checkpoints that there are stay.
        """
        now = time.monotonic()
        self.seconds, self.started, self.saved = self.seconds + now - self.started, now, now
        self.step, self.whole = trainer.global_step, True
        self.rows = max((log.rows for log in _logs(trainer)), default=0)
        last = self.folder / LAST
        if trainer.is_global_zero and last.is_file():
            same_file(last, self.folder / PREVIOUS)
        # The best first: a run that is killed between the two goes on from the last, and finds its best again.
        if self._save_best(trainer):
            if trainer.is_global_zero:
                same_file(self.folder / BEST, last)
        else:
            trainer.save_checkpoint(last, weights_only=False)
        self.whole = False
        if trainer.is_global_zero:
            self._forget()

    def _save_best(self, trainer: Trainer) -> bool:
        steps = [step for _, step in self.best]
        if steps[:1] != [trainer.global_step]:
            if trainer.global_step in steps:  # one of those that are kept, but not the first of them
                trainer.save_checkpoint(step_file(self.folder, trainer.global_step), weights_only=False)
            return False
        trainer.save_checkpoint(self.folder / BEST, weights_only=False)
        if trainer.is_global_zero and self.keep > 1:
            same_file(self.folder / BEST, step_file(self.folder, trainer.global_step))
        return True

    def _forget(self) -> None:
        """Remove those that are no longer among the best; only now that the last one says so too."""
        for path in set(self.folder.glob("step-*.ckpt")) - {step_file(self.folder, step) for _, step in self.best}:
            path.unlink(missing_ok=True)

    def _rank(self, score: float, step: int) -> None:
        if score != score or any(step == kept for _, kept in self.best):
            return  # no number is better than none; and a step is validated again while the next one's gradients come
        # A later one that is as good does not push out an earlier one.
        self.best = sorted([*self.best, (score, step)], key=lambda entry: (-entry[0], entry[1]))[: self.keep]

    def _stop_if_asked(self, trainer: Trainer) -> None:
        number = most(trainer, self.signals.received or 0)
        if not number:
            return
        if trainer.is_global_zero and number == requeue_signal(trainer):
            requeue()
        raise Stopped(number, trainer.global_step, trainer.default_root_dir)


def _logs(trainer: Trainer) -> list[CsvLog]:
    return [logger for logger in trainer.loggers if isinstance(logger, CsvLog)]
