"""Settings that were changed for a training that goes on, in place of what its checkpoint remembers of them."""

from collections.abc import Mapping
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer

from seqmodels.callbacks import Checkpoints
from seqmodels.topologies import Topology

# What torch's schedules remember of how far they are; all else of theirs are settings.
SO_FAR = {"last_epoch", "_step_count", "_last_lr", "best", "num_bad_epochs", "cooldown_counter", "lr_lambdas"}
KNOWN = ("lr_lambdas", "num_bad_epochs")  # of a schedule by a function, and of one that watches a metric


class Renewed(Callback):
    """Has changed settings of the optimiser, its schedule and early stopping used, and not only said.

    Torch and Lightning take such settings from a checkpoint, so that a changed rate would never be learnt by. What they
    were is in the checkpoint: all processes of a run come to the same, and so does one that is resumed twice.

    Args:
        settings: of the run.
    """

    def __init__(self, settings: Mapping[str, Any]):
        stopping = (settings["callbacks"] or {}).get("early_stopping")
        self.settings = {"optim": settings["optim"], "scheduler": settings["scheduler"], "early_stopping": stopping}

    def state_dict(self) -> dict[str, Any]:
        return self.settings

    def fault(self, states: Mapping[str, Any]) -> str | None:
        """Why nothing can go on from a checkpoint with these settings.

        Args:
            states: of callbacks, as the checkpoint has them.
        """
        before = states.get(self.state_key, self.settings)  # checkpoints of before have none
        kinds = (dict, type(None))
        if (
            not isinstance(before, dict)
            or before.keys() != self.settings.keys()
            or not isinstance(before["optim"], dict)
        ):
            return "what it says of its settings is damaged"
        if not isinstance(before["scheduler"], kinds) or not isinstance(before["early_stopping"], kinds):
            return "what it says of its settings is damaged"
        was, now = (_kind(settings["scheduler"]) for settings in (before, self.settings))
        if now is None or was == now:
            return None
        return f"its schedule was {was}, and {now} cannot begin in the middle: begin a new run, or set scheduler=none"

    def on_load_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        assert isinstance(pl_module, Topology)
        before, now = checkpoint["callbacks"].get(self.state_key, self.settings), self.settings
        if before["optim"] != now["optim"]:
            rates = [settings["optim"].get("lr") for settings in (before, now)]
            _optimise_anew(checkpoint["optimizer_states"], pl_module, rates)
        if before["optim"] != now["optim"] or before["scheduler"] != now["scheduler"]:
            _schedule_anew(checkpoint, now["scheduler"] is not None)
        if before["early_stopping"] != now["early_stopping"]:
            _stop_anew(trainer, checkpoint["callbacks"])


def _kind(settings: Mapping[str, Any] | None) -> str | None:
    return None if settings is None else settings.get("_target_")


def _optimise_anew(states: list[dict[str, Any]], model: Topology, rates: list[Any]) -> None:
    before, now = rates
    share = now / before if before and isinstance(now, int | float) else 1.0
    for state in states:
        for group, new in zip(
            state["param_groups"], model.learning.optimizer(model.parameters()).param_groups, strict=True
        ):
            group |= {name: value for name, value in new.items() if name not in ("params", "lr")}
            if before != now:
                group |= {name: group[name] * share for name in ("lr", "initial_lr") if name in group}


def _schedule_anew(checkpoint: dict[str, Any], scheduled: bool) -> None:
    if not scheduled:
        for state in checkpoint["optimizer_states"]:
            for group in state["param_groups"]:
                group["lr"] = group.pop("initial_lr", group["lr"])
        return
    for state in checkpoint["lr_schedulers"]:
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
