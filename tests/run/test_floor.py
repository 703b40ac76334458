"""Trivial methods by themselves, and several beside a model."""

import json
from typing import Any

import pytest

from seqmodels.errors import InputError
from seqmodels.floors import Majority, Tfidf
from seqmodels.run.build import IN_CONFIGS
from seqmodels.run.check import config_faults
from seqmodels.run.cli import run
from seqmodels.run.compose import ConfigTree
from seqmodels.run.floors import make_floors
from seqmodels.run.plain import plain
from seqmodels.run.show import floor_titles, show_scores

TINY = ["task=date_language", "data.locales=[de,fr,ru]", "data.train=60", "data.val=20", "data.test=30"]
SEVERAL = [
    "~floor",
    "+floor.majority._target_=seqmodels.floors.Majority",
    "+floor.letters._target_=seqmodels.floors.Tfidf",
    "+floor.letters.unit=character",
]


def scores(words: list[str], capsys: pytest.CaptureFixture[str]) -> Any:
    assert run(["floor", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_one_floor_is_scored_under_its_class(capsys: pytest.CaptureFixture[str]) -> None:
    found = scores(TINY, capsys)
    assert set(found) == {"val", "test", "seconds"}
    assert set(found["test"]) == {"Majority"}
    assert 0.2 < found["test"]["Majority"]["accuracy"] < 0.6


def test_several_floors_are_scored_under_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    found = scores([*TINY, *SEVERAL], capsys)
    assert set(found["val"]) == set(found["test"]) == set(found["seconds"]) == {"majority", "letters"}
    assert found["test"]["letters"]["accuracy"] > found["test"]["majority"]["accuracy"]


def test_a_table_for_each_split_shows_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["floor", *TINY, *SEVERAL]) == 0
    out = capsys.readouterr().out
    assert out.startswith("date_language: 60 train, 20 val, 30 test examples\nval split")
    assert [out.count(word) for word in ("test split", "majority", "letters", "accuracy")] == [1, 2, 2, 2]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["task=date_languages"], "task=date_languages: there is no such choice; closest: date_language"),
        (["task=date_language", "floor=null"], "floor: null found, wanted a trivial method"),
        (["task=date_language", "data.trian=3"], "data.trian: there is no 'trian' in data; closest: train"),
        (["task=pos_tagging", "data=conllu", "data.train=a", "data.val=b", "data.test=c"], "a: no such file"),
    ],
    ids=["task", "none", "key", "file"],
)
def test_bad_input_is_told_with_exit_code_2(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["floor", *words]) == 2
    assert capsys.readouterr().err.startswith(f"seqmodels: {told}")


def test_each_of_several_floors_has_to_go_with_the_model() -> None:
    config = plain(ConfigTree().compose([*TINY, *SEVERAL, "run_dir=nowhere"]))
    assert config_faults(config, IN_CONFIGS) == []
    config["floor"]["letters"] = {"_target_": "seqmodels.nn.pool.Max"}
    assert config_faults(config, IN_CONFIGS)[0].startswith(
        "floor.letters: Max found, wanted a kind of Floor, LossFloor"
    )


def test_floors_are_made_by_name() -> None:
    one, other = ({"_target_": f"seqmodels.floors.{name}"} for name in ("Majority", "Tfidf"))
    assert {name: type(floor) for name, floor in make_floors({"a": one, "b": other}, IN_CONFIGS).items()} == {
        "a": Majority,
        "b": Tfidf,
    }
    assert list(make_floors(one, IN_CONFIGS)) == [""]
    assert make_floors(None, IN_CONFIGS) == floor_titles(None) == {}


def test_scores_of_several_floors_stand_beside_those_of_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    results = {
        **{"test/loss": 0.5, "test/accuracy": 0.9, "floor/low/accuracy": 0.25, "floor/high/accuracy": 0.75},
        **{"later/accuracy": 0.875, "floor/later/low/accuracy": 0.125, "floor/later/high/accuracy": 0.625},
    }
    recipe = {"config": {"floor": {"low": {}, "high": {}}}}
    for split in ("test", "later"):
        show_scores(results, recipe, split)
    rows = [line.replace("│", " ").split() for line in capsys.readouterr().out.splitlines() if "accuracy" in line]
    assert rows == [["accuracy", "0.9000", "0.2500", "0.7500"], ["accuracy", "0.8750", "0.1250", "0.6250"]]


def test_floors_in_a_list_are_told():
    with pytest.raises(InputError, match="floor: list found"):
        make_floors([{"_target_": "seqmodels.floors.Majority"}], ())
