"""Random numbers that depend on where a training stands, and not on how it got there."""

import hashlib
import random
from typing import Any

import numpy as np
import torch
from pytorch_lightning import Callback, LightningModule, Trainer

from seqmodels.types import NonNegative


class StepSeed(Callback):
    """Seed every generator anew at every training batch, from (seed, epoch, batch, process).

    So dropout draws the same numbers in a resumed run, whatever was drawn before it was interrupted. It takes a few
    microseconds, since torch's generators are asked one by one.

    Args:
        seed: of the run.

    Example:
        >>> from pytorch_lightning import Trainer
        >>> from seqmodels.callbacks import StepSeed
        >>> trainer = Trainer(callbacks=[StepSeed(1)])  # doctest: +SKIP
    """

    def __init__(self, seed: NonNegative):
        self.seed = seed

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        place = f"{self.seed} {trainer.current_epoch} {batch_idx} {trainer.global_rank}"
        # 32 bits: torch's generator on a CPU and numpy's take no more.
        key = int.from_bytes(hashlib.blake2b(place.encode(), digest_size=4).digest(), "little")
        torch.default_generator.manual_seed(key)
        if pl_module.device.type == "cuda":
            torch.cuda.manual_seed(key)
        elif pl_module.device.type == "mps":
            torch.mps.manual_seed(key)
        random.seed(key)
        np.random.seed(key)
