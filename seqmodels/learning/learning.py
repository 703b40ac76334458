"""An optimiser and a schedule, made for a model when its training begins."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import torch
from torch.nn import Parameter
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau


class Learning:
    """How a topology learns.

    Args:
        optimizer: makes the optimiser, called with the parameters; Adam at 1e-3 if not given.
        scheduler: makes the schedule, called with (optimiser, number of steps); None for a constant rate.
        monitor: the validated metric that a plateau schedule watches.

    Example:
        >>> from functools import partial
        >>> from seqmodels.learning import Learning, WarmupCosine
        >>> learning = Learning(partial(torch.optim.AdamW, lr=1e-3), partial(WarmupCosine, warmup=0.1))
    """

    def __init__(
        self,
        optimizer: Callable[[Iterable[Parameter]], Optimizer] | None = None,
        scheduler: Callable[[Optimizer, int], LRScheduler] | None = None,
        monitor: str = "val/loss",
    ):
        self.optimizer = optimizer or partial(torch.optim.Adam, lr=1e-3)
        self.scheduler = scheduler
        self.monitor = monitor

    def configure(self, parameters: Iterable[Parameter], total_steps: int) -> dict[str, Any]:
        """What Lightning's ``configure_optimizers`` returns, for a training of that many optimiser steps."""
        optimizer = self.optimizer(parameters)
        if self.scheduler is None:
            return {"optimizer": optimizer}
        scheduler = self.scheduler(optimizer, total_steps)
        after_validation = isinstance(scheduler, ReduceLROnPlateau)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {
                "scheduler": scheduler,
                "interval": "epoch" if after_validation else "step",
                "monitor": self.monitor,
            },
        }
