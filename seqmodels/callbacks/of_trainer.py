"""What callbacks ask of a Trainer, and where it goes on with an epoch."""

import torch
from pytorch_lightning import Trainer
from pytorch_lightning.loops.fit_loop import _FitLoop
from pytorch_lightning.loops.loop import _Loop
from pytorch_lightning.loops.progress import _ProcessedTracker


def begin_whole_epoch(loop: _FitLoop) -> None:
    """Begin the next epoch where a checkpoint was saved at the end of one.

    Where ``max_steps`` is set, Lightning goes on with the one that is over, and ends it again without a batch.
    """
    if loop.restarted_on_epoch_end:
        loop.epoch_progress.increment_completed()
        loop.reset_restart_stage()
        loop.epoch_loop.reset_restart_stage()
        _Loop.restarting.fset(loop, False)  # type: ignore[attr-defined]  # its own setter would say True again


def end_epoch(loop: _FitLoop) -> None:
    """Count an epoch that was over when its training was killed, if nothing was left to do then."""
    progress = loop.epoch_progress.current
    assert isinstance(progress, _ProcessedTracker)
    progress.completed = progress.processed


def most(trainer: Trainer, number: int) -> int:
    """The largest of all processes' numbers, so that all of them do the same."""
    if trainer.world_size == 1:
        return number
    return int(
        trainer.strategy.reduce(torch.tensor(float(number), device=trainer.strategy.root_device), reduce_op="max")
    )
