"""Going on with a run that was interrupted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from seqmodels.callbacks.best import LAST
from seqmodels.errors import InputError
from seqmodels.run.compose import ConfigTree
from seqmodels.run.load import read_checkpoint
from seqmodels.run.state import other_than
from seqmodels.run.words import quoted
from seqmodels.run.yaml_guard import check_yaml


def resumed(words: Sequence[str], tree: ConfigTree, multirun: bool) -> list[str]:
    """The words of a command line, behind those that the run was begun with which they ask to go on with.

    Raises:
        InputError: there is no such run, or it is asked for in a way that makes no sense.
    """
    asked = [_value(word) for word in words if word.lstrip("+").startswith("resume=")]
    others = [word for word in words if not word.lstrip("+").startswith("resume=")]
    if not asked or asked[-1] in ("", "null"):
        return list(words)
    named = [Path(_value(word)).absolute() for word in others if word.lstrip("+").startswith("run_dir=")]
    if asked[-1] == "last":
        if multirun or named:
            return list(words)  # each run looks into its own folder
        config = tree.compose([word for word in others if _key(word) is not None])
        folder, value = newest(config.runs, config.name), "last"
    else:
        folder, value = run_folder(asked[-1]), asked[-1]
        if named == [folder.absolute()] and not multirun:
            return list(words)  # a further process of a run that was found by the first
        if multirun or named:
            raise InputError(f"resume={value}: it names the run's folder already; leave out --multirun and run_dir=")
    return [*words_of(folder, others), f"resume={quoted(value)}", f"run_dir={quoted(str(folder))}"]


def run_folder(resume: str) -> Path:
    """The folder of the run that ``resume=...`` names by itself, by its checkpoints' folder or by a checkpoint.

    Raises:
        InputError: there is no run.
    """
    if "://" in resume:
        raise InputError(f"resume={resume}: a URL found, wanted a run's folder on this machine")
    path = Path(resume).expanduser()
    if not path.exists():
        raise InputError(f"resume={resume}: no such run (looked from {Path.cwd()}); wanted a run's folder")
    folder = path.parent if path.is_file() else path
    folder = folder.parent if folder.name == "checkpoints" else folder
    if not (folder / "config.yaml").is_file():
        raise InputError(f"resume={resume}: {folder / 'config.yaml'} is not there; wanted a run's folder")
    return folder


def words_of(folder: Path, words: Sequence[str]) -> list[str]:
    """The overrides that a run was started with, and behind them those that the user gives now, which win."""
    path = folder / "overrides.yaml"
    check_yaml(path)
    try:
        stored: Any = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    except (OSError, ValueError, YAMLError, OmegaConfBaseException) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: cannot be read ({reason}); name the run's settings yourself") from error
    if not isinstance(stored, list) or not all(isinstance(word, str) and _key(word) for word in stored):
        raise InputError(f"{path}: wanted a list of overrides, as `seqmodels train` writes it")
    now = {_key(word) for word in words}
    return [word for word in stored if _key(word) not in now] + list(words)


def _value(word: str) -> str:
    """What an override sets its key to, without the quotes of Hydra's grammar."""
    try:
        value = OverridesParser.create().parse_override(word).value()
    except HydraException:
        return word.split("=", 1)[1]  # a path with letters that Hydra wants quoted
    return "" if value is None else str(value)


def _key(word: str) -> str | None:
    """What an override sets; None if it is no override, which is told later with all other faults."""
    try:
        return OverridesParser.create().parse_override(word).key_or_group
    except HydraException:
        return None


def newest(runs: str, name: str) -> Path:
    """The newest run of a task.

    Raises:
        InputError: there is none.
    """
    folders = [path.parent for path in (Path(runs) / name).glob("*/config.yaml")]
    if not folders:
        raise InputError(f"resume=last: there is no run in {Path(runs) / name}; leave it out to begin one")
    return max(folders, key=lambda path: ((path / "config.yaml").stat().st_mtime_ns, path.name))


def checkpoint_of(folder: Path, resume: str) -> Path | None:
    """The checkpoint to go on from; None if the run was interrupted before its first.

    Raises:
        InputError: the last one is gone, and others are there.
    """
    path = Path(resume).expanduser()
    if path.is_file() and path.suffix == ".ckpt":
        return path
    last = folder / "checkpoints" / LAST
    if last.is_file():
        return last
    if hint := other_than(last, read_checkpoint):
        raise InputError(f"{last}: no such file{hint}")
    return None
