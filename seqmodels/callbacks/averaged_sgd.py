"""The mean of the weights, from when training no longer gets better by itself."""

from typing import Any

import torch
from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import WeightAveraging
from pytorch_lightning.trainer.states import TrainerFn
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.types import Mode, Positive, check_choice


class AveragedSgd(WeightAveraging):
    """NT-ASGD: averaged stochastic gradient descent with a non-monotone trigger (Merity et al. 2018, section 4).

        θ̄_k = (θ_T + ... + θ_k) / (k - T + 1)

    T is the step of the first validation that is worse than the best of all those that came more than ``patience``
    validations before it (algorithm 1, as the authors' program has it). Until then θ̄ is θ. Validation, test and
    checkpoints use θ̄; training goes on with θ. Meant for plain SGD, whose learning rate stays as it is.

    Args:
        monitor: the validated metric that is watched.
        mode: whether less of it is better, or more.
        patience: n, the non-monotone interval, in validations.

    Raises:
        InputError: the metric is not validated, or another callback averages the weights too.

    Example:
        >>> from pytorch_lightning import Trainer
        >>> from seqmodels.callbacks import AveragedSgd
        >>> trainer = Trainer(callbacks=[AveragedSgd("val/loss", patience=5)])  # doctest: +SKIP
    """

    def __init__(self, monitor: str = "val/loss", mode: Mode = "min", patience: Positive = 5):
        def average(averaged: list[Tensor], current: list[Tensor], count: Tensor | int) -> None:
            weights = 1 if self.begun is None else int(count) - self.begun + 2
            torch._foreach_lerp_(averaged, current, 1 / weights)

        super().__init__(use_buffers=False, multi_avg_fn=average)
        check_choice("mode", mode, Mode)
        self.monitor, self.patience = monitor, patience
        self.sign = 1 if mode == "max" else -1
        self.scores: list[float] = []  # of all validations, more is better
        self.begun: int | None = None  # T, counted in updates of θ̄

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        both = [type(c).__name__ for c in trainer.callbacks if isinstance(c, WeightAveraging)]  # type: ignore[attr-defined]
        if len(both) > 1:
            raise InputError(f"callbacks: {' and '.join(both)} found, wanted one that averages the weights")
        # Lightning asks the model, which is still on the CPU: every step would copy all weights there.
        self._device = trainer.strategy.root_device
        super().setup(trainer, pl_module, stage)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.state.fn is not TrainerFn.FITTING or trainer.sanity_checking:
            return
        found = trainer.callback_metrics.get(self.monitor)
        if found is None:
            there = ", ".join(sorted(map(str, trainer.callback_metrics)))
            raise InputError(f"monitor={self.monitor}: no such metric was validated, wanted one of: {there}")
        score = self.sign * float(found)
        if self.begun is None and any(score < before for before in self.scores[: -self.patience]):
            assert self._average_model is not None
            self.begun = int(self._average_model.n_averaged)
        self.scores.append(score)

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "scores": self.scores, "begun": self.begun}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict(state_dict)
        self.scores, self.begun = list(state_dict["scores"]), state_dict["begun"]

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        # The same Trainer may validate another model now, which must not be given this one's average.
        self._average_model = None
