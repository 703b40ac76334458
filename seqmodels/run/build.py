"""Plain dictionaries to objects: the one place that decides what may be built.

``_target_`` names a class and ``_partial_: true`` asks for a factory of it, as in Hydra. Functions are never targets:
``torch.load`` and ``torch.hub.load`` live under ``torch`` too.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any

from seqmodels.errors import InputError

IN_CHECKPOINTS = ("seqmodels", "torch.nn", "torch.optim")
IN_CONFIGS = (*IN_CHECKPOINTS, "pytorch_lightning")
# Under allowed packages, but no parts: these build, train, read folders or download by themselves.
NO_PARTS = ("seqmodels.run", "pytorch_lightning.cli", "pytorch_lightning.demos")
KEYWORDS = ("_target_", "_partial_")
LONGEST = 300  # letters of a target; the import system follows a name part by part, and deeper than Python goes


def build(node: Any, allowed: Sequence[str], path: str = "", **supplied: Any) -> Any:
    """Make what a node describes, and all that stands in it.

    Args:
        node: plain dictionaries, lists, strings, numbers.
        allowed: packages whose classes may be built.
        path: the node's key path, for messages.
        **supplied: further arguments of the outermost object.

    Raises:
        InputError: a target may not be built, or refuses its arguments; with its key path.

    Example:
        >>> from seqmodels.run.build import IN_CHECKPOINTS, build
        >>> build({"_target_": "torch.nn.Linear", "in_features": 2, "out_features": 3}, IN_CHECKPOINTS)
        Linear(in_features=2, out_features=3, bias=True)
    """
    if isinstance(node, Mapping):
        parts = {key: build(value, allowed, f"{path}.{key}".lstrip(".")) for key, value in node.items()}
        if "_target_" not in node:
            return parts
        target = resolve(node["_target_"], allowed, path)
        arguments = {key: value for key, value in parts.items() if key not in KEYWORDS} | supplied
        factory = partial(construct, target, path, **arguments)
        return factory if node.get("_partial_") is True else factory()
    if isinstance(node, list | tuple):
        return [build(value, allowed, f"{path}[{i}]") for i, value in enumerate(node)]
    return node


def make_metrics(node: Any, allowed: Sequence[str], targets: Any) -> dict[str, Any]:
    """Metrics by name; one that reads what ids stand for is a factory in the config, and called with their field."""
    made = build(node, allowed, "metric")
    return {name: metric(targets) if isinstance(metric, partial) else metric for name, metric in made.items()}


def construct(target: type, path: str, /, *args: Any, **kwargs: Any) -> Any:
    """Call a class, and say at which key path it was if it refuses."""
    from lightning_fabric.utilities.exceptions import MisconfigurationException  # seconds that --help need not wait

    try:
        return target(*args, **kwargs)
    except InputError:
        raise
    except (TypeError, ValueError, RuntimeError, ImportError, MisconfigurationException) as error:
        raise InputError(f"{path}: {target.__name__} refuses its settings: {error}") from error


def find_packages_here(trusted: Sequence[str]) -> None:
    """Let a trusted package lie in the current folder, as ``python -m`` would."""
    if trusted:
        sys.path.insert(0, os.getcwd())


def resolve(target: Any, allowed: Sequence[str], path: str = "") -> type:
    """The class of that dotted name.

    Raises:
        InputError: there is none, it is not a class, or it does not come from an allowed package.
    """
    where = f"{path}._target_" if path else "_target_"
    named = isinstance(target, str) and len(target) <= LONGEST and all(map(str.isidentifier, target.split(".")))
    if not named:
        raise InputError(f"{where}: {repr(target)[:LONGEST]} found, wanted the dotted name of a class")
    if not is_under(target, allowed):
        package = target.split(".")[0]
        # Trusting the whole standard library or torch would undo the rule, so that is not suggested.
        ours = package in sys.stdlib_module_names or package == "torch"
        hint = "" if ours else f"; if you trust that code, name its package: --trust {package}"
        raise InputError(f"{where}: {target} is outside {', '.join(allowed)}{hint}")
    found = _find(target)
    if found is None:
        raise InputError(f"{where}: there is no {target}{_close(target)}")
    # A module under an allowed name may have imported anything, so what is found must have been made there as well.
    made_in = f"{found.__module__}." if isinstance(found, type) else ""
    if not is_under(made_in, allowed):
        raise InputError(f"{where}: {target} is not a class of {', '.join(allowed)}; only classes can be named here")
    if is_under(made_in, NO_PARTS):
        raise InputError(f"{where}: {target} is no part of a model or of its training")
    assert isinstance(found, type)
    return found


def is_under(name: str, allowed: Sequence[str]) -> bool:
    """Whether a dotted name lies in one of these packages."""
    return any(name.startswith(f"{package}.") for package in allowed)


def _find(target: str) -> Any:
    parts = target.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:cut])
        try:
            found: Any = import_module(module)
        except ImportError as error:
            if f"{module}.".startswith(f"{error.name}."):
                continue  # it is a class, not a module, that has this name
            raise InputError(f"{module}: cannot be imported ({error}); install what it needs") from error
        for name in parts[cut:]:
            found = getattr(found, name, None)
        return found
    return None


def _close(target: str) -> str:
    from difflib import get_close_matches

    parent, _, name = target.rpartition(".")
    try:
        names = [n for n in dir(import_module(parent)) if not n.startswith("_")]
    except ModuleNotFoundError:
        return ""
    close = get_close_matches(name, names, n=3)
    return f"; closest: {', '.join(f'{parent}.{n}' for n in close)}" if close else ""
