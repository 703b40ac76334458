"""What a class accepts, held against what a config gives it."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from difflib import get_close_matches
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

from seqmodels.errors import InputError
from seqmodels.run.build import KEYWORDS, resolve

MISSING = "???"
# How pydantic begins its messages.
_REWORDED = re.compile("^Input should be |^String should ")
# What the run itself hands to these objects, so that no config has to name it.
SUPPLIED = {
    "model": {"sizes", "metrics", "learning"},
    "trainer": {"callbacks", "logger", "default_root_dir", "enable_progress_bar"},
}


def node_faults(node: Any, allowed: Sequence[str], path: str = "") -> list[str]:
    """The faults of a node and of all that stands in it."""
    if isinstance(node, list | tuple):
        return [fault for i, value in enumerate(node) for fault in node_faults(value, allowed, f"{path}[{i}]")]
    if not isinstance(node, Mapping):
        return [f"{path}: a value is needed: set {path}=..."] if node == MISSING else []
    faults = [
        fault for key, value in node.items() for fault in node_faults(value, allowed, f"{path}.{key}".lstrip("."))
    ]
    if "_target_" in node:
        faults += _target_faults(node, allowed, path)
    return faults


def _target_faults(node: Mapping[str, Any], allowed: Sequence[str], path: str) -> list[str]:
    if node["_target_"] == MISSING:
        return []
    try:
        target = resolve(node["_target_"], allowed, path)
    except InputError as error:
        return error.faults
    given = {key: value for key, value in node.items() if key not in KEYWORDS}
    partial = node.get("_partial_", False)
    faults = [] if isinstance(partial, bool) else [f"{path}._partial_: {partial!r} found, wanted true or false"]
    return faults + value_faults(given, target, path, allowed, required=not partial)


def value_faults(
    given: Mapping[str, Any], target: type, path: str, allowed: Sequence[str], required: bool
) -> list[str]:
    """Unknown, missing and ill-typed arguments of a class."""
    parameters = accepted(target)
    faults = []
    for key, value in given.items():
        where = f"{path}.{key}".lstrip(".")
        if key not in parameters:
            hint = closest(key, parameters)
            out = f"; leave it out: ~{where}" if hint.startswith("; there are") else ""  # a task set it for another one
            faults.append(f"{where}: {target.__name__} has no such setting{hint}{out}")
        else:
            faults += _type_faults(value, _hints(target).get(key, Any), where, allowed)
    if required:
        handed = SUPPLIED.get(path, set())
        faults += [
            f"{path}.{name}: {target.__name__} needs this setting, and it is not there".lstrip(".")
            for name, parameter in parameters.items()
            if parameter.default is inspect.Parameter.empty and name not in given and name not in handed
        ]
    return faults


def accepted(target: type) -> dict[str, inspect.Parameter]:
    """The arguments that a class can be given by name."""
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {name: p for name, p in inspect.signature(target).parameters.items() if p.kind in named}


def closest(name: str, names: Any) -> str:
    """ "; closest: ..." for a misspelt name, "; there are: ..." if nothing is near."""
    names = [str(n) for n in names]
    near = get_close_matches(name, names, n=3, cutoff=0.6)
    return f"; closest: {', '.join(near)}" if near else f"; there are: {', '.join(sorted(names))}"


@cache
def _hints(target: type) -> dict[str, Any]:
    try:
        return get_type_hints(inspect.getattr_static(target, "__init__"), include_extras=True)
    except (NameError, TypeError):  # another package's annotations that only its type checker can read
        return {}


def _type_faults(value: Any, hint: Any, path: str, allowed: Sequence[str]) -> list[str]:
    """What is wrong with a value, held against the annotation of its argument."""
    if value == MISSING:
        return []  # told once, where the value is walked over
    if isinstance(value, Mapping) and "_target_" in value:
        return _class_faults(value, hint, path, allowed)
    entries = next((part for part in (hint, *get_args(hint)) if get_origin(part) in (dict, Mapping)), None)
    if isinstance(value, Mapping) and entries is not None:
        return _entries_faults(value, entries, path, allowed)
    # A class of settings is an object to us, and not the dictionary that pydantic would take for it.
    if is_dataclass(hint):
        return [f"{path}: {value!r} found, wanted a {getattr(hint, '__name__', hint)} by its _target_"]
    try:
        adapter = TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
        try:
            adapter.validate_python(value, strict=True)
        except ValidationError:
            if not isinstance(value, list):
                raise
            adapter.validate_python(tuple(value), strict=True)  # yaml has lists only
    except ValidationError as error:
        messages = dict.fromkeys(detail["msg"] for detail in error.errors())  # one for each kind that would do
        all_wanted = [_REWORDED.sub("", message) for message in messages]
        plain = [words for words in all_wanted if not words.startswith("an instance of")]  # what yaml can write
        wanted = " or ".join(plain or all_wanted)
        return [f"{path}: {value!r} found, wanted {wanted}"]
    except PydanticUserError:  # an annotation that pydantic has no way to hold a value against
        return []
    return []


def _entries_faults(values: Mapping[str, Any], hint: Any, path: str, allowed: Sequence[str]) -> list[str]:
    names, entry = get_args(hint)
    faults = []
    for key, value in values.items():
        if get_origin(names) is Literal and key not in get_args(names):
            faults.append(f"{path}.{key}: there is no such entry{closest(key, get_args(names))}")
        faults += _type_faults(value, entry, f"{path}.{key}", allowed)
    return faults


def _class_faults(node: Mapping[str, Any], hint: Any, path: str, allowed: Sequence[str]) -> list[str]:
    """Whether a node's class is of the kind that its place wants: an object, or a factory of one."""
    try:
        target = resolve(node["_target_"], allowed, path)
    except InputError:
        return []  # told once, where the node is walked over
    wanted = [kind for kind in _kinds(hint) if kind is not type(None)]
    named = ", ".join(dict.fromkeys(kind.__name__ for kind in wanted))
    if wanted and not any(issubclass(target, kind) for kind in wanted):
        return [f"{path}: {target.__name__} found, wanted a kind of {named}"]
    factory = node.get("_partial_") is True
    if wanted and factory not in _forms(hint):
        return [f"{path}._partial_: {str(factory).lower()} found, wanted {str(not factory).lower()} for this {named}"]
    return []


def _forms(hint: Any) -> set[bool]:
    """Whether a place takes a factory (True), an object (False), or either."""
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return {get_origin(part) is Callable for part in parts if part is not type(None)}


def _kinds(hint: Any) -> list[type]:
    """The classes that an annotation speaks of: itself, the parts of a union, what a factory makes."""
    if get_origin(hint) is Callable:
        return _kinds(get_args(hint)[1])
    if get_origin(hint) in (Union, UnionType):
        return [kind for part in get_args(hint) for kind in _kinds(part)]
    return [hint] if isinstance(hint, type) and get_origin(hint) is None else []
