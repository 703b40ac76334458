"""Every class that a recipe may name, made of junk: none of them may start, fetch or write anything."""

import importlib
import inspect
import pkgutil
import random
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

import seqmodels
from hostile.attempts import Attempts
from seqmodels.errors import InputError
from seqmodels.run.build import IN_CHECKPOINTS, resolve

DRAWS = 8


def made_of_junk(tries: Attempts, valid: Path, short: bool) -> None:
    """Call each with paths, numbers, lists for what it wants, and with some drawn at random."""
    draw = random.Random(0)
    path = str(tries.folder / "junk")
    junk = [path, f"{path}/further", "http://127.0.0.1:9/x", 1, 2.0, True, None, [path], {path: path}, {}]
    for found in sorted(set(classes()), key=lambda kind: f"{kind.__module__}.{kind.__qualname__}"):
        try:
            wanted = [
                p
                for p in inspect.signature(found).parameters.values()
                if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
            ]
        except (TypeError, ValueError):
            continue
        needed = [p.name for p in wanted if p.default is p.empty]
        given: list[dict[str, Any]] = [dict.fromkeys(needed, value) for value in junk]
        given.append({p.name: path for p in wanted})
        given += [
            {p.name: draw.choice(junk) for p in wanted if p.name in needed or draw.random() < 0.5} for _ in range(DRAWS)
        ]
        with tries.watch.watching() as seen, torch.device("meta"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for arguments in given:
                try:
                    found(**arguments)
                except Exception:  # noqa: S112 - to refuse junk is their right
                    continue
        tries.note(f"{found.__module__}.{found.__qualname__}", seen, None)


def classes() -> Iterator[type]:
    """All of them, by whatever name; importing what holds them is part of what a recipe can do."""
    for package in (seqmodels, torch.nn, torch.optim):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith("__main__"):
                continue
            try:
                names = vars(importlib.import_module(module.name))
            except ImportError:
                continue  # made for another machine
            for name in list(names):
                try:
                    yield resolve(f"{module.name}.{name}", IN_CHECKPOINTS)
                except InputError:
                    continue
