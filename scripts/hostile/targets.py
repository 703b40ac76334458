"""Recipes with names of functions in them, in every place of a checkpoint where something is made of a name."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hostile.names import TARGETS


def name(target: Any) -> str:
    """A target in a few letters."""
    return repr(target)[:60]


# By a target's last name, arguments with which a call makes a file CANARY, or is seen by whoever watches.
GIVEN: dict[str, dict[str, Any]] = {
    "system": {"command": "touch CANARY"},
    "mkdir": {"path": "CANARY"},
    "open": {"file": "CANARY", "mode": "w"},
    "Popen": {"args": ["touch", "CANARY"]},
    "run": {"args": ["touch", "CANARY"]},
    "copy": {"src": "/etc/hostname", "dst": "CANARY"},
    "save": {"obj": 1, "f": "CANARY"},
    "import_module": {"name": "hostile_module"},
    "urlretrieve": {"url": "file:///etc/hostname", "filename": "CANARY"},
    "FileHandler": {"filename": "CANARY"},
    "create_connection": {"address": ["127.0.0.1", 9]},
    "CDLL": {"name": "libm.so.6"},
    "Thing": {},
    "load": {"f": "CANARY", "weights_only": False},
}
OTHERWISE = {"path": "CANARY", "name": "CANARY", "_args_": ["CANARY"]}


def node(target: Any, canary: Path, **more: Any) -> dict[str, Any]:
    """A target with arguments."""
    last = target.rpartition(".")[2] if isinstance(target, str) else ""
    given = {key: _filled(value, canary) for key, value in GIVEN.get(last, OTHERWISE).items()}
    return {"_target_": target, **given, **more}


def _filled(value: Any, canary: Path) -> Any:
    if isinstance(value, list):
        return [_filled(entry, canary) for entry in value]
    return value.replace("CANARY", str(canary)) if isinstance(value, str) else value


WRAPPINGS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "itself": lambda made: made,
    "a factory": lambda made: {**made, "_partial_": True},
    "in a list": lambda made: [made],
    "nested": lambda made: {"a": {"b": [{"c": made}]}},
    "an argument of one of ours": lambda made: {
        "_target_": "seqmodels.nn.encoders.RecurrentEncoder",
        "_partial_": True,
        "hidden_size": made,
    },
}
# Where in a recipe; what is deeper than a part stands for every setting of it.
PLACES = {
    "model": ("model",),
    "encoder": ("model", "encoder"),
    "embedder": ("model", "embedder"),
    "pool": ("model", "pool"),
    "a setting of the head": ("model", "head", "dropout"),
    "a setting that there is not": ("model", "extra"),
    "inputs": ("fields", "inputs", "config"),
    "a setting of the inputs": ("fields", "inputs", "config", "min_freq"),
    "targets": ("fields", "targets", "config"),
}
# Of these, only `evaluate` makes something.
SCORING = {
    "metric": ("config", "metric"),
    "one metric": ("config", "metric", "accuracy"),
    "floor": ("config", "floor"),
    "data": ("config", "data"),
    "a setting of the data": ("config", "data", "locales"),
    "batching": ("config", "batching"),
}


def put(recipe: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy of a recipe with another value in one place."""
    changed = copy.deepcopy(recipe)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed


def attempts(recipe: dict[str, Any], canary: Path, count: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Recipes with a hostile target: a name, the command that makes what stands there, and the recipe.

    Args:
        recipe: a valid one.
        canary: what is to be made by whatever is called.
        count: in how many combinations of place and wrapping to try each target; they differ from target to target.
    """
    places = [("predict", label, path) for label, path in PLACES.items()]
    places += [("evaluate", label, path) for label, path in SCORING.items()]
    for number, target in enumerate(TARGETS):
        combined = [(place, wrap) for place in places for wrap in WRAPPINGS]
        chosen = [combined[(number * 7 + i * 38) % len(combined)] for i in range(count)]
        for (command, label, path), wrap in chosen:
            value = WRAPPINGS[wrap](node(target, canary))
            yield f"{name(target)} as {label}, {wrap}", command, put(recipe, path, value)
