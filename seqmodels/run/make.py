"""What a config names, made: data, model, trainer."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from pytorch_lightning import Callback, Trainer
from pytorch_lightning.callbacks import ProgressBar

from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.learning import Learning
from seqmodels.nn.wide import NGramLinear
from seqmodels.run.build import build, make_metrics
from seqmodels.run.targets import check_targets
from seqmodels.run.vectors import find_vectors, load_vectors
from seqmodels.storage import CheckpointFiles
from seqmodels.text.vectors import WordVectors
from seqmodels.topologies import LanguageModel, ManyToOne, Topology


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


def settle(settings: Mapping[str, Any], data: SequenceData, allowed: Sequence[str]) -> WordVectors | None:
    """What becomes of the data with this model: examples that it cannot take, words that have pretrained vectors.

    Returns:
        The vectors that the config names, for ``make_model``.
    """
    with torch.device("meta"):  # what is asked for is no numbers
        model = build(settings["model"], allowed, "model", sizes=data.sizes)
    check_targets(model, data)
    return None if settings["vectors"] is None else find_vectors(settings["vectors"], model, data)


def make_model(
    settings: Mapping[str, Any], data: SequenceData, allowed: Sequence[str], vectors: WordVectors | None = None
) -> Topology:
    """The model that a config names, for that data, with these pretrained vectors; ``fit_wide`` solves for the rest."""
    learning = Learning(
        build(settings["optim"], allowed, "optim"),
        build(settings["scheduler"], allowed, "scheduler"),
        settings["monitor"],
        settings["nonfinite"],
    )
    metrics = make_metrics(settings["metric"], allowed, data.targets)
    model = build(settings["model"], allowed, "model", sizes=data.sizes, metrics=metrics, learning=learning)
    if not isinstance(model, Topology):
        raise InputError(f"model._target_: {type(model).__name__} found, wanted a topology")
    count_characters(model, data)
    if vectors is not None:
        load_vectors(vectors, model)
    return model


def fit_wide(model: Topology, data: SequenceData) -> None:
    """Solve for what answers beside a model, if something does."""
    if not isinstance(model, ManyToOne) or not isinstance(model.wide, NGramLinear):
        return
    train = data.encoded["train"]
    try:
        model.wide.fit(train.inputs, torch.cat(train.targets))
    except ValueError as error:
        raise InputError(f"model.wide: {error}") from error


def count_characters(model: Topology, data: SequenceData) -> None:
    """Tell a language model how many characters its tokens have in each split."""
    if isinstance(model, LanguageModel):
        shares = {split: encoded.tokens_per_character(data.targets) for split, encoded in data.encoded.items()}
        model.tokens_per_character = {split: share for split, share in shares.items() if share is not None}


def make_trainer(settings: Mapping[str, Any], further: Sequence[Callback], allowed: Sequence[str]) -> Trainer:
    """The Trainer that a config names, with further callbacks, and checkpoints that cannot be lost."""
    made: dict[str, Callback | None] = build(settings["callbacks"], allowed, "callbacks")
    callbacks = [callback for callback in made.values() if callback is not None]
    loggers = build(settings["logger"] or {}, allowed, "logger")
    plugins = build(settings["trainer"].get("plugins"), allowed, "trainer.plugins") or []
    trainer = build(
        without_apples_gpu(settings["trainer"]),
        allowed,
        "trainer",
        callbacks=[*callbacks, *further],
        logger=list(loggers.values()) or False,
        plugins=[*(plugins if isinstance(plugins, list) else [plugins]), CheckpointFiles()],
        default_root_dir=settings["run_dir"],
        enable_progress_bar=any(isinstance(callback, ProgressBar) for callback in callbacks),
    )
    assert isinstance(trainer, Trainer)
    return trainer


def without_apples_gpu(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """A Trainer's settings, of which ``accelerator=auto`` means the CPU on Apple machines: metrics count in double
    precision, which their GPUs do not have."""
    auto = settings.get("accelerator", "auto") == "auto"
    return {**settings, "accelerator": "cpu"} if auto and torch.backends.mps.is_available() else settings


def parameters(model: torch.nn.Module) -> int:
    """How many numbers a model learns."""
    return sum(p.numel() for p in model.parameters())
