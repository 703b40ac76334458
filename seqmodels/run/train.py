"""One training run, from a composed config to a folder of results."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning import Trainer, seed_everything

from seqmodels.callbacks import Checkpoints
from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS
from seqmodels.run.check import check
from seqmodels.run.differences import config_differences, recipe_differences, refuse
from seqmodels.run.environment import environment, weights_hash
from seqmodels.run.evaluate import evaluate
from seqmodels.run.fit import fit
from seqmodels.run.folder import read_json, write_json
from seqmodels.run.load import checkpoint_path, load
from seqmodels.run.make import make_data, make_model, make_trainer, parameters
from seqmodels.run.plain import plain
from seqmodels.run.recipe import KEY, RecipeInCheckpoint, make_recipe
from seqmodels.run.resume import checkpoint_of, read_state
from seqmodels.run.show import batches_line, console, recurrence_lines, show_samples, show_scores
from seqmodels.storage import sweep, write_text
from seqmodels.topologies import Topology


def train(config: DictConfig, overrides: Sequence[str], trust: Sequence[str] = ()) -> dict[str, float]:
    """Train, test, and write the run's folder ``config.run_dir``; or go on with the run that lies there.

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
    changes = _open_folder(folder, config, overrides)
    if changes is None:
        console().print(f"the run in {folder} is finished", highlight=False)
        return read_json(folder / "metrics.json")
    carrier = RecipeInCheckpoint()
    trainer = make_trainer(settings, carrier, allowed)
    data = make_data(settings, allowed)
    data.trainer = trainer  # so that it knows for how many processes it makes batches
    data.setup("fit")
    carrier.recipe = make_recipe(plain(config, hide_environment=True), data)
    seed_everything(settings["seed"], workers=True, verbose=False)
    model = make_model(settings, data, allowed)
    start = checkpoint_of(folder, settings["resume"]) if settings["resume"] else None
    if start is not None:
        changes += _differences(start, carrier.recipe, model, settings["resume_anyway"])
    facts = _facts(folder, carrier.recipe, settings["seed"], trainer)
    if trainer.is_global_zero:
        sweep(folder / "checkpoints")
        write_json(folder / "environment.json", facts)
        console().print(_headline(settings, data, model, trainer), highlight=False)
        lines = [batches_line(data.batches("train"), data.batching, trainer.world_size)]
        if settings["resume"]:
            lines += [f"changed: {change}" for change in changes] + [_where(start, folder)]
        console().print(*lines, *recurrence_lines(model, trainer), sep="\n", highlight=False)
    fit(trainer, model, data, start)
    return _results(trainer, model, data, folder, facts, trust)


def _results(
    trainer: Trainer, model: Topology, data: SequenceData, folder: Path, facts: Mapping[str, Any], trust: Sequence[str]
) -> dict[str, float]:
    """Score the best checkpoint, and write and show what it came to."""
    best = load(checkpoint_path(folder), trust)
    results = evaluate(best, data, trainer, ("val", "test"), (*IN_CONFIGS, *trust))
    seconds = sum(saver.seconds for saver in trainer.checkpoint_callbacks if isinstance(saver, Checkpoints))
    results |= {"seconds": round(seconds, 2), "epochs": trainer.current_epoch, "parameters": parameters(best.model)}
    results |= {"skipped_steps": model.skipped} if model.skipped else {}
    if trainer.is_global_zero:
        # The metrics last: with them a run is finished.
        sha = weights_hash(best.model.state_dict())
        write_json(folder / "environment.json", {**facts, "weights_sha256": sha})
        write_json(folder / "metrics.json", results)
        show_scores(results, best.recipe, "test")
        show_samples(best, data.splits.test)
        for line in data.faults.lines():
            console().print(line, highlight=False, soft_wrap=True)
        if model.skipped:
            console().print(f"skipped {model.skipped} steps whose loss or gradient was no number")
        console().print(f"trained in {seconds:.0f} s ({trainer.current_epoch} epochs); the run lies in {folder}")
    return results


def _open_folder(folder: Path, config: DictConfig, overrides: Sequence[str]) -> list[str] | None:
    """Begin a run's folder, or look at the one to go on with.

    Returns:
        What is not as it was when the run began; None if it is finished and nothing was changed.

    Raises:
        InputError: a run lies there that is not to be gone on with, or whose config was another one.
    """
    changes: list[str] = []
    first = "LOCAL_RANK" not in os.environ  # of the processes of a run, the one that starts the others
    there = (folder / "config.yaml").is_file()
    if config.resume and there:
        changes = refuse(config_differences(folder, plain(config, hide_environment=True)), config.resume_anyway)
        finished = folder / "metrics.json"
        if first and finished.is_file():
            if not changes:
                return None
            finished.replace(folder / "metrics.before.json")
    elif config.resume and config.resume != "last":
        raise InputError(f"resume={config.resume}: no run lies in run_dir={folder}")
    elif first and (folder / "checkpoints").exists():
        raise InputError(
            f"run_dir={folder}: a run lies there already; go on with it by resume={folder}, or name another folder"
        )
    if not there or changes:
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        write_text(folder / "config.yaml", OmegaConf.to_yaml(config, resolve=False))
        write_text(folder / "overrides.yaml", OmegaConf.to_yaml(OmegaConf.create(list(overrides))))
    return changes


def _differences(start: Path, recipe: Mapping[str, Any], model: Topology, anyway: bool) -> list[str]:
    """What is not as it was in the checkpoint, after making sure that its weights fit."""
    state = read_state(start)
    changes = refuse(recipe_differences(state[KEY], recipe), anyway)
    try:
        model.load_state_dict(state["state_dict"])
    except RuntimeError as error:
        raise InputError(f"{start}: its weights do not fit the model: {' '.join(str(error).split())[:500]}") from error
    return changes


def _facts(folder: Path, recipe: Mapping[str, Any], seed: int, trainer: Trainer) -> dict[str, Any]:
    """What the results depend on; of a run that was interrupted, what each part of it depended on."""
    facts = environment(recipe["data_sha256"], seed, trainer.strategy.root_device)
    path = folder / "environment.json"
    if not path.is_file():
        return facts
    before = read_json(path)
    return {**facts, "before": [*before.pop("before", []), before]}


def _where(start: Path | None, folder: Path) -> str:
    if start is None:
        return f"no checkpoint in {folder}: it begins anew"
    state = read_state(start)
    return f"goes on from {start}: epoch {state['epoch'] + 1}, step {state['global_step']}"


def _headline(settings: Mapping[str, Any], data: SequenceData, model: Topology, trainer: Trainer) -> str:
    counts = ", ".join(f"{len(examples):,} {name}" for name, examples in data.splits._asdict().items())
    return (
        f"{settings['name']}: {counts} examples; {data.sizes.inputs} input ids, {data.sizes.targets} target ids; "
        f"{parameters(model):,} parameters; "
        f"device {trainer.strategy.root_device}, {torch.get_num_threads()} threads; seed {settings['seed']}"
    )
