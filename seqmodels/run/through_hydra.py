"""Runs by way of Hydra, which makes their folders, has its own settings for them, and sweeps."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import hydra
from hydra._internal.callbacks import Callbacks
from hydra._internal.hydra import Hydra
from hydra._internal.utils import run_and_report
from hydra.core.global_hydra import GlobalHydra
from hydra.core.utils import configure_log, run_job
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig

from seqmodels.run.compose import CONFIG_NAME, VERSION_BASE, ConfigTree, conf_path
from seqmodels.run.jobs import Outcome

Task = Callable[[DictConfig], Outcome]


def run_through_hydra(
    tree: ConfigTree, config: DictConfig, overrides: Sequence[str], sweep: bool, job: Task
) -> list[Outcome]:
    """Do what ``hydra.main`` does, but compose nothing again that was composed: that took most of a short run's time.

    Args:
        tree: what the config was composed from.
        config: of the run, or of the first one of a sweep, with Hydra's own part.
        overrides: for a sweep.
        sweep: whether it is one, if the config does not say so.
        job: what is done with the config of every run.

    Returns:
        What became of each.
    """
    runner = Hydra("seqmodels", tree.loader)
    GlobalHydra.instance().initialize(runner)
    try:
        if sweep or config.hydra.mode == RunMode.MULTIRUN:
            words = [*overrides, "hydra.mode=MULTIRUN"]
            batches: Any = run_and_report(lambda: runner.multirun(CONFIG_NAME, job, words))
            return [done.return_value for batch in batches or () for done in batch]
        one: Any = run_and_report(lambda: _run_one(tree, config, job))
        return [one]
    finally:
        GlobalHydra.instance().clear()


def _run_one(tree: ConfigTree, config: DictConfig, job: Task) -> Outcome:
    """What ``Hydra.run`` does behind composing."""
    config.hydra.mode = RunMode.RUN
    configure_log(config.hydra.hydra_logging, config.hydra.verbose)
    callbacks = Callbacks(config)
    callbacks.on_run_start(config=config, config_name=CONFIG_NAME)
    done = run_job(job, config, "hydra.run.dir", None, HydraContext(tree.loader, callbacks))
    callbacks.on_run_end(config=config, config_name=CONFIG_NAME, job_return=done)
    made: Outcome = done.return_value  # raises what the job raised
    return made


def show_by_hydra(flags: Sequence[str], overrides: Sequence[str], job: Task) -> None:
    """Leave it to Hydra what ``--cfg`` and its like ask for.

    Args:
        flags: of Hydra's.
        overrides: behind them.
        job: done if the flags ask for nothing else.
    """

    def done(config: DictConfig) -> None:
        job(config)

    arguments = list(sys.argv)
    try:
        sys.argv = ["seqmodels train", *flags, *overrides]
        hydra.main(version_base=VERSION_BASE, config_path=conf_path(), config_name=CONFIG_NAME)(done)()
    finally:
        sys.argv = arguments
