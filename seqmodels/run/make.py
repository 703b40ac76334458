"""What a config names, made: data, model, trainer."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from pytorch_lightning import Callback, Trainer
from pytorch_lightning.callbacks import ProgressBar

from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.learning import Learning
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.run.build import build
from seqmodels.run.recipe import RecipeInCheckpoint
from seqmodels.run.show import console
from seqmodels.storage import CheckpointFiles
from seqmodels.text import read_vectors
from seqmodels.topologies import Topology


def make_data(settings: Mapping[str, Any], allowed: Sequence[str]) -> SequenceData:
    """The data that a config names."""
    return SequenceData(
        build(settings["data"], allowed, "data"),
        build(settings["fields"]["inputs"], allowed, "fields.inputs"),
        build(settings["fields"]["targets"], allowed, "fields.targets"),
        build(settings["batching"], allowed, "batching"),
        settings["seed"],
        settings["on_bad"],
        augment=build(settings["augment"], allowed, "augment"),
    )


def make_model(settings: Mapping[str, Any], data: SequenceData, allowed: Sequence[str]) -> Topology:
    """The model that a config names, for that data, with pretrained vectors if it names some."""
    learning = Learning(
        build(settings["optim"], allowed, "optim"),
        build(settings["scheduler"], allowed, "scheduler"),
        settings["monitor"],
        settings["nonfinite"],
    )
    metrics = build(settings["metric"], allowed, "metric")
    model = build(settings["model"], allowed, "model", sizes=data.sizes, metrics=metrics, learning=learning)
    if not isinstance(model, Topology):
        raise InputError(f"model._target_: {type(model).__name__} found, wanted a topology")
    if settings["vectors"] is not None:
        _load_vectors(settings["vectors"], model, data)
    return model


def _load_vectors(path: str, model: Topology, data: SequenceData) -> None:
    embedder = getattr(model, "embedder", None)
    if not isinstance(embedder, TokenEmbedder):
        raise InputError(f"vectors={path}: {type(embedder).__name__} takes none; choose model/embedder=tokens")
    vectors = read_vectors(path, data.inputs.vocab)
    try:
        embedder.load_vectors(vectors.table, vectors.found)
    except ValueError as error:
        raise InputError(f"vectors={path}: {error}") from error
    found = f"{int(vectors.found.sum())} of {len(vectors.found)} tokens found in {path}"
    console().print(*(f"vectors: {line}" for line in (found, *vectors.notes)), sep="\n", highlight=False)


def make_trainer(settings: Mapping[str, Any], carrier: RecipeInCheckpoint, allowed: Sequence[str]) -> Trainer:
    """The Trainer that a config names, with one more callback, and checkpoints that cannot be lost."""
    made: dict[str, Callback | None] = build(settings["callbacks"], allowed, "callbacks")
    callbacks = [callback for callback in made.values() if callback is not None]
    loggers = build(settings["logger"] or {}, allowed, "logger")
    plugins = build(settings["trainer"].get("plugins"), allowed, "trainer.plugins") or []
    trainer = build(
        settings["trainer"],
        allowed,
        "trainer",
        callbacks=[*callbacks, carrier],
        logger=list(loggers.values()) or False,
        plugins=[*(plugins if isinstance(plugins, list) else [plugins]), CheckpointFiles()],
        default_root_dir=settings["run_dir"],
        enable_progress_bar=any(isinstance(callback, ProgressBar) for callback in callbacks),
    )
    assert isinstance(trainer, Trainer)
    return trainer


def parameters(model: torch.nn.Module) -> int:
    """How many numbers a model learns."""
    return sum(p.numel() for p in model.parameters())
