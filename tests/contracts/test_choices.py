"""Whatever takes one of a few words refuses any other when it is made, also without a config that was checked."""

import importlib
import inspect
import pkgutil
from types import UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

import pytest
import torch

import seqmodels
from seqmodels.nn.cells import LSTMCell
from seqmodels.text import StepLabels
from seqmodels.types import Size

WRONG = "bioo"
# What else these classes are made with, by its name.
GIVEN = {
    **dict.fromkeys(("hidden_size", "source_size", "target_size"), 8),
    **dict.fromkeys(("train", "val", "test", "source", "target", "folder"), "somewhere"),
    "cell": LSTMCell,
    "field": StepLabels(),
    "file": "somewhere",
    "files": {"a": "somewhere", "b": "somewhere"},
    "hidden_sizes": [8],
    **dict.fromkeys(("height", "width"), 8),
    "input_size": Size(8, parts={"words": Size(8), "characters": Size(5)}),
    "locales": ["de"],
    "monitor": "val/loss",
    "output_size": Size(3, names=("B-x", "I-x", "O")),
    "overrides": [],
    "path": "somewhere",
    **dict.fromkeys(("storage", "study", "name"), "somewhere"),
    "number": 0,
    "space": {},
    "reader": None,
    "inputs": None,
    "targets": None,
    "sizes": [8],
    "total_steps": 10,
}


def words_of(hint):
    """The words that an annotation allows; none if it allows others."""
    if get_origin(hint) is Literal:
        return [word for word in get_args(hint) if isinstance(word, str)]
    return [word for part in get_args(hint) if get_origin(hint) in (Union, UnionType) for word in words_of(part)]


def choices():
    """(class, setting, its words) of every class of ours that others make."""
    found = {}
    for module in pkgutil.walk_packages(seqmodels.__path__, "seqmodels."):
        if module.name.endswith("__main__") or module.name.startswith("seqmodels.run."):
            continue  # the config is checked before anything there sees it
        for kind in vars(importlib.import_module(module.name)).values():
            if not inspect.isclass(kind) or kind.__module__ != module.name or issubclass(kind, tuple):
                continue
            if kind.__name__.startswith("_") or inspect.isabstract(kind) or "__init__" not in vars(kind):
                continue
            hints = get_type_hints(vars(kind)["__init__"])
            found |= {(kind, name): words_of(hint) for name, hint in hints.items() if words_of(hint)}
    return [(kind, name, words) for (kind, name), words in found.items()]


CHOICES = choices()


def test_the_walk_finds_settings_of_several_rooms():
    assert len({kind.__module__.split(".")[1] for kind, _, _ in CHOICES}) >= 5


@pytest.mark.parametrize(("kind", "name", "words"), CHOICES, ids=[f"{k.__name__}.{n}" for k, n, _ in CHOICES])
def test_another_word_is_refused_with_those_that_there_are(kind, name, words):
    needed = [p.name for p in inspect.signature(kind).parameters.values() if p.default is p.empty]
    given = {name: GIVEN[name] for name in needed if name in GIVEN}
    if "optimizer" in needed:
        given["optimizer"] = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    with pytest.raises(ValueError, match=f"{name}='{WRONG}'") as caught:
        kind(**given | {name: WRONG})
    assert all(word in str(caught.value) for word in words)
