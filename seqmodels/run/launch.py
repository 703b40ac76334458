"""``seqmodels train``: the command line, Hydra, and one or many runs."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf, open_dict

from seqmodels.errors import InputError
from seqmodels.run.compose import CONFIG_NAME, VERSION_BASE, ConfigTree, conf_path, repair, runs_to_check
from seqmodels.run.folder import new_run_folder
from seqmodels.run.help import PROGRAM, help_text
from seqmodels.run.plain import plain


def launch(words: Sequence[str], report: Callable[[InputError], None]) -> int:
    """Run what the command line asks for.

    Args:
        words: what stands behind ``seqmodels train``.
        report: prints the faults of a run.

    Returns:
        The exit code: 0, or 2 if a run could not be done because of its input.

    Raises:
        InputError: the command line itself is wrong; nothing was started.
    """
    flags, overrides = _parse(words)
    if flags.help:
        print(help_text(ConfigTree(flags.config_dir)))
        return 0
    overrides = _checked(flags, overrides)
    folder_key = "hydra.sweep.dir" if flags.multirun else "run_dir"
    if not any(word.split("=")[0].lstrip("+") == folder_key for word in overrides):
        overrides = [*overrides, f"{folder_key}={_quoted(_folder(flags, overrides))}"]
    passed = [*flags.hydra, *overrides]
    if flags.config_dir is not None:
        passed = ["--config-dir", str(Path(flags.config_dir).absolute()), *passed]
    if flags.multirun:
        passed = ["--multirun", *passed, "run_dir='${hydra:runtime.output_dir}'"]
    failed: list[InputError] = []

    def job(config: DictConfig) -> None:
        try:
            with _nothing_left_behind():
                _train(config, flags, arguments[0])
        except InputError as error:
            failed.append(error)
            report(error)

    arguments = list(sys.argv)
    try:
        sys.argv = [PROGRAM, *passed]
        hydra.main(version_base=VERSION_BASE, config_path=conf_path(), config_name=CONFIG_NAME)(job)()
    finally:
        sys.argv = arguments
    return 2 if failed else 0


@contextmanager
def _nothing_left_behind() -> Iterator[None]:
    """Take back what Lightning leaves for a next run in this process: variables of the environment, process groups."""
    import torch.distributed

    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


def _train(config: DictConfig, flags: argparse.Namespace, program: str) -> None:
    from seqmodels.run.train import train  # torch is not needed for help or for a misspelt key

    context = HydraConfig.get()
    with open_dict(config):
        config.run_dir = context.runtime.output_dir
    # The run's own folder is no part of what makes the run: whoever repeats it gets a folder of theirs.
    # As they were written: reading them one by one would resolve ${oc.env:NAME} in them.
    words: Any = OmegaConf.to_container(context.overrides.task, resolve=False)
    words = [str(word) for word in words if not str(word).startswith("run_dir=")]
    # Lightning starts a run's further processes with sys.argv: they are to join this run, not to start a sweep.
    folder = ["--config-dir", str(Path(flags.config_dir).absolute())] if flags.config_dir is not None else []
    trusted = [word for package in flags.trust for word in ("--trust", package)]
    sys.argv = [program, "train", *folder, *trusted, *words, f"run_dir={_quoted(config.run_dir)}"]
    train(config, words, flags.trust)


def _parse(words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our flags, Hydra's flags (in ``hydra``), and the overrides."""
    parser = argparse.ArgumentParser(PROGRAM, add_help=False, allow_abbrev=False)
    parser.add_argument("--help", "-h", action="store_true")
    parser.add_argument("--trust", action="append", default=[])
    parser.add_argument("--config-dir", "-cd")
    parser.add_argument("--multirun", "-m", action="store_true")
    flags, rest = parser.parse_known_args(list(words))
    flags.hydra = []
    overrides = []
    it = iter(rest)
    for word in it:
        if word in ("--info", "-i"):
            flags.hydra.append("--info=all")  # bare, it would take the next word for its value
        elif word in ("--cfg", "-c", "--package", "-p"):
            value = next(it, None)
            if value is None:
                raise InputError(f"{word}: a value is missing, as in `{PROGRAM} --cfg job`")
            flags.hydra += [word, value]
        elif word in ("--resolve", "--hydra-help"):
            flags.hydra.append(word)
        elif word.startswith("-"):
            raise InputError(f"{word}: there is no such flag; `{PROGRAM} --help` shows those that there are")
        else:
            overrides.append(word)
    return flags, overrides


def _quoted(path: str) -> str:
    """A path as a value in Hydra's grammar, which gives some of its letters a meaning."""
    escaped = path.replace("'", "\\'")
    return f"'{escaped}'"


def _checked(flags: argparse.Namespace, words: Sequence[str]) -> list[str]:
    """The overrides as Hydra wants them, after the whole config was checked.

    Raises:
        InputError: every fault, in the command line and in what it composes to.
    """
    tree = ConfigTree(flags.config_dir)
    overrides, faults = repair(tree, words)
    if flags.hydra and not faults:
        return overrides  # --cfg and its like show the config as it is
    from seqmodels.run.build import IN_CONFIGS, find_packages_here
    from seqmodels.run.check import check

    find_packages_here(flags.trust)

    for words in runs_to_check(overrides):
        config = tree.compose(words)
        with open_dict(config):
            config.run_dir = config.runs  # made once all else is known to be right
        try:
            check(plain(config), (*IN_CONFIGS, *flags.trust))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(list(dict.fromkeys(faults)))
    return overrides


def _folder(flags: argparse.Namespace, overrides: Sequence[str]) -> str:
    # Without --multirun, Hydra tells what is wrong with seed=1,2.
    config = ConfigTree(flags.config_dir).compose(runs_to_check(overrides)[0] if flags.multirun else overrides)
    name = f"{config.name}/multirun" if flags.multirun else config.name
    if flags.hydra:  # --cfg and its like show something and run nothing
        return str(Path(config.runs) / name)
    return str(new_run_folder(config.runs, name))
