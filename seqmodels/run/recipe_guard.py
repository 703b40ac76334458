"""What a checkpoint from elsewhere may say: plain values that describe one of our models, and numbers that fit it.

`torch.load` alone lets through dictionaries whose methods are shadowed, lists that hold themselves, and tensors without
numbers. Nothing of that runs code; it makes whatever reads it next fail in a way that nobody expects.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from torch import nn

from seqmodels.errors import InputError
from seqmodels.run.build import is_under
from seqmodels.run.settings import Settings
from seqmodels.run.signatures import node_faults, value_faults

MAX_NODES = 100_000  # vocabularies not counted
MAX_DEPTH = 50
MAX_LINE = 1000
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


def one_line(text: str) -> str:
    """A message that quotes a file, with nothing in it that a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:MAX_LINE]


def plain_recipe(recipe: Any) -> dict[str, Any]:
    """A recipe as dictionaries, lists, strings, numbers and None, of no other class and nothing twice in itself.

    Raises:
        InputError: something else stands in it, or it goes deeper or further than any recipe.
    """
    parts = dict(_items(recipe, "recipe"))
    fields = dict(_items(parts.pop("fields", None), "fields"))
    learnt = {}
    for side in list(fields):
        field = dict(_items(fields[side], f"fields.{side}"))
        lists = dict(_items(field.pop("learnt", None), f"fields.{side}.learnt"))
        for name, tokens in lists.items():
            if not isinstance(tokens, list):
                found = type(tokens).__name__
                raise InputError(f"fields.{side}.learnt.{name}: {found} found, wanted a vocabulary as a list")
        learnt[side], fields[side] = {name: list(tokens) for name, tokens in lists.items()}, field
    result, _ = _plain({**parts, "fields": fields}, "recipe", {})
    for side, lists in learnt.items():
        result["fields"][side]["learnt"] = lists
    return dict(result)


def _items(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(node, dict):
        raise InputError(f"{path}: {type(node).__name__} found, wanted a dictionary")
    for key, value in dict.items(node):  # node.items could be a number
        if not isinstance(key, str) or not key.isprintable():
            raise InputError(f"{path}: {key!r} found, wanted names for keys")
        yield key, value


def _plain(node: Any, path: str, done: dict[int, tuple[Any, int]], depth: int = 0) -> tuple[Any, int]:
    """A copy, and how many nodes it would have if what stands in two places stood there twice."""
    if node is None or isinstance(node, str | int | float):
        return node, 1
    if id(node) in done:
        return done[id(node)]
    if depth > MAX_DEPTH:
        raise InputError(f"{path[:100]}...: nested more than {MAX_DEPTH} deep, wanted at most that")
    copy: Any
    if isinstance(node, list | tuple):
        made = [_plain(value, f"{path}[{i}]", done, depth + 1) for i, value in enumerate(node)]
        copy = [value for value, _ in made]
    else:
        named = [(key, _plain(value, f"{path}.{key}", done, depth + 1)) for key, value in _items(node, path)]
        made = [entry for _, entry in named]
        copy = {key: value for key, (value, _) in named}
    size = 1 + sum(count for _, count in made)
    if size > MAX_NODES:
        raise InputError(f"{path[:100]}: more than {MAX_NODES:,} values, wanted at most that")
    done[id(node)] = copy, size
    return copy, size


def recipe_faults(recipe: Mapping[str, Any], allowed: Sequence[str]) -> list[str]:
    """What in a recipe is not of the type that its class wants; what is built of it later, too."""
    model, config = {"model": recipe["model"]}, recipe["config"]
    faults = node_faults(model, allowed) or value_faults(model, Settings, "", allowed, required=False)
    for side, field in recipe["fields"].items():
        found = node_faults(field["config"], allowed, f"fields.{side}")
        # A field needs some of its settings for training alone, so their values may have stayed in its environment.
        faults += [fault for fault in found if "'${oc.env:" not in fault]
    scoring = {key: config[key] for key in ("metric", "floor")}
    if not isinstance(scoring["metric"], Mapping) or any("[" in name for name in scoring["metric"]):
        faults.append(f"metric: {scoring['metric']!r} found, wanted metrics by their names")
    elif all(is_under(target, allowed) for target in _targets(scoring)):
        # Made by evaluate alone, which refuses what is of another package; predict can do without.
        faults += node_faults(scoring, allowed) or value_faults(scoring, Settings, "", allowed, required=False)
    try:
        OmegaConf.create({key: config[key] for key in ("data", "batching")})  # where a user's overrides are merged in
    except OmegaConfBaseException as error:
        faults.append(f"data: {str(error).splitlines()[0]}")
    return faults


def _targets(node: Any) -> Iterator[str]:
    for value in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _targets(value)
    if isinstance(node, Mapping) and "_target_" in node:
        yield str(node["_target_"])


def weights_fault(model: nn.Module, dtypes: Mapping[str, torch.dtype]) -> str | None:
    """What is wrong with the weights that a model was given, besides their names and shapes.

    Args:
        model: with the weights in it.
        dtypes: what it was built with; other floating-point numbers will do if all are of one kind.
    """
    kinds: dict[torch.dtype, torch.dtype] = {}
    for name, tensor in model.state_dict().items():
        plain = tensor.device.type == "cpu" and tensor.layout == torch.strided and not tensor.is_quantized
        if not plain or tensor.untyped_storage().nbytes() < tensor.numel() * tensor.element_size():
            return f"{name} is no plain tensor with all its numbers"
        wanted = dtypes[name]
        fits = tensor.dtype in FLOATS if wanted in FLOATS else tensor.dtype == wanted
        if not fits or kinds.setdefault(wanted, tensor.dtype) != tensor.dtype:
            return f"{name} is of {tensor.dtype}, wanted {kinds.get(wanted, wanted)}"
        if tensor.is_floating_point() and bool(tensor.isnan().any()):
            return f"{name} holds numbers that are none (NaN): did its training diverge?"
    return None
