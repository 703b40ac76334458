"""One training run, from a composed config to a folder of results."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from lightning_fabric.utilities.rank_zero import _get_rank
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning import Trainer, seed_everything

from seqmodels.callbacks import Checkpoints
from seqmodels.callbacks.pruning import pruning
from seqmodels.data import SequenceData
from seqmodels.data.split_file import split_table
from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS
from seqmodels.run.check import check
from seqmodels.run.differences import config_differences, recipe_differences, refuse
from seqmodels.run.environment import environment, weights_hash
from seqmodels.run.evaluate import evaluate
from seqmodels.run.failure import kept_failure
from seqmodels.run.fit import fit
from seqmodels.run.folder import read_json, write_json
from seqmodels.run.load import checkpoint_path, load
from seqmodels.run.make import fit_wide, make_data, make_model, make_trainer, parameters, settle
from seqmodels.run.plain import plain
from seqmodels.run.recipe import KEY, RecipeInCheckpoint, make_recipe
from seqmodels.run.renewed import Renewed
from seqmodels.run.report import Report, make_report, write_report
from seqmodels.run.resume import checkpoint_of
from seqmodels.run.show import batches_line, console, recurrence_lines, show_report, show_samples, show_scores
from seqmodels.run.state import read_state
from seqmodels.storage import sweep, write_text
from seqmodels.topologies import Topology


def train(config: DictConfig, overrides: Sequence[str], trust: Sequence[str] = ()) -> dict[str, Any]:
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
    changes = _changes(folder, config)
    if changes is None:
        console().print(f"the run in {folder} is finished", highlight=False)
        return read_json(folder / "metrics.json")
    if _first() and not (config.resume and (folder / "config.yaml").is_file()):
        _open_folder(folder, config, overrides)
    carrier = RecipeInCheckpoint()
    trainer = make_trainer(settings, [carrier, Renewed(plain(config, hide_environment=True)), *pruning()], allowed)
    data = make_data(settings, allowed)
    data.trainer = trainer  # so that it knows for how many processes it makes batches
    with kept_failure(folder, _first()):
        data.setup("fit")
    vectors = settle(settings, data, allowed)
    carrier.recipe = make_recipe(plain(config, hide_environment=True), data)
    seed_everything(settings["seed"], workers=True, verbose=False)
    model = make_model(settings, data, allowed, vectors)
    lines = [batches_line(data.batches("train"), data.batching, trainer.world_size)]
    start = checkpoint_of(folder, settings["resume"]) if settings["resume"] else None
    if start is not None:

        def known(state: Mapping[str, Any]) -> list[str]:
            return refuse(recipe_differences(state[KEY], carrier.recipe), settings["resume_anyway"])

        state = read_state(start, model, data, trainer, known)
        changes += known(state)
        lines += [f"changed: {change}" for change in changes]
        lines.append(f"goes on from {start}: epoch {state['epoch'] + 1}, step {state['global_step']}")
    else:
        fit_wide(model, data)
        if settings["resume"]:
            lines.append(f"no checkpoint in {folder}: it begins anew")
    facts = _facts(folder, carrier.recipe, settings["seed"], trainer)
    if trainer.is_global_zero:
        sweep(folder / "checkpoints")
        if changes:  # not before it is known that the run can go on with them
            _open_folder(folder, config, overrides)
        write_json(folder / "environment.json", facts)
        if cut := data.reader.cut:
            parts = {name: getattr(data.splits, name) for name in ("train", *cut)}
            write_text(folder / "split.csv", split_table(parts))
        console().print(_headline(settings, data, model, trainer), highlight=False)
        console().print(*lines, *recurrence_lines(model, trainer), sep="\n", highlight=False)
    with kept_failure(folder, trainer.is_global_zero):
        fit(trainer, model, data, start)
    return _results(trainer, model, data, settings, facts, trust)


def _results(
    trainer: Trainer,
    model: Topology,
    data: SequenceData,
    settings: Mapping[str, Any],
    facts: Mapping[str, Any],
    trust: Sequence[str],
) -> dict[str, Any]:
    """Score the best checkpoint, and write and show what it came to."""
    folder = Path(settings["run_dir"])
    best = load(checkpoint_path(folder), trust)
    tested = settings["test"]
    splits = ("val", "test") if tested else ("val",)
    results = evaluate(best, data, trainer, splits, (*IN_CONFIGS, *trust), floors=tested)
    reported = settings["report"] and tested and trainer.is_global_zero
    report = make_report(best, data, trainer, "test") if reported else Report()
    results |= {name: score for name, score in report.scores.items() if name not in results}
    seconds = sum(saver.seconds for saver in trainer.checkpoint_callbacks if isinstance(saver, Checkpoints))
    results |= {"seconds": round(seconds, 2), "epochs": trainer.current_epoch, "parameters": parameters(best.model)}
    results["tokens"] = _tokens(trainer, data)
    results |= {"skipped_steps": model.skipped} if model.skipped else {}
    results |= {"skipped_examples": data.faults.lost} if data.faults.lost else {}
    if trainer.is_global_zero:
        missing = write_report(report, folder, settings, trainer.global_step) if reported else []
        # The metrics last: with them a run is finished.
        sha = weights_hash(best.model.state_dict())
        write_json(folder / "environment.json", {**facts, "weights_sha256": sha})
        write_json(folder / "metrics.json", results)
        for split in ("test", *data.reader.further) if tested else ("val",):
            show_scores(results, best.recipe, split)
        show_report(report)
        show_samples(best, data.splits.test if tested else data.splits.val)
        for line in [*missing, *data.faults.lines()]:
            console().print(line, highlight=False, soft_wrap=True)
        if model.skipped:
            console().print(f"steps skipped because their loss or a gradient was no number: {model.skipped}")
        console().print(f"trained in {seconds:.0f} s ({trainer.current_epoch} epochs); the run lies in {folder}")
    return results


def _tokens(trainer: Trainer, data: SequenceData) -> int:
    """How many input tokens all processes were trained on together, those of every epoch counted again."""
    batches = trainer.fit_loop.epoch_loop.total_batch_idx + 1
    return round(data.encoded["train"].tokens * batches / len(data.batches("train")))


def _changes(folder: Path, config: DictConfig) -> list[str] | None:
    """What is not as it was when the run in that folder began; None if it is finished and nothing was changed.

    Raises:
        InputError: a run lies there that is not to be gone on with, or whose config was another one.
    """
    if config.resume and (folder / "config.yaml").is_file():
        changes = refuse(config_differences(folder, plain(config, hide_environment=True)), config.resume_anyway)
        return changes if changes or not (folder / "metrics.json").is_file() else None
    if config.resume and config.resume != "last":
        raise InputError(f"resume={config.resume}: no run lies in run_dir={folder}")
    if _first() and (folder / "checkpoints").exists():
        raise InputError(
            f"run_dir={folder}: a run lies there already; go on with it by resume={folder}, or name another folder"
        )
    return []


def _first() -> bool:
    """Whether this process is the first of its run's, or may come to be: Lightning starts the others later."""
    return (_get_rank() or 0) == 0


