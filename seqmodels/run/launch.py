"""``seqmodels train``: the command line, Hydra, and one or many runs."""

import argparse
import copy
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, product
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, open_dict

from seqmodels.errors import InputError
from seqmodels.run.build import find_packages_here
from seqmodels.run.compose import ConfigTree, repair, runs_of, runs_to_check
from seqmodels.run.folder import new_run_folder
from seqmodels.run.help import help_text
from seqmodels.run.jobs import Job, exit_code, show_outcomes
from seqmodels.run.plain import plain
from seqmodels.run.through_hydra import run_through_hydra, show_by_hydra
from seqmodels.run.words import parse, quoted


def launch(words: Sequence[str]) -> int:
    """Run what the command line asks for.

    Args:
        words: what stands behind ``seqmodels train``.

    Returns:
        The exit code: 0; 2 if a run could not be done because of its input; 1 if one of several failed otherwise.

    Raises:
        InputError: the command line itself is wrong; nothing was started.
    """
    flags, overrides = parse(words)
    if flags.help:
        print(help_text(ConfigTree(flags.config_dir)))
        return 0
    from seqmodels.run.resume import resumed  # torch and Lightning are not needed for help

    tree = ConfigTree(flags.config_dir, flags.trust)
    overrides, config = _checked(flags, tree, resumed(overrides, tree, flags.multirun))
    folder_key = "hydra.sweep.dir" if flags.multirun else "run_dir"
    if not any(word.split("=")[0].lstrip("+") == folder_key for word in overrides):
        folder = _folder(flags, config)
        overrides = [*overrides, f"{folder_key}={quoted(folder)}"]
        config.run_dir = folder
    if flags.multirun:
        overrides = [*overrides, "run_dir='${hydra:runtime.output_dir}'"]
    job = Job(flags, sys.argv[0])
    if flags.hydra:
        show_by_hydra(_hydra_flags(flags), overrides, job)
        return 0
    outcomes = run_through_hydra(tree, config, overrides, flags.multirun, job)
    if flags.multirun and outcomes:  # a sweeper of the user's may tell nothing
        show_outcomes(outcomes)
    return exit_code(outcomes)


def _checked(flags: argparse.Namespace, tree: ConfigTree, words: Sequence[str]) -> tuple[list[str], DictConfig]:
    """The overrides as Hydra wants them, after the whole config was checked, and what the first run composes to.

    Raises:
        InputError: every fault, in the command line and in what it composes to.
    """
    find_packages_here(flags.trust)
    overrides, faults = repair(tree, words)
    runs = runs_to_check(overrides)
    if flags.hydra and not faults:  # --cfg and its like show the config as it is
        return overrides, tree.compose_whole(runs[0] if flags.multirun else overrides)
    from seqmodels.run.check import check

    if flags.multirun and flags.config_dir is not None:
        for words in _choices_together(tree, overrides):
            tree.compose(words)
    first = tree.compose_whole(runs[0])
    for config in chain([first], map(tree.compose_whole, runs[1:])):
        settings = copy.deepcopy(config)
        with open_dict(settings):
            del settings["hydra"]
            settings.run_dir = settings.runs  # made once all else is known to be right
        try:
            check(plain(settings), tree.allowed)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(list(dict.fromkeys(faults)))
    if not flags.multirun and runs != [overrides]:
        tree.compose(overrides)  # Hydra tells what is wrong with seed=1,2
    return overrides, first


def _choices_together(tree: ConfigTree, overrides: Sequence[str]) -> Iterator[list[str]]:
    """Runs in which all choices of a sweep meet: what a file brings along can depend on what else was chosen."""
    values = [
        runs_of(override) if tree.choices(override.key_or_group) else runs_of(override)[:1]
        for override in OverridesParser.create().parse_overrides(list(overrides))
    ]
    yield from map(list, product(*values))


def _hydra_flags(flags: argparse.Namespace) -> list[str]:
    folder = ["--config-dir", str(Path(flags.config_dir).absolute())] if flags.config_dir is not None else []
    return [*folder, *(["--multirun"] if flags.multirun else []), *flags.hydra]


def _folder(flags: argparse.Namespace, config: DictConfig) -> str:
    name = f"{config.name}/multirun" if flags.multirun else config.name
    if flags.hydra:  # --cfg and its like show something and run nothing
        return str(Path(config.runs) / name)
    return str(new_run_folder(config.runs, name))
