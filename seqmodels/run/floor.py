"""``seqmodels floor``: what trivial methods reach on a task, without a model."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from omegaconf import open_dict
from rich.table import Table

from seqmodels.errors import InputError
from seqmodels.run.build import build, make_metrics
from seqmodels.run.check import check
from seqmodels.run.compose import ConfigTree, repair
from seqmodels.run.floors import floor_scores, make_floors
from seqmodels.run.make import count_characters, make_data
from seqmodels.run.plain import plain
from seqmodels.run.show import console
from seqmodels.run.targets import check_targets


class FloorScores(NamedTuple):
    """What floors reach.

    Args:
        title: the task, and how many examples each split has.
        scores: by split, by floor, by metric.
        seconds: that each floor took, learning and answering.
        told: what was left out of the data.
    """

    title: str
    scores: dict[str, dict[str, dict[str, float]]]
    seconds: dict[str, float]
    told: list[str]


def score_floors(words: Sequence[str], config_dir: str | None = None, trust: Sequence[str] = ()) -> FloorScores:
    """Score the floors of a task on its validation and test splits, and on further test splits.

    Args:
        words: overrides, as ``seqmodels train`` takes them.
        config_dir: a folder of the user's with more choices.
        trust: packages whose classes the config may name.

    Raises:
        InputError: the config or the data is not as it must be, or the task has no floor.
    """
    settings, allowed = _settings(words, config_dir, trust)
    floors = make_floors(settings["floor"], allowed)
    if not floors:
        raise InputError("floor: null found, wanted a trivial method: a task that has one, or +floor._target_=CLASS")
    data = make_data(settings, allowed)
    data.batching = data.batching.exact()
    data.setup("test")
    with torch.device("meta"):  # what is asked for is no numbers
        model = build(settings["model"], allowed, "model", sizes=data.sizes)
    check_targets(model, data)
    count_characters(model, data)
    metrics = make_metrics(settings["metric"], allowed, data.targets)
    splits = ["val", "test", *data.reader.further]
    scores: dict[str, dict[str, dict[str, float]]] = {split: {} for split in splits}
    seconds = {}
    for name, floor in floors.items():
        began = time.perf_counter()
        for split, found in floor_scores({"": floor}, data, metrics, model.of_loss, splits).items():
            scores[split][name or type(floor).__name__] = found
        seconds[name or type(floor).__name__] = time.perf_counter() - began
    counts = ", ".join(f"{len(examples):,} {name}" for name, examples in data.splits._asdict().items())
    return FloorScores(f"{settings['name']}: {counts} examples", scores, seconds, data.faults.lines())


def show_floors(found: FloorScores, as_json: bool) -> None:
    """Print a table for each split, or one JSON object; what was left out of the data goes to standard error."""
    for line in found.told:
        print(f"seqmodels: {line}", file=sys.stderr)
    if as_json:
        print(json.dumps({**found.scores, "seconds": found.seconds}))
        return
    console().print(found.title, highlight=False)
    for split, floors in found.scores.items():
        table = Table(title=f"{split} split", title_justify="left")
        metrics = list(dict.fromkeys(metric for scores in floors.values() for metric in scores))
        table.add_column("floor")
        for metric in metrics:
            table.add_column(metric, justify="right")
        table.add_column("seconds", justify="right")
        for name, scores in floors.items():
            shown = [f"{scores[metric]:.4f}" if metric in scores else "" for metric in metrics]
            table.add_row(name, *shown, f"{found.seconds[name]:.1f}")
        console().print(table)


def _settings(
    words: Sequence[str], config_dir: str | None, trust: Sequence[str]
) -> tuple[Mapping[str, Any], Sequence[str]]:
    """The config as ``seqmodels train`` would run it, and what it may name."""
    tree = ConfigTree(config_dir, trust)
    overrides, faults = repair(tree, words)
    if faults:
        raise InputError(faults)
    config = tree.compose(overrides)
    with open_dict(config):
        config.run_dir = config.runs  # nothing is written there
    settings = plain(config)
    check(settings, tree.allowed)
    return settings, tree.allowed
