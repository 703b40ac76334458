"""Everything that can be known to be wrong with a config before any data is touched."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torchmetrics import Metric

from seqmodels.errors import InputError
from seqmodels.run.build import build, make_metrics
from seqmodels.run.leftovers import nothing_left_behind
from seqmodels.run.make import without_apples_gpu
from seqmodels.run.matching import mismatches, small_pictures
from seqmodels.run.settings import Settings
from seqmodels.run.signatures import node_faults, value_faults
from seqmodels.run.vector_files import vectors_path
from seqmodels.types import Sizes

OF_LOSS = ("val/loss", "val/perplexity", "val/bits_per_character", "val/cut")  # of these less is better


def check(config: Mapping[str, Any], allowed: Sequence[str]) -> None:
    """Hold a composed config against the signatures of what it names, then try to make model, optimiser and trainer.

    Args:
        config: plain and resolved.
        allowed: packages whose classes may be named.

    Raises:
        InputError: every fault that was found, each with its key path.
    """
    faults = config_faults(config, allowed) + device_faults(config)
    if faults:
        raise InputError(faults)
    faults = []
    with nothing_left_behind():  # a Trainer is told by its settings, and tells torch
        for made in (_model, _optimizer, _trainer, _callbacks):
            try:
                made(config, allowed)
            except InputError as error:
                faults += error.faults
    if faults:
        raise InputError(faults)


def _model(config: Mapping[str, Any], allowed: Sequence[str]) -> None:
    fields = build(config["fields"], allowed, "fields")
    sizes = Sizes(fields["inputs"].expected_size(), fields["targets"].expected_size())
    with torch.device("meta"):  # sizes are checked, nothing is allocated
        model = build(config["model"], allowed, "model", sizes=sizes)
    metrics = make_metrics(config["metric"], allowed, fields["targets"])
    others = [build(config[name], allowed, name) for name in ("floor", "augment", "batching")]
    faults = mismatches(model, fields["inputs"], fields["targets"], metrics, *others)
    faults += small_pictures(config["data"].get("max_side"), fields["inputs"])
    if faults := faults or [*_mode_faults(config["monitor"], config["mode"], metrics)]:
        raise InputError(faults)


def _mode_faults(monitor: str, mode: str, metrics: Mapping[str, Metric]) -> Iterator[str]:
    """Whether the best of what is monitored would be the worst; of some metrics neither more nor less is better."""
    watched = metrics.get(monitor.removeprefix("val/"))
    more = (False if monitor in OF_LOSS else None) if watched is None else watched.higher_is_better
    if more is not None and more is not (mode == "max"):
        better, wanted = ("more", "max") if more else ("less", "min")
        yield f"mode: {mode} found, and {better} of {monitor} is better: set mode={wanted}"


def _optimizer(config: Mapping[str, Any], allowed: Sequence[str]) -> None:
    optimizer = build(config["optim"], allowed, "optim")([torch.nn.Parameter(torch.zeros(1))])
    if config["scheduler"] is not None:
        build(config["scheduler"], allowed, "scheduler")(optimizer, 100)


def _trainer(config: Mapping[str, Any], allowed: Sequence[str]) -> None:
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    build(without_apples_gpu(config["trainer"]), allowed, "trainer", **quiet)


def _callbacks(config: Mapping[str, Any], allowed: Sequence[str]) -> None:
    build(config["callbacks"], allowed, "callbacks")


def config_faults(config: Mapping[str, Any], allowed: Sequence[str]) -> list[str]:
    """The faults that show in the config alone, without building anything."""
    faults = value_faults(config, Settings, "", allowed, required=True) + node_faults(config, allowed)
    watched, there = config.get("monitor"), ["val/loss", *(f"val/{name}" for name in config.get("metric") or {})]
    if watched not in there:
        faults.append(f"monitor: {watched!r} found, wanted one of: {', '.join(there)}")
    if isinstance(config.get("callbacks"), Mapping) and not config["callbacks"].get("checkpoints"):
        faults.append("callbacks.checkpoints: None found; the best checkpoint is what is tested and kept, leave it in")
    if isinstance(config.get("trainer"), Mapping) and config["trainer"].get("limit_val_batches") == 0:
        faults.append("trainer.limit_val_batches: 0 found, wanted more; validation says which checkpoint is best")
    if config.get("vectors"):
        try:
            vectors_path(str(config["vectors"]))
        except InputError as error:
            faults += error.faults
    return faults


def device_faults(config: Mapping[str, Any]) -> list[str]:
    """Whether this machine or this project lacks the accelerator that is asked for."""
    trainer = config.get("trainer")
    wanted = trainer.get("accelerator", "auto") if isinstance(trainer, Mapping) else "auto"
    if wanted == "mps":
        hint = "metrics count in double precision, which Apple's GPUs do not have; use device=cpu"
    elif wanted in ("gpu", "cuda") and not torch.cuda.is_available():
        hint = "this machine has none; use device=cpu or device=auto"
    else:
        return []
    return [f"trainer.accelerator: {wanted} found, but {hint}"]
