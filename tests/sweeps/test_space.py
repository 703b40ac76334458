import itertools

import optuna
import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from optuna.samplers import RandomSampler

from seqmodels.sweeps.space import Choice, Range, draw, grid, samples, words

SPACE = {
    "model/encoder": Choice(["lstm", "cellular"]),
    "model/encoder/cell": Choice(["mingru", "rnn"], when={"model/encoder": "cellular"}),
    "size": Range(16, 64, step=16),
    "lr": Range(1e-4, 1e-2, log=True, when={"model/encoder": ["lstm"], "size": [16, 32]}),
}


def drawn(space, count, seed=0):
    study = optuna.create_study(sampler=RandomSampler(seed=seed))
    return [draw(space, study.ask()) for _ in range(count)]


def test_what_is_drawn_lies_in_the_space_and_keeps_its_conditions():
    found = drawn(SPACE, 200)
    for one in found:
        assert ("model/encoder/cell" in one) == (one["model/encoder"] == "cellular")
        assert ("lr" in one) == (one["model/encoder"] == "lstm" and one["size"] in (16, 32))
        assert one["size"] in (16, 32, 48, 64)
        assert 1e-4 <= one.get("lr", 1e-3) <= 1e-2
    assert sum(one.get("lr", 1) < 1e-3 for one in found) == pytest.approx(
        sum("lr" in one for one in found) / 2, rel=0.3
    )


def test_a_trial_that_was_drawn_once_draws_the_same_again():
    study = optuna.create_study()
    trial = study.ask()
    first = draw(SPACE, trial)
    assert draw(SPACE, optuna.trial.Trial(study, trial._trial_id)) == first


def test_a_grid_is_every_combination_once():
    space = {"a": Choice(["x", "y"]), "b": Range(1, 5, step=2), "c": Choice([1, 2], when={"a": "x", "b": [3, 5]})}
    wanted = [
        {"a": a, "b": b} | ({"c": c} if c else {})
        for a, b, c in itertools.product("xy", (1, 3, 5), (None, 1, 2))
        if bool(c) == (a == "x" and b != 1)
    ]
    found = list(grid(space))
    assert sorted(map(str, found)) == sorted(map(str, wanted))


def test_a_grid_of_a_range_of_steps_has_its_end():
    assert [one["p"] for one in grid({"p": Range(0.0, 0.5, step=0.1)})] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])


def test_a_range_without_steps_has_no_grid():
    with pytest.raises(ValueError, match="p: endlessly many values"):
        list(grid({"p": Range(0.0, 0.5)}))


def test_samples_have_every_choice_and_both_ends():
    found = list(samples(SPACE))
    assert {one["model/encoder"] for one in found} == {"lstm", "cellular"}
    assert {one.get("model/encoder/cell") for one in found} == {None, "mingru", "rnn"}
    assert {one["size"] for one in found} == {16, 64}
    assert {one.get("lr") for one in found} >= {1e-4, 1e-2}


VALUES = [
    "lstm",
    3,
    0.001,
    1e-05,
    True,
    None,
    "true",
    "nan",
    "10 min",
    "it's",
    "1",
    [8, 16],
    ["a b", None],
    "a,b",
    "x=y",
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_word_says_to_hydra_what_the_value_is(value):
    (one,) = grid({"key": Choice([value])})
    (word,) = words(one)
    override = OverridesParser.create().parse_override(word)
    assert not override.is_sweep_override()
    assert override.value() == value
    assert type(override.value()) is type(value)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Choice, {"choices": []}),
        (Choice, {"choices": [1, 1]}),
        (Choice, {"choices": [{"a": 1}]}),
        (Range, {"low": 2, "high": 1}),
        (Range, {"low": 0.0, "high": 1.0, "log": True}),
        (Range, {"low": 1, "high": 9, "log": True, "step": 2}),
    ],
)
def test_what_is_no_space_is_refused(kind, given):
    with pytest.raises(ValueError, match=r"\w"):
        kind(**given)
