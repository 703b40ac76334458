"""What every floor promises, whichever it is."""

import inspect
import pkgutil
from importlib import import_module

import pytest
import torch

import seqmodels.floors
from seqmodels.audio import Recording
from seqmodels.floors import (
    AveragedFrames,
    Floor,
    JointFloor,
    LastRow,
    LinearNumbers,
    Majority,
    Mean,
    MostFrequentLabel,
    NearestPicture,
    SeriesFloor,
)
from seqmodels.images import Picture

INPUTS = [["the", "cat", "runs"], ["a", "cat"], ["runs"]]
TARGETS = [["DET", "NOUN", "VERB"], ["DET", "NOUN"], ["VERB"]]
NEW = [["the", "dog"], ["a"], ["two", "cats", "3"], ["cat"]]


def concrete_floors() -> list[type[Floor]]:
    modules = [import_module(f"seqmodels.floors.{m.name}") for m in pkgutil.iter_modules(seqmodels.floors.__path__)]
    classes = {c for module in modules for _, c in inspect.getmembers(module, inspect.isclass)}
    others = (JointFloor, Mean, SeriesFloor)  # made of floors, or of numbers; with tests of their own
    return sorted(
        (c for c in classes if issubclass(c, Floor) and not inspect.isabstract(c) and not issubclass(c, others)),
        key=lambda c: c.__name__,
    )


def seen(floor_class: type[Floor], inputs: list[list[str]]) -> list[object]:
    """The inputs as this floor reads them."""
    if floor_class is AveragedFrames:
        return [Recording(torch.arange(80 * len("".join(words))).sin() / 2, 8000) for words in inputs]
    if floor_class is LinearNumbers:
        return [[float(len("".join(words))), float(len(words))] for words in inputs]
    if floor_class not in (LastRow, NearestPicture):
        return list(inputs)
    return [Picture(torch.tensor([[[len("".join(words)) * 9], [len(words) * 50]]]).byte()) for words in inputs]


every_floor = pytest.mark.parametrize("floor_class", concrete_floors())


def test_the_folder_holds_floors_and_the_room_shows_them_all() -> None:
    assert len(concrete_floors()) >= 3
    assert {c.__name__ for c in concrete_floors()} | {
        "Floor",
        "JointFloor",
        "LabelFloor",
        "LinearForecast",
        "LossFloor",
        "Mean",
        "NGram",
        "ConditionalNGram",
        "RepeatLast",
        "SeasonalNaive",
        "SeriesFloor",
        "StepLabelFloor",
    } == set(seqmodels.floors.__all__)


@every_floor
def test_a_floor_is_built_without_arguments_and_answers_every_input(floor_class: type[Floor]) -> None:
    floor = floor_class()
    floor.fit(seen(floor_class, INPUTS), TARGETS)
    assert len(floor.predict(seen(floor_class, NEW))) == len(NEW)
    assert floor.predict([]) == []


@every_floor
def test_a_floor_answers_an_input_alone_as_among_others(floor_class: type[Floor]) -> None:
    floor = floor_class()
    floor.fit(seen(floor_class, INPUTS), TARGETS)
    new = seen(floor_class, NEW)
    assert floor.predict(new) == [answer for item in new for answer in floor.predict([item])]


@every_floor
def test_a_floor_fitted_anew_forgets_what_it_saw_before(floor_class: type[Floor]) -> None:
    floor, fresh = floor_class(), floor_class()
    floor.fit(seen(floor_class, [["the", "dog"]] * 9), [["X", "Y"]] * 9)
    for one in (floor, fresh):
        one.fit(seen(floor_class, INPUTS), TARGETS)
    assert floor.predict(seen(floor_class, NEW)) == fresh.predict(seen(floor_class, NEW))


def test_a_floor_for_each_kind_of_label_is_each_floor_by_itself() -> None:
    targets = [{"tags": tags, "topic": "a"} for tags in TARGETS]
    joint = JointFloor({"tags": MostFrequentLabel(), "topic": Majority()})
    joint.fit(INPUTS, targets)
    alone = MostFrequentLabel()
    alone.fit(INPUTS, TARGETS)
    assert joint.predict(NEW) == [{"tags": tags, "topic": "a"} for tags in alone.predict(NEW)]