def _open_folder(folder: Path, config: DictConfig, overrides: Sequence[str]) -> None:
    """Write what the run is made of."""
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    if (folder / "metrics.json").is_file():  # first, so that it is never taken for the changed run's
        (folder / "metrics.json").replace(folder / "metrics.before.json")
    write_text(folder / "config.yaml", OmegaConf.to_yaml(config, resolve=False))
    write_text(folder / "overrides.yaml", OmegaConf.to_yaml(OmegaConf.create(list(overrides))))


def _facts(folder: Path, recipe: Mapping[str, Any], seed: int, trainer: Trainer) -> dict[str, Any]:
    """What the results depend on; of a run that was interrupted, what each part of it depended on."""
    facts = environment(recipe["data_sha256"], seed, trainer.strategy.root_device)
    path = folder / "environment.json"
    if not path.is_file():
        return facts
    before = read_json(path)
    if not isinstance(before, dict) or not isinstance(before.get("before", []), list):
        raise InputError(f"{path}: not what `seqmodels train` writes there; delete it")
    return {**facts, "before": [*before.pop("before", []), before]}


def _headline(settings: Mapping[str, Any], data: SequenceData, model: Topology, trainer: Trainer) -> str:
    counts = ", ".join(f"{len(examples):,} {name}" for name, examples in data.splits._asdict().items())
    return (
        f"{settings['name']}: {counts} examples; {data.sizes.inputs} input ids, {data.sizes.targets} target ids; "
        f"{parameters(model):,} parameters; "
        f"device {trainer.strategy.root_device}, {torch.get_num_threads()} threads; seed {settings['seed']}"
    )
