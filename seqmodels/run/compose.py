"""From the words of a command line to overrides that Hydra will accept, every fault told at once."""

from collections.abc import Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from hydra import version
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.utils import create_config_search_path
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, open_dict
from omegaconf.errors import OmegaConfBaseException

from seqmodels.errors import InputError
from seqmodels.run.build import resolve
from seqmodels.run.signatures import accepted, closest

VERSION_BASE = "1.3"
CONFIG_NAME = "config"
OPTIONAL = ("experiment", "debug")  # groups of which nothing need be chosen


def conf_path() -> str:
    """Where the yaml tree is: inside the installed package, or in the checkout that is run without installing."""
    if find_spec("seqmodels.conf") is not None:
        return "pkg://seqmodels.conf"
    return str(Path(__file__).parents[2] / "conf")


class ConfigTree:
    """The yaml tree: what can be chosen, and what a choice composes to.

    Hydra's own loader, without its global state, so that it can be asked before, after and inside a Hydra run.

    Args:
        config_dir: a folder of the user's with more choices.

    Raises:
        InputError: there is no such folder.
    """

    def __init__(self, config_dir: str | None = None):
        version.setbase(VERSION_BASE)
        path = conf_path()
        search_path = create_config_search_path(path if path.startswith("pkg://") else f"file://{path}")
        if config_dir is not None:
            if not Path(config_dir).is_dir():
                raise InputError(f"--config-dir {config_dir}: no such folder; correct the path")
            search_path.prepend("command-line", f"file://{Path(config_dir).absolute()}", anchor="schema")
        self.loader = ConfigLoaderImpl(search_path)

    def compose(self, overrides: Sequence[str] = ()) -> DictConfig:
        """The config of these overrides, without Hydra's own part.

        Raises:
            InputError: Hydra cannot compose it.
        """
        try:
            config = self.loader.load_configuration(CONFIG_NAME, list(overrides), RunMode.RUN)
        except (HydraException, OmegaConfBaseException) as error:
            cause = f" {error.__cause__}" if error.__cause__ else ""
            raise InputError(" ".join(f"{error}{cause}".split())) from error
        with open_dict(config):
            del config["hydra"]
        return config

    def choices(self, group: str) -> list[str]:
        """What a group offers; nothing if there is no such group."""
        return list(self.loader.get_group_options(group)) if group else []

    def groups(self, parent: str = "") -> list[str]:
        """Every group with something to choose, by its path."""
        paths = [f"{parent}/{name}".lstrip("/") for name in self.loader.list_groups(parent)]
        paths = [path for path in paths if path != "hydra"]
        return [found for p in paths for found in ([p] if self.choices(p) else []) + self.groups(p)]

    def description(self, group: str, choice: str) -> str:
        """The first comment in a choice's file."""
        for source in self.loader.get_sources():
            if source.scheme() in ("pkg", "file") and source.is_config(f"{group}/{choice}"):
                text = _text(source.scheme(), source.path, f"{group}/{choice}.yaml")
                comments = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
                return next((c for c in comments if not c.startswith("@package")), "")
        return ""


def _text(scheme: str, root: str, path: str) -> str:
    folder = files(root.replace("/", ".")) if scheme == "pkg" else Path(root)
    return (folder / path).read_text(encoding="utf-8")


class Repaired(NamedTuple):
    """Overrides as Hydra wants them, and what was wrong with those that were left out."""

    overrides: list[str]
    faults: list[str]


def repair(tree: ConfigTree, words: Sequence[str]) -> Repaired:
    """Look for faults in all overrides at once, each told with the closest names.

    A setting that its class accepts but no yaml file names gets the ``++`` that Hydra asks for.
    """
    parser = OverridesParser.create()
    faults: list[str] = []
    keys: list[Override] = []
    good: dict[str, str] = {}  # what was written: what Hydra gets
    choices = []
    for word in words:
        try:
            override = parser.parse_override(word)
        except HydraException as error:
            faults.append(f"{word}: not an override ({str(error).splitlines()[0]}); wanted key=value")
            continue
        if not tree.choices(override.key_or_group):
            keys.append(override)
        elif wrong := _group_faults(tree, override):
            faults += wrong
        else:
            good[word] = word
            choices.append(first_of_sweep(override))
    config = tree.compose(choices)
    for override in keys:
        try:
            good[override.input_line or ""] = _key(tree, config, override)
        except InputError as error:
            faults += error.faults
    return Repaired([good[word] for word in words if word in good], faults)


def first_of_sweep(override: Override) -> str:
    """The override itself, or the first of the runs it asks for."""
    return _runs_of(override)[0]


def runs_to_check(overrides: Sequence[str]) -> list[list[str]]:
    """Runs of a sweep in which every value of every sweep occurs; the overrides alone if none sweeps."""
    runs = [_runs_of(override) for override in OverridesParser.create().parse_overrides(list(overrides))]
    first = [values[0] for values in runs]
    others = [[*first[:i], value, *first[i + 1 :]] for i, values in enumerate(runs) for value in values[1:]]
    return [first, *others]


def _runs_of(override: Override) -> list[str]:
    if not override.is_sweep_override():
        return [override.input_line or ""]
    return [f"{override.get_key_element()}={value}" for value in override.sweep_string_iterator()]


def _group_faults(tree: ConfigTree, override: Override) -> list[str]:
    group = override.key_or_group
    choices = tree.choices(group)
    return [
        f"{group}={'null' if choice is None else choice}: there is no such choice{closest(str(choice), choices)}"
        for choice in _values(override)
        if str(choice) not in choices and not (choice is None and (override.is_delete() or group in OPTIONAL))
    ]


def _values(override: Override) -> list[Any]:
    """The choices that an override names: one, a list of them, or those of a sweep."""
    if override.is_sweep_override():
        return [v for v in override.sweep_iterator()]
    value = override.value()
    return list(value) if isinstance(value, list) else [value]


def _key(tree: ConfigTree, config: DictConfig, override: Override) -> str:
    line, path = override.input_line or "", override.key_or_group
    if path.split(".")[0] == "hydra" or override.is_add() or override.is_force_add():
        return line
    parent: Any = config
    parts = path.split(".")
    for i, part in enumerate(parts):
        names = list(parent) if isinstance(parent, DictConfig) else []
        if part not in names:
            at = ".".join(parts[:i])
            if isinstance(parent, DictConfig) and "_target_" in parent:
                names = sorted({*names, *accepted(_target(parent, at))})
                if part in names and i == len(parts) - 1 and not override.is_delete():
                    return f"++{line}"
            elif not at:
                names = sorted({*names, *tree.groups()})
            raise InputError(f"{path}: there is no {part!r} in {at or 'the config'}{closest(part, names)}")
        parent = parent._get_node(part)
        if parent is not None and parent._is_interpolation():
            parent = parent._maybe_dereference_node()
    return line


def _target(node: DictConfig, path: str) -> type:
    # Only its signature is read, and only if the package is installed: what may be built is decided by the check.
    target = str(node._get_node("_target_"))
    return resolve(target, [target.split(".")[0]], path)
