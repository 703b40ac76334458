"""From the words of a command line to overrides that Hydra will accept, every fault told at once."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from hydra import version
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.utils import create_config_search_path
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig, open_dict

from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS
from seqmodels.run.hydra_guard import refuse_foreign
from seqmodels.run.keys import as_hydra_wants
from seqmodels.run.plain import none_means_none
from seqmodels.run.signatures import closest
from seqmodels.run.yaml_guard import CheckedFolder, check_folder

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
        trust: packages whose classes Hydra may make for itself (callbacks, launchers), besides those of a config.

    Raises:
        InputError: there is no such folder, or a file in it is larger than any config.
    """

    def __init__(self, config_dir: str | None = None, trust: Sequence[str] = ()):
        version.setbase(VERSION_BASE)
        self.config_dir = config_dir
        self.allowed = (*IN_CONFIGS, *trust)
        path = conf_path()
        search_path = create_config_search_path(path if path.startswith("pkg://") else f"file://{path}")
        if config_dir is not None:
            if not Path(config_dir).is_dir():
                raise InputError(f"--config-dir {config_dir}: no such folder; correct the path")
            check_folder(Path(config_dir))
            Plugins.instance().register(CheckedFolder)
            path = f"{CheckedFolder.scheme()}://{Path(config_dir).absolute()}"
            search_path.prepend("command-line", path, anchor="schema")
        self.loader = ConfigLoaderImpl(search_path)

    def compose(self, overrides: Sequence[str] = ()) -> DictConfig:
        """The config of these overrides, without Hydra's own part.

        Raises:
            InputError: Hydra cannot compose it.
        """
        config = self.compose_whole(overrides)
        with open_dict(config):
            del config["hydra"]
        return config

    def compose_whole(self, overrides: Sequence[str]) -> DictConfig:
        """The same with Hydra's own part."""
        config = self._load(overrides)
        if self.config_dir is not None or any("hydra" in word for word in overrides):
            refuse_foreign(config.hydra, _usual_hydra, overrides, self.allowed)
        with open_dict(config):
            none_means_none(config, config.hydra.runtime.choices)
        return config

    def _load(self, overrides: Sequence[str]) -> DictConfig:
        try:
            return self.loader.load_configuration(CONFIG_NAME, list(overrides), RunMode.RUN)
        except InputError:
            raise
        except Exception as error:  # a file of any other kind than a config makes Hydra fail in any way
            cause = f" {error.__cause__}" if error.__cause__ else ""
            raise InputError(" ".join(f"{error}{cause}".split())) from error

    def choices(self, group: str) -> list[str]:
        """What a group offers; nothing if there is no such group."""
        # The loader's own method would copy all that was composed, to look for hydra.searchpath.
        return list(self.loader.repository.get_group_options(group)) if group else []

    def groups(self, parent: str = "") -> list[str]:
        """Every group with something to choose, by its path."""
        names = self.loader.repository.get_group_options(parent, ObjectType.GROUP)
        paths = [f"{parent}/{name}".lstrip("/") for name in names]
        paths = [path for path in paths if path not in ("hydra", "sweep")]  # neither is chosen by a run
        return [found for p in paths for found in ([p] if self.choices(p) else []) + self.groups(p)]

    def description(self, group: str, choice: str) -> str:
        """The first comment in a choice's file."""
        for source in self.loader.get_sources():
            if source.scheme() in ("pkg", "file", CheckedFolder.scheme()) and source.is_config(f"{group}/{choice}"):
                root = files(source.path.replace("/", ".")) if source.scheme() == "pkg" else Path(source.path)
                text = (root / f"{group}/{choice}.yaml").read_text(encoding="utf-8")
                comments = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
                return next((c for c in comments if not c.startswith("@package")), "")
        return ""


@cache
def _usual_hydra(*choices: str) -> DictConfig:
    """Hydra's part of a config without anything of the user's but some of Hydra's own choices."""
    return ConfigTree()._load(choices).hydra


@cache
def _ours(*choices: str) -> DictConfig:
    """What choices of ours compose to, to be read only: whoever begins many runs in a process makes the same ones."""
    return ConfigTree().compose(choices)


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
            choices.append(runs_of(override)[0])
    config = tree.compose(choices) if tree.config_dir or tree.allowed != IN_CONFIGS else _ours(*choices)
    for override in keys:
        try:
            good[override.input_line or ""] = as_hydra_wants(override, config, tree.groups, tree.allowed)
        except InputError as error:
            faults += error.faults
    return Repaired([good[word] for word in words if word in good], faults)


def runs_to_check(overrides: Sequence[str]) -> list[list[str]]:
    """Runs of a sweep in which every value of every sweep occurs; the overrides alone if none sweeps."""
    runs = [runs_of(override) for override in OverridesParser.create().parse_overrides(list(overrides))]
    first = [values[0] for values in runs]
    others = [[*first[:i], value, *first[i + 1 :]] for i, values in enumerate(runs) for value in values[1:]]
    return [first, *others]


def runs_of(override: Override) -> list[str]:
    """The override for each of the runs it asks for; itself if it is no sweep."""
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
    value = list(override.sweep_iterator()) if override.is_sweep_override() else override.value()
    return list(value) if isinstance(value, list) else [value]
