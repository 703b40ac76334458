"""``seqmodels sweep``: from the command line to a sweep that was checked, and its folder."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from seqmodels.errors import InputError
from seqmodels.run.build import find_packages_here
from seqmodels.run.compose import ConfigTree
from seqmodels.run.folder import new_run_folder
from seqmodels.run.signatures import value_faults
from seqmodels.run.sweep_check import checked, defaults, objective_faults, threads_of
from seqmodels.run.sweep_help import help_text
from seqmodels.run.sweep_words import GROUP, PLACES, Asked, over, read_file, read_words
from seqmodels.run.words import parse
from seqmodels.sweeps.definition import (
    FILE,
    FREE,
    Definition,
    differences,
    make_space,
    read_definition,
    sqlite_beside,
    write_definition,
)
from seqmodels.sweeps.locks import locked
from seqmodels.sweeps.study import TAKING
from seqmodels.sweeps.sweep import sweep

SHARED = ("trials", "finalists", "seeds")  # what a sweep that goes on has anew for all who work on it


def launch_sweep(line: Sequence[str]) -> int:
    """Run what the command line asks for.

    Args:
        line: what stands behind ``seqmodels sweep``.

    Returns:
        The exit code: 0; 1 if a run failed; 128 + the number of the signal that stopped it.

    Raises:
        InputError: every fault of the command line, and of what its space composes to; nothing was started.
    """
    flags, overrides = parse(line)
    tree = ConfigTree(flags.config_dir, flags.trust)
    if flags.help:
        print(help_text(tree))
        return 0
    if flags.hydra or flags.multirun:
        raise InputError("seqmodels sweep: wanted no flags but --config-dir and --trust")
    if sys.platform == "win32":
        raise InputError("seqmodels sweep: wanted Linux or another Unix; Windows lacks the locks that it needs")
    find_packages_here(flags.trust)
    asked = read_words(overrides, tree)
    if asked.own.get("resume") is not None:
        return sweep(*_gone_on(asked, flags.trust))
    if GROUP in asked.own:
        asked = over(read_file(asked.own[GROUP], tree), asked, tree)
    config_dir = str(Path(flags.config_dir).absolute()) if flags.config_dir is not None else None
    return sweep(*_begun(asked, tree, config_dir, flags.trust))


def _gone_on(asked: Asked, trust: Sequence[str]) -> tuple[Definition, Path]:
    """The sweep that ``resume=DIR`` names, with what the command line says anew.

    Its file may come from elsewhere: what starts commands, or lets a config name classes, is said on the command line.
    """
    folder = Path(str(asked.own.pop("resume")))
    definition = read_definition(folder)
    other = [*asked.overrides, *asked.space, *(key for key in asked.own if key not in FREE)]
    if other:
        raise InputError(f"resume={folder}: {', '.join(other)} found beside it, wanted {', '.join(FREE)} alone")
    if unsaid := [package for package in definition.trust or [] if package not in trust]:
        raise InputError(f"resume={folder}: it trusts {', '.join(unsaid)}; if you do, add --trust {unsaid[0]}")
    _refuse_elsewhere(definition, folder)
    return _with(replace(definition, launcher="local", slurm=None), asked.own, folder), folder


def _refuse_elsewhere(definition: Definition, folder: Path) -> None:
    """Runs from another folder would look for the sweep's files in other places, and fail for good."""
    begun = Path(definition.begun_in)
    if definition.begun_in and begun.is_dir() and not begun.samefile(Path.cwd()):
        there = f"cd {shlex.quote(str(begun))} && seqmodels sweep resume={shlex.quote(str(folder.resolve()))}"
        raise InputError(
            f"resume={folder}: {Path.cwd()} found, wanted {begun}, where the sweep was begun and its relative names "
            f"are looked for from; {there}"
        )


def _with(definition: Definition, own: dict[str, Any], folder: Path) -> Definition:
    """A definition with other settings, of which those that all workers share are written down."""
    given = {name: own[name] for name in FREE if name in own}
    faults = value_faults(given, Definition, "", (), required=False)
    if faults:
        raise InputError(faults)
    if "workers" in given:
        given.setdefault("threads", threads_of(given["workers"]))
    shared = {name: given[name] for name in SHARED if name in given}
    if any(getattr(definition, name) != value for name, value in shared.items()):
        write_definition(replace(definition, **shared), folder)
    return replace(definition, **given)


def _begun(asked: Asked, tree: ConfigTree, config_dir: str | None, trust: list[str]) -> tuple[Definition, Path]:
    """A new sweep, or one that lies in ``dir=DIR`` and is the same."""
    if not asked.space:
        raise InputError("seqmodels sweep: wanted sweep=NAME, or a key with several values: model/encoder=lstm,gru")
    own = {key: value for key, value in asked.own.items() if key not in PLACES}
    space = make_space(asked.space)
    configs = checked(asked, space, tree)
    given = {**defaults(own, space, configs), **{key: value for key, value in own.items() if value is not None}}
    faults = value_faults({"overrides": asked.overrides, "space": asked.space, **given}, Definition, "", (), True)
    faults = faults or objective_faults(given["objective"], configs)
    if faults:
        raise InputError(faults)
    runs = Path(asked.own.get("runs") or configs[0].runs, "sweeps")
    folder = Path(str(asked.own["dir"])) if "dir" in asked.own else new_run_folder(runs, given["name"])
    given.setdefault("storage", sqlite_beside(folder))
    given.setdefault("study_name", f"{given['name']}-{folder.absolute().name}")
    given["begun_in"] = str(Path.cwd())
    made = Definition(**given, overrides=asked.overrides, space=asked.space, config_dir=config_dir, trust=trust)
    with locked(folder / TAKING):
        if not (folder / FILE).is_file():
            write_definition(made, folder)
            return made, folder
        before = read_definition(folder)
        if changed := differences(before, made):
            raise InputError([f"dir={folder}: another sweep lies there; {change}" for change in changed])
        return _with(before, {name: value for name, value in asdict(made).items() if name in own}, folder), folder
