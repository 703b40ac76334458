"""One training run, from a composed config to a folder of results."""

import os
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from lightning_fabric.utilities.exceptions import MisconfigurationException
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning import Callback, Trainer, seed_everything
from pytorch_lightning.callbacks import ProgressBar

from seqmodels.data import SequenceData, data_root
from seqmodels.errors import InputError
from seqmodels.learning import Learning
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.run.build import IN_CONFIGS, build
from seqmodels.run.check import check
from seqmodels.run.environment import environment, weights_hash
from seqmodels.run.evaluate import evaluate
from seqmodels.run.folder import write_json, write_text
from seqmodels.run.load import checkpoint_path, load
from seqmodels.run.plain import plain
from seqmodels.run.recipe import RecipeInCheckpoint, make_recipe
from seqmodels.run.show import batches_line, console, recurrence_lines, show_samples, show_scores
from seqmodels.text import read_vectors
from seqmodels.topologies import Topology


def train(config: DictConfig, overrides: Sequence[str], trust: Sequence[str] = ()) -> dict[str, float]:
    """Train, test, and write the run's folder ``config.run_dir``.

    Args:
        config: composed; ``run_dir`` is the run's folder.
        overrides: the command line that made it, for the record.
        trust: packages whose classes the config may name, besides ours, torch's and Lightning's.

    Returns:
        What stands in metrics.json.

    Raises:
        InputError: the config, the data or the device is not as it must be.
    """
    settings = plain(config)
    allowed = (*IN_CONFIGS, *trust)
    check(settings, allowed)
    folder = Path(settings["run_dir"])
    _open_folder(folder, config, overrides)
    carrier = RecipeInCheckpoint()
    trainer = make_trainer(settings, carrier, allowed)
    data = make_data(settings, allowed)
    data.setup("fit")
    carrier.recipe = make_recipe(plain(config, hide_environment=True), data)
    seed_everything(settings["seed"], workers=True, verbose=False)
    model = make_model(settings, data, allowed)
    facts = environment(data.splits, settings["seed"], trainer.strategy.root_device)
    if trainer.is_global_zero:
        write_json(folder / "environment.json", facts)
        console().print(_headline(settings, data, model, trainer), highlight=False)
        lines = [batches_line(data.batches("train"), data.batching, trainer.world_size)]
        console().print(*lines, *recurrence_lines(model, trainer), sep="\n", highlight=False)

    started = time.perf_counter()
    try:
        trainer.fit(model, datamodule=data)
    except SystemExit as error:  # Lightning's answer to Ctrl-C
        if trainer.interrupted:
            raise KeyboardInterrupt(f"interrupted; what was saved until then lies in {folder}") from error
        raise
    except (MisconfigurationException, RuntimeError, ValueError) as error:
        if _raised_by_lightning(error):  # a setting of which it sees only now that it cannot be
            raise InputError(f"trainer: {' '.join(str(error).split())}") from error
        raise
    seconds = time.perf_counter() - started
    best = load(checkpoint_path(folder), trust)
    results = evaluate(best, data, trainer, ("val", "test"), allowed)
    results |= {"seconds": round(seconds, 2), "epochs": trainer.current_epoch, "parameters": parameters(best.model)}
    if trainer.is_global_zero:
        write_json(folder / "metrics.json", results)
        write_json(folder / "environment.json", facts | {"weights_sha256": weights_hash(best.model.state_dict())})
        show_scores(results, best.recipe, "test")
        show_samples(best, data.splits.test)
        console().print(f"trained in {seconds:.0f} s ({trainer.current_epoch} epochs); the run lies in {folder}")
    return results


def _open_folder(folder: Path, config: DictConfig, overrides: Sequence[str]) -> None:
    """Begin a run's folder, unless a run lies there already."""
    first = "LOCAL_RANK" not in os.environ  # of the processes of a run, the one that starts the others
    if first and (folder / "checkpoints").exists():
        raise InputError(f"run_dir={folder}: a run lies there already; name another folder, or none")
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    write_text(folder / "config.yaml", OmegaConf.to_yaml(config, resolve=False))
    write_text(folder / "overrides.yaml", OmegaConf.to_yaml(OmegaConf.create(list(overrides))))


def make_data(settings: Mapping[str, Any], allowed: Sequence[str]) -> SequenceData:
    """The data that a config names."""
    return SequenceData(
        build(settings["data"], allowed, "data"),
        build(settings["fields"]["inputs"], allowed, "fields.inputs"),
        build(settings["fields"]["targets"], allowed, "fields.targets"),
        build(settings["batching"], allowed, "batching"),
        settings["seed"],
    )


def make_model(settings: Mapping[str, Any], data: SequenceData, allowed: Sequence[str]) -> Topology:
    """The model that a config names, for that data, with pretrained vectors if it names some."""
    learning = Learning(
        build(settings["optim"], allowed, "optim"),
        build(settings["scheduler"], allowed, "scheduler"),
        settings["monitor"],
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
    vectors = read_vectors(path, data.inputs.vocab, data_root() / "vectors")
    try:
        embedder.load_vectors(vectors.table, vectors.found)
    except ValueError as error:
        raise InputError(f"vectors={path}: {error}") from error
    console().print(f"vectors: {int(vectors.found.sum())} of {len(vectors.found)} tokens found in {path}")


def make_trainer(settings: Mapping[str, Any], carrier: RecipeInCheckpoint, allowed: Sequence[str]) -> Trainer:
    """The Trainer that a config names, with one more callback."""
    made: dict[str, Callback | None] = build(settings["callbacks"], allowed, "callbacks")
    callbacks = [callback for callback in made.values() if callback is not None]
    loggers = build(settings["logger"] or {}, allowed, "logger")
    trainer = build(
        settings["trainer"],
        allowed,
        "trainer",
        callbacks=[*callbacks, carrier],
        logger=list(loggers.values()) or False,
        default_root_dir=settings["run_dir"],
        enable_progress_bar=any(isinstance(callback, ProgressBar) for callback in callbacks),
    )
    assert isinstance(trainer, Trainer)
    return trainer


def _headline(settings: Mapping[str, Any], data: SequenceData, model: Topology, trainer: Trainer) -> str:
    counts = ", ".join(f"{len(examples):,} {name}" for name, examples in data.splits._asdict().items())
    return (
        f"{settings['name']}: {counts} examples; {data.sizes.inputs} input ids, {data.sizes.targets} target ids; "
        f"{parameters(model):,} parameters; "
        f"device {trainer.strategy.root_device}, {torch.get_num_threads()} threads; seed {settings['seed']}"
    )


def parameters(model: torch.nn.Module) -> int:
    """How many numbers a model learns."""
    return sum(p.numel() for p in model.parameters())


def _raised_by_lightning(error: BaseException) -> bool:
    """Whether it is Lightning's own complaint, not a fault of the code that it calls."""
    last = traceback.extract_tb(error.__traceback__)[-1].filename
    return "pytorch_lightning" in Path(last).parts or "lightning_fabric" in Path(last).parts
