"""What a paired bootstrap says is what resampling by hand says, and nothing is said where nothing can be."""

import random

import numpy as np
import pytest
from written_runs import write_errors, write_run

from seqmodels.pages.bootstrap import comparisons, explained
from seqmodels.pages.configurations import groups_of
from seqmodels.pages.folders import find_rows
from seqmodels.pages.wrong import read_wrong
from seqmodels.reports import Answers, Part, error_report

TOTAL = 200


@pytest.fixture
def answered(tmp_path):
    """Two configurations of two seeds, with what each got wrong: more of the second one."""
    draw = random.Random(1)
    wrong = {}
    for rate, share, score in ((0.1, 0.2, 0.9), (0.2, 0.3, 0.8)):
        for seed in (1, 2):
            folder = write_run(tmp_path / f"{rate}-{seed}", [f"optim.lr={rate}"], seed, score)
            wrong[rate, seed] = sorted(draw.sample(range(TOTAL), int(share * TOTAL)))
            write_errors(folder, wrong[rate, seed], TOTAL)
    return tmp_path, wrong


def group_of(base):
    (group,) = groups_of(find_rows(base))
    return group


def test_examples_are_resampled_as_by_hand(answered):
    base, wrong = answered
    group = group_of(base)
    (found,) = comparisons(group)
    right = {key: np.isin(np.arange(TOTAL), places, invert=True) for key, places in wrong.items()}
    differences = (right[0.1, 1] * 1.0 + right[0.1, 2] - right[0.2, 1] - right[0.2, 2]) / 2  # (TOTAL,)
    assert found.difference == pytest.approx(differences.mean()) == pytest.approx(0.1)
    drawn = np.random.default_rng(5).choice(differences, (20_000, TOTAL)).mean(axis=1)
    assert [found.low, found.high] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.004)
    assert found.not_better == pytest.approx((drawn <= 0).mean(), abs=0.005)
    assert (found.unit, found.pairs) == ("test examples", TOTAL)
    assert "200 test examples were resampled" in explained(group, [found])


def test_runs_of_other_test_data_are_not_compared_by_example(answered):
    base, _ = answered
    write_run(base / "other", ["optim.lr=0.3"], 1, 0.7, facts={"data_sha256": {"test": "f" * 64}})
    write_errors(base / "other", [1], TOTAL)
    assert {c.unit for c in comparisons(group_of(base))} == {"seeds"}


def test_three_seeds_give_a_difference_and_no_interval(many):
    group = group_of(many)
    found = comparisons(group)
    assert [(c.unit, c.pairs, c.low, c.not_better) for c in found] == [("seeds", 3, None, None)] * 3
    assert [round(c.difference, 6) for c in found] == [0.1, 0.2, 0.3]
    assert "With 3 seeds no interval is given" in explained(group, found)
    assert "p = 0.25" in explained(group, found)


def test_ten_seeds_give_an_interval_around_the_difference(tmp_path):
    draw = random.Random(2)
    for rate, mean in ((0.1, 0.2), (0.2, 0.3)):
        for seed in range(10):
            score = mean + 0.05 * draw.random()
            write_run(tmp_path / f"{rate}-{seed}", [f"optim.lr={rate}"], seed, score, config={"mode": "min"})
    (found,) = comparisons(group_of(tmp_path))
    assert found.low < found.difference < found.high
    assert found.difference > 0, "less is better, so that the lower one is better by something"
    assert found.not_better == 0


def test_one_configuration_is_compared_with_nothing(tmp_path):
    write_run(tmp_path / "0")
    group = group_of(tmp_path)
    assert comparisons(group) == []
    assert "Nothing to compare" in explained(group, [])


def answers(kind, length):
    draw = random.Random(length)
    wanted = [[draw.choice("ab") * 9 for _ in range(length)] for _ in range(30)]
    said = [[draw.choice("ab") * 9 for _ in row] for row in wanted]
    words = [["word"] * length] * 30 if kind == "steps" else [["word"]] * 30
    origins = [f"a.csv:{i // 2}" for i in range(30)]  # two examples in a line
    return Answers(words, [" ".join(row) for row in words], origins, [Part("", kind, wanted, said)])


@pytest.mark.parametrize(("kind", "length"), [("label", 1), ("steps", 2), ("steps", 40), ("sequence", 3)])
def test_what_a_report_calls_wrong_is_read_back(tmp_path, kind, length):
    told = answers(kind, length)
    (tmp_path / "errors.txt").write_text(error_report(told), encoding="utf-8")
    found = read_wrong(tmp_path)
    assert found is not None
    assert found.total == 30
    wrong = [told.origins[i] for i, right in enumerate(told.right) if not right]
    assert sorted(origin for origin, _ in found.examples) == sorted(wrong)


@pytest.mark.parametrize(
    "text", ["", "nothing", "3 of 2 examples wrong", "2 of 9 examples wrong\n\na.csv:1\ninput x\n"]
)
def test_a_list_of_errors_that_is_not_whole_is_not_used(tmp_path, text):
    (tmp_path / "errors.txt").write_text(text)
    assert read_wrong(tmp_path) is None
