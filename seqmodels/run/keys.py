"""The keys of overrides, held against the config that they change."""

from collections.abc import Callable, Sequence
from typing import Any

from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

from seqmodels.errors import InputError
from seqmodels.run.build import resolve
from seqmodels.run.hydra_guard import refuse_searchpath
from seqmodels.run.signatures import accepted, closest


def as_hydra_wants(
    override: Override, config: DictConfig, groups: Callable[[], Sequence[str]], allowed: Sequence[str]
) -> str:
    """The override of a key, with ``++`` before a setting that its class accepts but no yaml file names.

    Args:
        override: of a key, not of a choice.
        config: what the choices beside it compose to.
        groups: what can be chosen.
        allowed: packages whose classes may be looked at; to look at one is to import it.

    Raises:
        InputError: there is no such key, with the closest names.
    """
    line, path = override.input_line or "", override.key_or_group
    refuse_searchpath(path)
    if path.split(".")[0] == "hydra" or override.is_add() or override.is_force_add():
        return line
    parent: Any = config
    parts = path.split(".")
    for i, part in enumerate(parts):
        names = list(parent) if isinstance(parent, DictConfig) else []
        if part not in names:
            at = ".".join(parts[:i])
            if isinstance(parent, DictConfig) and "_target_" in parent:
                names = sorted({*names, *accepted(resolve(str(parent._get_node("_target_")), allowed, at))})
                if part in names and i == len(parts) - 1 and not override.is_delete():
                    return f"++{line}"
            elif not at:
                names = sorted({*names, *groups()})
            hint = closest(part, names) if names else f" yet; write +{line}"
            if part in names:  # its class has it, and no yaml file sets it
                hint = "; it is at its default, leave this out" if override.is_delete() else f" yet; write +{line}"
            raise InputError(f"{path}: there is no {part!r} in {at or 'the config'}{hint}")
        parent = parent._get_node(part)
        if parent is not None and parent._is_interpolation():
            parent = parent._maybe_dereference_node()
    return line
