"""Everything that Lightning asks of a model, once for all topologies."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from pytorch_lightning import LightningModule
from pytorch_lightning.plugins.precision import MixedPrecision
from torch import Tensor
from torch.optim import Optimizer
from torchmetrics import Metric

from seqmodels.learning import Learning
from seqmodels.metrics import Scorer
from seqmodels.types import Batch, Padded


class Evaluated(NamedTuple):
    """What a model makes of a batch whose targets are known.

    Args:
        loss: scalar, the mean over ``steps``.
        steps: scalar, how many target steps the loss is a mean over.
        predictions: (B, U).
    """

    loss: Tensor
    steps: Tensor
    predictions: Padded


class Topology(LightningModule, ABC):
    """A model that can be trained: a topology says what it computes, this class when.

    Logged: ``train/loss`` every ``log_every_n_steps`` steps (the mean since the last time), and after each pass over
    a split ``val/...`` or ``test/...``: the loss and every metric over the whole split.

    Args:
        metrics: by name, with ``update(predictions, targets)`` over padded sequences.
        learning: optimiser and schedule; Adam at 1e-3 if not given.
    """

    def __init__(self, metrics: Mapping[str, Metric] | None = None, learning: Learning | None = None):
        super().__init__()
        self.learning = learning or Learning()
        self.scorers = torch.nn.ModuleDict()
        self.measure(metrics or {})
        self.losses: list[Tensor] = []  # of the steps since train/loss was last logged

    def measure(self, metrics: Mapping[str, Metric]) -> None:
        """Take these metrics for validation and test."""
        self.scorers.update({split: Scorer(metrics) for split in ("val", "test")})

    @abstractmethod
    def forward(self, inputs: Padded) -> Padded:
        """Predictions (B, U) for inputs."""

    @abstractmethod
    def loss(self, batch: Batch) -> Tensor:
        """The mean training loss over a batch's target steps, a scalar."""

    @abstractmethod
    def evaluate(self, batch: Batch) -> Evaluated:
        """Loss and predictions for a batch with targets."""

    def on_train_start(self) -> None:
        self.losses.clear()  # of a training that ended between two logged steps

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        loss = self.loss(batch)
        self.losses.append(loss.detach())
        # Only at the steps at which Lightning writes to its loggers: log() costs more than a small model's step.
        trainer = self.trainer
        if trainer._logger_connector.should_update_logs and not trainer.fit_loop._should_accumulate():
            self.log("train/loss", torch.stack(self.losses).mean(), prog_bar=True)
            self.losses.clear()
        return loss

    def configure_gradient_clipping(
        self,
        optimizer: Optimizer,
        gradient_clip_val: float | None = None,
        gradient_clip_algorithm: str | None = None,
    ) -> None:
        # Lightning refuses to clip for fused optimisers under any mixed precision, because they undo the scaling of
        # the loss themselves; in bf16 nothing is scaled, so there is nothing to refuse.
        plugin = self.trainer.precision_plugin
        unscaled = isinstance(plugin, MixedPrecision) and plugin.scaler is None
        if unscaled and gradient_clip_val and gradient_clip_algorithm in (None, "norm"):
            torch.nn.utils.clip_grad_norm_(self.parameters(), gradient_clip_val)
        else:
            self.clip_gradients(optimizer, gradient_clip_val, gradient_clip_algorithm)

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        self._score("val", batch)

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        self._score("test", batch)

    def predict_step(self, batch: Batch, batch_idx: int) -> Padded:
        return self(batch.inputs)

    def on_validation_epoch_end(self) -> None:
        self._report("val")

    def on_test_epoch_end(self) -> None:
        self._report("test")

    def configure_optimizers(self) -> Any:
        return self.learning.configure(self.parameters(), int(self.trainer.estimated_stepping_batches))

    def scorer(self, split: str) -> Scorer:
        """The metrics of ``val`` or ``test``."""
        scorer = self.scorers[split]
        assert isinstance(scorer, Scorer)
        return scorer

    def _score(self, split: str, batch: Batch) -> None:
        if batch.targets is None:
            raise ValueError(f"a {split} batch has no targets to score against")
        evaluated = self.evaluate(batch)
        self.scorer(split).update(evaluated.loss, evaluated.steps, evaluated.predictions, batch.targets)

    def _report(self, split: str) -> None:
        scorer = self.scorer(split)
        scores = {f"{split}/{name}": value for name, value in scorer.compute().items()}
        # Every process has computed the scores of all of them, so that Lightning's mean over processes is the same.
        self.log_dict(scores, prog_bar=split == "val", sync_dist=True)
        scorer.reset()
