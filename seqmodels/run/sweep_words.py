"""The words behind ``seqmodels sweep``, and the file that they name."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override, RangeSweep
from hydra.errors import HydraException
from omegaconf import OmegaConf

from seqmodels.errors import InputError
from seqmodels.run.compose import ConfigTree
from seqmodels.run.signatures import closest
from seqmodels.sweeps.definition import Definition

GROUP = "sweep"
MADE = ("overrides", "space", "config_dir", "trust", "begun_in")  # of other words
OWN = [field.name for field in fields(Definition) if field.name not in MADE]
PLACES = (GROUP, "dir", "resume", "runs")
# A file may come from elsewhere, and these start commands or connect to other machines.
BY_WORD = ("launcher", "slurm", "storage")
# What a sweep sets itself, for every run.
KEPT = ("run_dir", "test", "resume_anyway")


class Asked(NamedTuple):
    """What a command line asks for.

    Args:
        own: settings of the sweep by name, ``sweep``, ``dir`` and ``resume`` too.
        overrides: the words that all runs have.
        space: as a definition has it.
    """

    own: dict[str, Any]
    overrides: list[str]
    space: dict[str, dict[str, Any]]


def read_words(words: Sequence[str], tree: ConfigTree) -> Asked:
    """Sort the words: settings of the sweep, words of all runs, and the space, in Hydra's grammar.

    Raises:
        InputError: every word that is none.
    """
    parser = OverridesParser.create(config_loader=tree.loader)
    asked, faults = Asked({}, [], {}), []
    for word in words:
        try:
            override = parser.parse_override(word)
            _sort(override, asked)
        except HydraException as error:
            faults.append(f"{word}: not an override ({str(error).splitlines()[0]}); wanted key=value")
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return asked


def _sort(override: Override, asked: Asked) -> None:
    key, word = override.key_or_group, override.input_line or ""
    if key in KEPT or key.split(".")[0] == "hydra":
        raise InputError(f"{word}: {_its_own(key)}")
    if key in (*OWN, *PLACES):
        if override.is_sweep_override():
            raise InputError(f"{word}: {_its_own(key)}")
        asked.own[key] = override.value()
    elif override.is_sweep_override():
        if override.is_add() or override.is_force_add() or override.package is not None:
            raise InputError(f"{word}: wanted a key that is there already, written as it is; add it by another word")
        asked.space[key] = _values(override)
    else:
        asked.overrides.append(word)


def _its_own(key: str) -> str:
    """Why a setting is none to be drawn."""
    if key not in (*OWN, *PLACES):
        return f"a sweep sets {key} itself; leave it out"
    hint = "; trial_seeds=3 trains every trial from three seeds" if key == "seed" else ""
    return f"several values found, wanted one for the whole sweep{hint}"


def _values(override: Override) -> dict[str, Any]:
    """A sweep of Hydra's grammar as a definition has it."""
    sweep = override._value
    if isinstance(sweep, IntervalSweep):
        logarithm = {"log": True} if "log" in sweep.tags else {}
        return {"low": sweep.start, "high": sweep.end, **logarithm}
    values = [Override._convert_value(value) for value in override.sweep_iterator()]
    if isinstance(sweep, RangeSweep) and len(values) > 1 and not sweep.shuffle:
        return {"low": values[0], "high": values[-1], "step": sweep.step}
    return {"choices": values}


def read_file(name: str, tree: ConfigTree) -> Asked:
    """What ``conf/sweep/NAME.yaml`` asks for.

    Raises:
        InputError: there is no such file, or something else stands in it.
    """
    choices = tree.choices(GROUP)
    if name not in choices:
        raise InputError(f"{GROUP}={name}: there is no such choice{closest(str(name), choices)}")
    found = tree.loader.repository.load_config(f"{GROUP}/{name}")
    content = OmegaConf.to_container(found.config, resolve=False) if found is not None else None
    if not isinstance(content, dict):
        raise InputError(f"{GROUP}={name}: wanted a yaml file of settings")
    own: dict[str, Any] = {str(key): value for key, value in content.items()}
    overrides, space = own.pop("overrides", None) or [], own.pop("space", None) or {}
    known = [setting for setting in OWN if setting not in BY_WORD]
    faults = [
        f"{GROUP}={name}: {key}: there is no such setting{closest(key, known)}" for key in own if key not in known
    ]
    if not isinstance(overrides, list) or not all(isinstance(word, str) for word in overrides):
        faults.append(f"{GROUP}={name}: overrides: {overrides!r} found, wanted a list of words")
    if not isinstance(space, Mapping):
        faults.append(f"{GROUP}={name}: space: {space!r} found, wanted values by their keys")
    else:
        wrong = {key: values for key, values in space.items() if not isinstance(values, list | Mapping)}
        wanted = "wanted a list, or {low: 1, high: 9}; a single value belongs to overrides"
        faults += [f"{GROUP}={name}: space.{key}: {values!r} found, {wanted}" for key, values in wrong.items()]
        own_keys = [str(key) for key in space if str(key) in (*OWN, *PLACES, *KEPT) or str(key).startswith("hydra")]
        faults += [f"{GROUP}={name}: space.{key}: {_its_own(key)}" for key in own_keys]
    if faults:
        raise InputError(faults)
    given = read_words(overrides, tree)
    if given.own or given.space:
        raise InputError(f"{GROUP}={name}: overrides: wanted words of a run alone, found {', '.join(overrides)}")
    listed = {str(key): {"choices": value} if isinstance(value, list) else dict(value) for key, value in space.items()}
    return Asked({"name": name, **own}, given.overrides, listed)


def over(file: Asked, words: Asked, tree: ConfigTree) -> Asked:
    """What a file asks for, and a command line behind it, which wins key by key."""
    parser = OverridesParser.create(config_loader=tree.loader)

    def key(word: str) -> str:
        return parser.parse_override(word).key_or_group

    fixed = {key(word) for word in words.overrides}
    kept = [word for word in file.overrides if key(word) not in fixed and key(word) not in words.space]
    space = {name: values for name, values in file.space.items() if name not in fixed}
    return Asked({**file.own, **words.own}, [*kept, *words.overrides], {**space, **words.space})
