"""What a config may change of Hydra's own settings: nothing that names code, our environment or a file.

Hydra makes ``hydra.callbacks``, the launcher and the sweeper by itself, from any target; ``job_logging`` names
factories and files; ``env_set`` changes PATH; ``searchpath`` imports packages. What `build` refuses must not get in
that way.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from omegaconf import DictConfig, OmegaConf

from seqmodels.errors import InputError
from seqmodels.run.plain import leaves

# Lightning names the further processes of a run by job.name.
FREE = ("mode", "run.dir", "sweep.dir", "sweep.subdir", "sweeper.max_batch_size", "verbose", "job.chdir", "job.name")
WRITTEN = ("overrides", "runtime", "job.override_dirname")  # by Hydra, whatever stood there
PLUGINS = ("launcher", "sweeper")
LOGS = ("hydra/hydra_logging", "hydra/job_logging")
LAUNCHERS = ("basic", "joblib", "submitit_local", "submitit_slurm")  # Hydra's and its makers'
# Hydra's own, which no file of another folder replaces.
SHIPPED = [f"{group}={choice}" for group in LOGS for choice in ("default", "disabled", "none", "stdout")]


def refuse_searchpath(key: str) -> None:
    """Refuse one more place for configs: a package there would be imported, and no file in it is looked at.

    Raises:
        InputError: that setting is what the key names.
    """
    if key == "hydra.searchpath":
        raise InputError(f"{key}: it cannot be set; name your folder with --config-dir")


def refuse_foreign(
    hydra: DictConfig, usual: Callable[..., DictConfig], words: Sequence[str], allowed: Sequence[str]
) -> None:
    """Refuse what a config changes of Hydra's settings and may not.

    Args:
        hydra: the part of that name in the config that was composed.
        usual: composes the same without anything from elsewhere, for some choices of Hydra's own.
        words: the command line that was composed.
        allowed: packages whose classes may be named.

    Raises:
        InputError: every such setting.
    """
    shipped = [f"{group}={hydra.runtime.choices.get(group)}" for group in LOGS]
    # So the launchers' settings, some of which are commands, can be given on the command line, and in no file; what is
    # made there cannot.
    given = [word for word in words if word.lstrip("+").startswith("hydra.launcher.") and "_target_" not in word]
    named = hydra.runtime.choices.get("hydra/launcher")
    launcher = [f"hydra/launcher={named}", *given] if named in LAUNCHERS else []
    choices = [choice for choice in shipped if choice in SHIPPED]
    faults = _faults(hydra, usual(*choices, *launcher), words, allowed)
    if faults:
        raise InputError(faults)


def _faults(hydra: DictConfig, usual: DictConfig, words: Sequence[str], allowed: Sequence[str]) -> list[str]:
    from seqmodels.run.signatures import node_faults  # torch is not needed to compose what is ours

    found: Any = OmegaConf.to_container(hydra, resolve=False)
    before: Any = OmegaConf.to_container(usual, resolve=False)
    before.pop("callbacks")
    callbacks = found.pop("callbacks", None) or {}
    faults = node_faults(callbacks, allowed, "hydra.callbacks")
    for name, node in callbacks.items():
        faults += _nameless(node, f"hydra.callbacks.{name}") if node is not None else []
    for part in PLUGINS:
        node, ours = found.get(part), before[part]
        if isinstance(node, Mapping) and node.get("_target_") == ours["_target_"]:
            if part == "launcher" and node != ours:
                faults.append("hydra.launcher: another setting found in a file, wanted on the command line")
        else:
            faults += _nameless(node, f"hydra.{part}") or _targets(node, allowed, f"hydra.{part}")
            # Its settings are the plugin's own affair, but what a sweep runs has to be known before it is checked.
            found[part] = {**ours, "params": node.get("params")} if "params" in ours and not faults else ours
    given = found.get("overrides") or {"task": [], "hydra": []}
    if sorted(given["task"] + given["hydra"]) != sorted(words):
        faults.append("hydra.overrides: it cannot be set; give your overrides on the command line")
    now, then = ({(path, repr(value)) for path, value in leaves(node)} for node in (found, before))
    changed = {path for path, _ in now ^ then}
    bound = [path for path in changed if not any(f"{path}.".startswith(f"{free}.") for free in (*FREE, *WRITTEN))]
    return faults + [
        f"hydra.{setting}: it cannot be set; of Hydra's own settings, only {', '.join(FREE)} can"
        for setting in sorted({".".join(path.split(".")[:2]) for path in bound})
    ]


def _nameless(node: Any, path: str) -> list[str]:
    named = isinstance(node, Mapping) and "_target_" in node
    return [] if named else [f"{path}: {node!r} found, wanted a class by its _target_"]


def _targets(node: Any, allowed: Sequence[str], path: str) -> list[str]:
    """The targets in a node that may not be built."""
    from seqmodels.run.build import resolve

    if isinstance(node, list):
        return [fault for i, value in enumerate(node) for fault in _targets(value, allowed, f"{path}[{i}]")]
    if not isinstance(node, Mapping):
        return []
    faults = [fault for key, value in node.items() for fault in _targets(value, allowed, f"{path}.{key}")]
    if "_target_" in node:
        try:
            resolve(node["_target_"], allowed, path)
        except InputError as error:
            faults += error.faults
    return faults
