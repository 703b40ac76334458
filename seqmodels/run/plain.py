"""A composed config as the plain dictionaries that everything behind it takes."""

from collections.abc import Iterator, Mapping
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from omegaconf.resolvers import oc

from seqmodels.errors import InputError


def plain(config: DictConfig, hide_environment: bool = False) -> dict[str, Any]:
    """A config as plain dictionaries, interpolations resolved.

    Args:
        config: as Hydra composed it.
        hide_environment: leave ``${oc.env:NAME}`` as it is written, because the result will be stored.

    Raises:
        InputError: an interpolation cannot be resolved.
    """
    try:
        if hide_environment:
            OmegaConf.register_new_resolver(
                "oc.env", lambda *words: "${oc.env:" + ",".join(map(str, words)) + "}", replace=True
            )
        result = OmegaConf.to_container(config, resolve=True, throw_on_missing=False)
    except OmegaConfBaseException as error:
        raise InputError(f"{error.full_key or 'config'}: {str(error).splitlines()[0]}") from error
    finally:
        if hide_environment:
            OmegaConf.register_new_resolver("oc.env", oc.env, replace=True)
    assert isinstance(result, dict)
    return {str(key): value for key, value in result.items()}


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of plain dictionaries by its key path; a list is one."""
    if isinstance(node, Mapping) and node:
        for key, value in node.items():
            yield from leaves(value, f"{path}.{key}".lstrip("."))
    else:
        yield path, node


def none_means_none(config: DictConfig, choices: Mapping[str, str | None]) -> None:
    """Take out the settings of groups of which ``none`` was chosen: a task may set some for the choice that it makes.

    What names a class stays, since it needs no choice.

    Args:
        config: composed, changed in place.
        choices: what Hydra chose, by group or by ``group@place``.
    """
    for group, choice in choices.items():
        place = group.rpartition("@")[2].replace("/", ".")
        if choice != "none" or group.startswith("hydra/"):
            continue
        node = OmegaConf.select(config, place)
        if isinstance(node, DictConfig) and not _names_a_class(node):
            OmegaConf.update(config, place, None, merge=False)


def _names_a_class(node: DictConfig) -> bool:
    parts = [node._get_node(name) for name in node]
    return "_target_" in node or any(isinstance(part, DictConfig) and _names_a_class(part) for part in parts)
