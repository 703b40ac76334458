"""Settings that were changed for a training that goes on, in place of what its checkpoint remembers of them."""

from collections.abc import Sequence
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer

from seqmodels.callbacks import Checkpoints
from seqmodels.topologies import Topology

# What torch's schedules remember of how far they are; all else of theirs are settings.
SO_FAR = {"last_epoch", "_step_count", "_last_lr", "best", "num_bad_epochs", "cooldown_counter", "lr_lambdas"}
KNOWN = ("lr_lambdas", "num_bad_epochs")  # of a schedule by a function, and of one that watches a metric


class Renewed(Callback):
    """Puts changed settings of the optimiser, the schedule and early stopping into a checkpoint that is loaded.

    Torch and Lightning take such settings from the checkpoint, so that a changed rate would be said and not be used.

    Args:
        changes: a line a key, which it begins with.
    """

    def __init__(self, changes: Sequence[str]):
        self.groups = {change.partition(":")[0].partition(".")[0] for change in changes}

    def on_load_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        assert isinstance(pl_module, Topology)
        if "optim" in self.groups:
            for state in checkpoint["optimizer_states"]:
                _optimise_anew(state["param_groups"], pl_module)
        if self.groups & {"optim", "scheduler", "trainer"}:
            for state in checkpoint["lr_schedulers"]:
                _schedule_anew(state)
        if "callbacks" in self.groups:
            _stop_anew(trainer, checkpoint["callbacks"])


def _optimise_anew(groups: list[dict[str, Any]], model: Topology) -> None:
    for group, new in zip(groups, model.learning.optimizer(model.parameters()).param_groups, strict=True):
        now, begun = group["lr"], group.get("initial_lr")  # of which the schedule has a share by now
        group |= {name: value for name, value in new.items() if name != "params"}
        if begun:
            group |= {"lr": now * new["lr"] / begun, "initial_lr": new["lr"]}


def _schedule_anew(state: dict[str, Any]) -> None:
    if any(name in state for name in KNOWN):
        for name in set(state) - SO_FAR:
            del state[name]
        if "lr_lambdas" in state:
            state["lr_lambdas"] = [None] * len(state["lr_lambdas"])


def _stop_anew(trainer: Trainer, states: dict[str, Any]) -> None:
    for stopping in trainer.early_stopping_callbacks:
        if stopping.state_key in states:
            states[stopping.state_key]["patience"] = stopping.patience
    for callback in trainer.callbacks:  # type: ignore[attr-defined]
        if isinstance(callback, Checkpoints) and callback.state_key in states:
            states[callback.state_key]["stopping"] = False
