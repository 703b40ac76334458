"""Everything that Lightning asks of a model, once for all topologies."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import torch
from pytorch_lightning import LightningModule
from pytorch_lightning.plugins.precision import MixedPrecision
from pytorch_lightning.trainer.states import TrainerFn
from torch import Tensor
from torch.optim import Optimizer
from torchmetrics import Metric

from seqmodels.learning import Learning, NonFinite, RunningLoss, gradient_norm, largest_gradients
from seqmodels.metrics import Scorer
from seqmodels.topologies.evaluated import Evaluated
from seqmodels.types import Batch, Padded, State


class Topology(LightningModule, ABC):
    """A model that can be trained: a topology says what it computes, this class when.

    Logged: ``train/loss`` and, apart from it, ``train/penalty`` (means since the last time) and ``train/learning_rate``
    every ``log_every_n_steps`` steps; after each pass over a split ``val/...`` or ``test/...``: loss and all metrics.

    Args:
        metrics: by name, with ``update(predictions, targets)`` over padded sequences.
        learning: optimiser and schedule; Adam at 1e-3 if not given.
    """

    def __init__(self, metrics: Mapping[str, Metric] | None = None, learning: Learning | None = None):
        super().__init__()
        self.learning = learning or Learning()
        self.scorers = torch.nn.ModuleDict()
        self.measure(metrics or {})
        self.running_loss = RunningLoss()
        self.skipped = 0  # steps that were not made, because a loss or gradient was no number
        self.carried: State | None = None  # what training takes along from batch to batch
        self.of_loss: Callable[[str, Tensor], dict[str, Tensor]] | None = None  # of a split: further scores by name
        self.apart: Callable[[Batch], tuple[Tensor, Tensor]] | None = None  # a batch's loss, and a penalty that is none

    def measure(self, metrics: Mapping[str, Metric]) -> None:
        """Take these metrics for validation and test."""
        self.scorers.update({split: Scorer(metrics) for split in ("val", "test")})

    @abstractmethod
    def forward(self, inputs: Padded) -> Padded:
        """Predictions (B, U) for inputs."""

    @abstractmethod
    def loss(self, batch: Batch) -> Tensor:
        """The mean training loss over a batch's target steps, a scalar; penalties are part of it."""

    @abstractmethod
    def steps(self, batch: Batch) -> Tensor:
        """How many target steps the loss of a batch is the mean over, a scalar."""

    @abstractmethod
    def evaluate(self, batch: Batch) -> Evaluated:
        """Loss and predictions for a batch with targets."""

    def setup(self, stage: str) -> None:
        if stage == "fit":  # nothing of a training that was given up between two rows of the log
            self.running_loss, self.skipped, self.carried = RunningLoss(), 0, None

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        loss, penalty = self.apart(batch) if self.apart else (self.loss(batch), None)
        steps = self.steps(batch)
        self.running_loss.add(loss, steps, penalty)
        if self.trainer.world_size > 1:
            # Lightning takes the mean over processes, whose batches have more target steps or fewer.
            loss = loss * (steps * self.trainer.world_size / self._summed(steps.float()))
        return loss if penalty is None else loss + penalty

    def on_before_optimizer_step(self, optimizer: Optimizer) -> None:
        # Here, before any callback may save: what a row of the log says is then in the file, or in the checkpoint.
        self.gradient_norm = gradient_norm(self.parameters())
        if self._scaler is None and not self._finite():
            self.running_loss.drop()
            self.skipped += 1
            self.carried = None  # it may be no number either
            self.zero_grad()  # no gradients, no step
            return
        self.running_loss.count()
        if self.trainer._logger_connector.should_update_logs:
            self._log_training(optimizer.param_groups[0]["lr"])

    def _finite(self) -> bool:
        """Whether the step can be made; raises if it cannot and training is to stop then."""
        watched = self.gradient_norm
        if self.trainer.world_size == 1:  # of several processes, each has another loss and all the same gradients
            watched = watched + self.running_loss.pending()
        if bool(torch.isfinite(watched)):
            return True
        if self.learning.nonfinite == "stop":
            largest = largest_gradients(self.named_parameters())
            raise NonFinite(self.trainer.global_step + 1, float(self.running_loss.pending()), largest)
        return False

    def _log_training(self, rate: float) -> None:
        means = self.running_loss.mean(self._summed)
        if means is None:
            return
        self.log("train/loss", means[0], prog_bar=True, logger=False)
        row = {"epoch": self.trainer.current_epoch, "train/loss": float(means[0]), "train/learning_rate": float(rate)}
        row |= {"train/penalty": float(means[1])} if self.apart else {}
        for logger in self.trainer.loggers:
            logger.log_metrics(row, step=self.trainer.fit_loop.epoch_loop._batches_that_stepped)

    def configure_gradient_clipping(
        self,
        optimizer: Optimizer,
        gradient_clip_val: float | None = None,
        gradient_clip_algorithm: str | None = None,
    ) -> None:
        # The norm is known by now. And Lightning refuses to clip for fused optimisers under any mixed precision,
        # because they undo the scaling of the loss themselves; in bf16 nothing is scaled.
        if self._scaler is None and gradient_clip_val and gradient_clip_algorithm in (None, "norm"):
            torch.nn.utils.clip_grads_with_norm_(self.parameters(), gradient_clip_val, self.gradient_norm)
        else:
            self.clip_gradients(optimizer, gradient_clip_val, gradient_clip_algorithm)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["running_loss"] = self.running_loss.state(self.trainer.world_size, self.device)  # (processes, 3)
        checkpoint["skipped"] = self.skipped
        checkpoint["carried"] = self.carried

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        device = self.trainer.strategy.root_device
        self.running_loss.load_state(checkpoint["running_loss"], self.trainer.global_rank, device)
        self.skipped = checkpoint["skipped"]
        self.carried = checkpoint["carried"]

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
        return self.learning.configure(self.parameters(), self.trainer.estimated_stepping_batches)

    def scorer(self, split: str) -> Scorer:
        """The metrics of ``val`` or ``test``."""
        scorer = self.scorers[split]
        assert isinstance(scorer, Scorer)
        return scorer

    @property
    def _scaler(self) -> Any:
        """What scales the loss in half precision, whose gradients are infinite now and then by design."""
        plugin = self.trainer.precision_plugin
        return plugin.scaler if isinstance(plugin, MixedPrecision) else None

    def _summed(self, values: Tensor) -> Tensor:
        """The sum over all processes."""
        return self.trainer.strategy.reduce(values, reduce_op="sum") if self.trainer.world_size > 1 else values

    def _score(self, split: str, batch: Batch) -> None:
        if batch.targets is None:
            raise ValueError(f"a {split} batch has no targets to score against")
        loss, steps, predictions, said, ended = self.evaluate(batch)
        self.scorer(split).update(loss, steps, predictions, batch.targets, batch.texts, said, ended)

    def _report(self, split: str) -> None:
        scorer = self.scorer(split)
        found = scorer.compute()
        found |= self.of_loss(split, found["loss"]) if self.of_loss else {}
        scores = {f"{split}/{name}": value for name, value in found.items()}
        # Every process has computed the scores of all of them, so that Lightning's mean over processes is the same.
        self.log_dict(scores, prog_bar=split == "val", sync_dist=True)
        scorer.reset()
        if self.trainer.state.fn is TrainerFn.FITTING and not self.trainer.sanity_checking:
            self.learning.validated([config.scheduler for config in self.trainer.lr_scheduler_configs], scores)
