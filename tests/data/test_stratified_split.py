"""Splits by a seed, every label's share in each of them."""

from collections import Counter
from collections.abc import Sequence

import pytest

from seqmodels.data import Example, Faults, StratifiedSplit
from seqmodels.data.hashed_split import Part
from seqmodels.errors import InputError

LABELS = ["a"] * 60 + ["b"] * 30 + ["c"] * 9 + ["d"]
BOTH: list[Part] = ["val", "test"]


def examples(labels: Sequence[str] = LABELS) -> list[Example]:
    return [Example(f"text {i}", label, f"a.csv:{i + 2}") for i, label in enumerate(labels)]


def dealt(
    some: Sequence[Example], split: StratifiedSplit, cut: Sequence[Part] = BOTH, faults: Faults | None = None
) -> dict[str, Part | None]:
    """The split of each different text; of copies, that of the first."""
    parts = split.deal(some, [str(example.targets) for example in some], cut, faults or Faults())
    found: dict[str, Part | None] = {}
    for example, part in zip(some, parts, strict=True):
        found.setdefault(str(example.inputs), part)
    return found


def test_every_label_has_its_share_in_every_split_and_rare_ones_are_learnt_from() -> None:
    some = examples()
    parts = StratifiedSplit(0.1, 0.2).deal(some, LABELS, BOTH, Faults())
    assert Counter(zip(LABELS, parts, strict=True)) == {
        **{("a", "val"): 6, ("a", "test"): 12, ("a", "train"): 42},
        **{("b", "val"): 3, ("b", "test"): 6, ("b", "train"): 21},
        **{("c", "val"): 1, ("c", "test"): 2, ("c", "train"): 6},
        ("d", "train"): 1,
    }


def test_the_same_seed_makes_the_same_split_whatever_the_order_and_another_seed_another() -> None:
    some = examples()
    once, turned = dealt(some, StratifiedSplit(seed=1)), dealt(some[::-1], StratifiedSplit(seed=1))
    assert once == turned
    assert once != dealt(some, StratifiedSplit(seed=2))


def test_few_move_when_texts_are_added() -> None:
    before = dealt(examples(), StratifiedSplit())
    after = dealt([*examples(), *(Example(f"new {i}", "a", f"a.csv:{i + 200}") for i in range(10))], StratifiedSplit())
    assert sum(after[text] != part for text, part in before.items()) <= 4


def test_validation_is_the_same_whether_the_test_split_is_cut_or_not() -> None:
    both, alone = dealt(examples(), StratifiedSplit()), dealt(examples(), StratifiedSplit(), ["val"])
    assert {text for text, part in both.items() if part == "val"} == {t for t, part in alone.items() if part == "val"}
    assert "test" not in alone.values()


def test_repeated_texts_are_left_out_and_counted_by_what_they_are_labelled() -> None:
    some = [*examples(), *examples()[:3], Example("text 5", "b", "a.csv:900")]
    faults = Faults()
    parts = StratifiedSplit().deal(some, [str(example.targets) for example in some], BOTH, faults)
    assert parts[len(LABELS) :] == [None] * 4
    assert parts[: len(LABELS)] == StratifiedSplit().deal(examples(), LABELS, BOTH, Faults())
    assert faults.lines() == [
        "passed over 3 repeated texts of a.csv",
        "passed over 1 repeated but differently labelled text of a.csv",
    ]


def test_copies_that_stay_are_all_in_one_split() -> None:
    some = examples() * 2
    faults = Faults()
    parts = StratifiedSplit(distinct=False).deal(some, LABELS * 2, BOTH, faults)
    assert parts[: len(LABELS)] == parts[len(LABELS) :] == StratifiedSplit().deal(examples(), LABELS, BOTH, Faults())
    assert faults.lines() == []


def test_a_split_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"data.split.val=0.1, data.split.test=0.2 found, and 2 examples to split"):
        StratifiedSplit().deal(examples(["a", "b"]), ["a", "b"], BOTH, Faults())


@pytest.mark.parametrize(("val", "test"), [(0.0, 0.2), (0.5, 0.5), (0.1, 1.0), (-0.1, 0.2)])
def test_shares_that_leave_nothing_are_refused(val: float, test: float) -> None:
    with pytest.raises(ValueError, match=f"val={val}, test={test} found, wanted shares"):
        StratifiedSplit(val, test)
