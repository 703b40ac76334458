"""An optimiser and a schedule, made for a model when its training begins."""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import Parameter
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from seqmodels.errors import InputError
from seqmodels.types import check_choice

OnNonfinite = Literal["stop", "skip"]


class Learning:
    """How a topology learns.

    Args:
        optimizer: makes the optimiser, called with the parameters; Adam at 1e-3 if not given.
        scheduler: makes the schedule, called with (optimiser, number of steps); None for a constant rate.
        monitor: the validated metric that a plateau schedule watches.
        nonfinite: what to do when a loss or a gradient is infinite or no number: ``stop``, or ``skip`` that step.

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
        nonfinite: OnNonfinite = "stop",
    ):
        check_choice("nonfinite", nonfinite, OnNonfinite)
        self.optimizer = optimizer or partial(torch.optim.Adam, lr=1e-3)
        self.scheduler = scheduler
        self.monitor = monitor
        self.nonfinite = nonfinite

    def configure(self, parameters: Iterable[Parameter], total_steps: float) -> dict[str, Any]:
        """What Lightning's ``configure_optimizers`` returns, for a training of that many optimiser steps.

        Raises:
            InputError: there is a schedule, and nobody knows how many steps there will be.
        """
        optimizer = self.optimizer(parameters)
        if self.scheduler is None:
            return {"optimizer": optimizer}
        if total_steps == math.inf:
            raise InputError(
                "trainer: neither max_epochs nor max_steps ends the training, and scheduler wants to know how many "
                "steps there are: set one of them (max_time may end it before), or scheduler=none"
            )
        scheduler = self.scheduler(optimizer, int(total_steps))
        # A plateau schedule is stepped by the topology, after a validation, and never by Lightning, which does so at
        # the end of an epoch, but not of one that was resumed: it is put off for ever.
        plateau = isinstance(scheduler, ReduceLROnPlateau)
        when = {"interval": "epoch", "frequency": 2**62} if plateau else {"interval": "step"}
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "monitor": self.monitor, **when},
        }

    def validated(self, schedulers: Iterable[object], scores: Mapping[str, Tensor]) -> None:
        """Lower the rates of those schedules that watch a metric, if it is time to."""
        for scheduler in schedulers:
            if isinstance(scheduler, ReduceLROnPlateau):
                scheduler.step(float(scores[self.monitor]))
