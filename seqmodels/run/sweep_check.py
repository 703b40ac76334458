"""What a sweep will run, checked before anything begins; and what follows from it where nobody said otherwise."""

import os
import sys
from collections.abc import Sequence
from typing import Any

from omegaconf import DictConfig

from seqmodels.errors import InputError
from seqmodels.run.compose import ConfigTree, repair
from seqmodels.run.plain import plain
from seqmodels.run.sweep_words import Asked
from seqmodels.sweeps.space import Range, Space, grid, samples, words

TRIALS = 20  # where nobody says how many


def checked(asked: Asked, space: Space, tree: ConfigTree) -> list[DictConfig]:
    """What a few runs compose to, in which every choice and both ends of every range occur; all of them checked.

    Raises:
        InputError: every fault.
    """
    from seqmodels.run.check import check

    configs: list[DictConfig] = []
    faults: list[str] = []
    for drawn in samples(space):
        overrides, wrong = repair(tree, [*asked.overrides, *words(drawn)])
        faults += wrong  # what is right is looked at all the same
        try:
            config = tree.compose(overrides)
            config.run_dir = config.runs  # made once all else is known to be right
            check(plain(config), tree.allowed)
            configs.append(config)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(list(dict.fromkeys(faults)))
    return configs


def defaults(own: dict[str, Any], space: Space, configs: Sequence[DictConfig]) -> dict[str, Any]:
    """What nobody set.

    Args:
        own: what was set.
        space: of the sweep.
        configs: what ``checked`` gave.

    Raises:
        InputError: what was set does not go together.
    """
    watched = {(config.monitor, config.mode) for config in configs}
    if len(watched) > 1 and not {"objective", "direction"} <= set(own):
        found = ", ".join(sorted(f"{name} ({better})" for name, better in watched))
        raise InputError(f"objective: {found} found in its tasks, wanted one, and its direction")
    objective, mode = next(iter(watched))
    if "objective" in own and own["objective"] != objective and "direction" not in own:
        raise InputError(f"direction: wanted minimize or maximize beside objective={own['objective']}")
    endless = any(dimension.grid() is None for dimension in space.values())
    sampler = own.get("sampler") or ("tpe" if endless or own.get("trials") else "grid")
    if sampler == "grid" and endless:
        ranges = ", ".join(key for key, dimension in space.items() if dimension.grid() is None)
        raise InputError(f"sampler=grid: endlessly many values in {ranges}; give a step, or take another sampler")
    if sampler == "cmaes" and not any(isinstance(dimension, Range) for dimension in space.values()):
        raise InputError("sampler=cmaes: no range in the space, wanted one; choices have no covariance")
    return {
        "name": configs[0].name,
        "objective": objective,
        "direction": "maximize" if mode == "max" else "minimize",
        "sampler": sampler,
        "trials": len(list(grid(space))) if sampler == "grid" else TRIALS,
        "threads": threads_of(own.get("workers") or 1),
    }


def objective_faults(objective: str, configs: Sequence[DictConfig]) -> list[str]:
    """What is wrong with the metric by which trials are compared: it must be validated in all of them."""
    there = [{"val/loss", *(f"val/{name}" for name in config.metric)} for config in configs]
    common = sorted(set.intersection(*there))
    if objective in common:
        return []
    return [f"objective: {objective!r} found, wanted one that is validated: {', '.join(common)}"]


def threads_of(workers: Any) -> int:
    """Each worker's share of the cores that this process may use."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, cores // workers) if isinstance(workers, int) and workers > 0 else 1
