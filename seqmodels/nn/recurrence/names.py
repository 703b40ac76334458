"""The names under which a stack's weights are saved: those of torch.nn, so that weights load both ways."""

import re
from typing import Any

from torch import nn

OURS = re.compile(r"layers\.(\d+)\.cells\.([01])\.(.+)")
TORCHS = re.compile(r"(.+)_l(\d+)(_reverse)?")


def name_as_torch(stack: nn.Module) -> None:
    """Save ``layers.0.cells.1.weight_hh`` as ``weight_hh_l0_reverse``, and load it from there."""
    stack.register_state_dict_post_hook(_saved)
    stack.register_load_state_dict_pre_hook(_loaded)


def _saved(stack: nn.Module, state: dict[str, Any], prefix: str, metadata: Any) -> None:
    for key in [key for key in state if key.startswith(prefix)]:
        found = OURS.fullmatch(key[len(prefix) :])
        if found:
            layer, way, name = found.groups()
            state[f"{prefix}{name}_l{layer}{'_reverse' if way == '1' else ''}"] = state.pop(key)


def _loaded(stack: nn.Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
    for key in [key for key in state if key.startswith(prefix)]:
        found = TORCHS.fullmatch(key[len(prefix) :])
        if found:
            name, layer, reverse = found.groups()
            state[f"{prefix}layers.{layer}.cells.{int(reverse is not None)}.{name}"] = state.pop(key)
