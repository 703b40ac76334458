"""An exponential moving average of the weights."""

import torch
from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import WeightAveraging
from torch import Tensor

from seqmodels.types import Probability


class WeightAverage(WeightAveraging):
    """Keep θ̄ ← d·θ̄ + (1 - d)·θ after every optimiser step; validation, test and checkpoints use θ̄.

    The decay grows into its value as d_n = min(decay, (1 + n)/(10 + n)), so that the first weights, which are random,
    are soon forgotten. Checkpoints hold θ̄ as ``state_dict`` and θ as ``current_model_state``.

    Args:
        decay: d; about 1 - 1/(steps to average over).

    Example:
        >>> from pytorch_lightning import Trainer
        >>> from seqmodels.callbacks import WeightAverage
        >>> trainer = Trainer(callbacks=[WeightAverage(decay=0.998)])  # doctest: +SKIP
    """

    def __init__(self, decay: Probability = 0.998):
        def average(averaged: list[Tensor], current: list[Tensor], count: Tensor | int) -> None:
            n = int(count)
            torch._foreach_lerp_(averaged, current, 1 - min(decay, (1 + n) / (10 + n)))

        super().__init__(use_buffers=False, multi_avg_fn=average)

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        # Lightning asks the model, which is still on the CPU: every step would copy all weights there.
        self._device = trainer.strategy.root_device
        super().setup(trainer, pl_module, stage)

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        # The same Trainer may validate another model now, which must not be given this one's average.
        self._average_model = None
