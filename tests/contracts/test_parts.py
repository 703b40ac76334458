"""What every part of a model promises about itself, whichever file it stands in."""

import importlib
import inspect
import pkgutil
from abc import ABC

import pytest

import seqmodels

ROOMS = ["nn", "metrics", "learning", "topologies", "callbacks", "loggers", "storage"]
SUPPLIED = {"input_size", "output_size", "source_size", "target_size", "sizes"}  # by the build, never by a config
LIMIT = 7
MORE = {
    "StackOptions": 8
}  # input_dropout found no better place; whoever parts the options by what they are for ends this


def classes():
    """Every class defined in these rooms, values apart."""
    found = {}
    for room in ROOMS:
        package = importlib.import_module(f"seqmodels.{room}")
        walked = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        for module in [package, *(importlib.import_module(m.name) for m in walked)]:
            for thing in vars(module).values():
                if inspect.isclass(thing) and thing.__module__ == module.__name__ and not issubclass(thing, tuple):
                    found[f"{thing.__module__}.{thing.__qualname__}"] = thing
    return list(found.values())


CLASSES = classes()
CONCRETE = [kind for kind in CLASSES if not inspect.isabstract(kind)]
PUBLIC = [kind for kind in CONCRETE if not kind.__name__.startswith("_")]  # what others than its own file make

every_class = pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
every_concrete_class = pytest.mark.parametrize("kind", CONCRETE, ids=lambda kind: kind.__name__)


def ours(kind):
    return kind.__module__.partition(".")[0] == seqmodels.__name__


def test_the_walk_finds_parts_in_every_room():
    assert {kind.__module__.split(".")[1] for kind in CONCRETE} == set(ROOMS)


@every_class
def test_every_class_says_what_it_is(kind):
    assert "__doc__" in vars(kind)
    assert kind.__doc__


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: kind.__name__)
def test_every_concrete_class_shows_an_example(kind):
    _, example, shown = kind.__doc__.partition("Example:\n")
    assert example
    assert ">>>" in shown
    assert kind.__name__ in shown


@every_class
@pytest.mark.parametrize("method", ["__init__", "forward", "__call__"])
def test_no_class_takes_arguments_without_a_name(kind, method):
    # What is inherited from torch, Lightning or torchmetrics is theirs.
    written = vars(kind).get(method)
    kinds = {p.kind for p in inspect.signature(written).parameters.values()} if written else set()
    assert not kinds & {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}


@every_concrete_class
def test_no_class_takes_too_many_arguments(kind):
    written = vars(kind).get("__init__")
    names = set(inspect.signature(written).parameters) - {"self"} - SUPPLIED if written else set()
    assert len(names) <= MORE.get(kind.__name__, LIMIT), sorted(names)


@every_concrete_class
def test_every_class_is_abstract_or_final(kind):
    assert not [base.__name__ for base in kind.__mro__[1:] if ours(base) and not inspect.isabstract(base)]


@every_class
def test_an_implemented_method_is_never_overridden(kind):
    # Fields of our own abstract classes; a constructor calls the one above it, and nothing else may be written twice.
    for name in vars(kind):
        above = [vars(base)[name] for base in kind.__mro__[1:] if ours(base) and name in vars(base)]
        implemented = [f for f in above if inspect.isfunction(f) and not getattr(f, "__isabstractmethod__", False)]
        assert name == "__init__" or not implemented, f"{kind.__name__}.{name}"


@every_class
def test_inheritance_is_shallow(kind):
    # A concrete class may stand on an abstract class that refines another one: two at most, and nothing below.
    above = [base for base in kind.__mro__[1:] if ours(base)]
    assert len(above) <= (1 if inspect.isabstract(kind) else 2)


@every_class
def test_an_abstract_class_says_so(kind):
    if inspect.isabstract(kind):
        assert ABC in kind.__bases__
