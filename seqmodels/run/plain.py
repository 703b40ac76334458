"""A composed config as the plain dictionaries that everything behind it takes."""

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
