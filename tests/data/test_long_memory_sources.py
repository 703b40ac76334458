"""What is made to need memory: every example says what its definition says, and no two splits share one."""

import math
from itertools import accumulate
from operator import xor

import pytest
import torch

from seqmodels.data import Adding, CopyMemory, Parity
from seqmodels.data.generated import Lengths
from seqmodels.data.reader import fingerprint
from seqmodels.errors import InputError

SMALL = {"train": 300, "val": 20, "test": 20}
MADE = {
    "adding": lambda **more: Adding(**SMALL, shortest=2, longest=60, **more),
    "copy_memory": lambda **more: CopyMemory(**SMALL, shortest=1, longest=60, **more),
    "parity": lambda **more: Parity(**SMALL, shortest=1, longest=30, length=60, **more),
}
each = pytest.mark.parametrize("make", MADE.values(), ids=MADE)


def read(item):
    """How many steps an input has."""
    return len(item.split()) if isinstance(item, str) else len(item.rows)


def test_a_sum_is_that_of_the_two_marked_numbers_one_in_each_half():
    for example in [e for split in MADE["adding"]().read() for e in split]:
        number, marked = example.inputs.rows.T
        places = marked.nonzero().flatten().tolist()
        assert len(places) == 2
        assert set(marked.tolist()) <= {0.0, 1.0}
        assert places[0] < len(number) // 2 <= places[1]
        assert example.targets == [float(number[places].sum())]
        assert bool(((number >= 0) & (number < 1)).all())


def test_the_mean_of_sums_errs_by_a_sixth_squared():
    sums = torch.tensor([e.targets[0] for e in Adding(4000, 1, 1, 2, 4).read().train])
    assert float(sums.mean()) == pytest.approx(1, abs=0.03)
    assert float(sums.var()) == pytest.approx(1 / 6, abs=0.01)


def test_what_is_copied_stands_before_and_is_wanted_behind():
    for example in [e for split in MADE["copy_memory"]().read() for e in split]:
        steps = example.inputs.split()
        assert len(example.targets) == len(steps)
        delay = len(steps) - 20
        assert steps[10:] == ["_"] * (delay - 1) + [">"] + ["_"] * 10
        assert example.targets == ["_"] * (delay + 10) + steps[:10]
        assert set(steps[:10]) <= set("abcdefgh")


def test_parity_is_the_parity_so_far():
    for example in [e for split in MADE["parity"]().read() for e in split]:
        bits = [int(bit) for bit in example.inputs.split()]
        assert [int(label) for label in example.targets] == list(accumulate(bits, xor))


@each
def test_training_has_all_lengths_the_others_the_longest_and_further_splits_their_own(make):
    reader = make(further=[5, 7])
    train, val, test = reader.read()
    lengths = [read(e.inputs) for e in train]
    assert len(set(lengths)) > 15
    assert len({read(e.inputs) for e in (*val, *test)}) == 1
    assert {name: len({read(e.inputs) for e in other.read().test}) for name, other in reader.further.items()} == {
        name: 1 for name in reader.further
    }
    further = [read(other.read().test[0].inputs) for other in reader.further.values()]
    assert further[1] - further[0] == 2


@each
def test_the_same_is_made_again_and_another_in_every_split(make):
    one, other = make().read(), make().read()
    assert [fingerprint(split) for split in one] == [fingerprint(split) for split in other]
    assert fingerprint(one.val) != fingerprint(one.test)


def test_half_of_the_training_lengths_lie_below_the_geometric_mean():
    from random import Random

    lengths = Lengths(10, 1000).drawn("train", 4000, Random(0))
    assert (min(lengths), max(lengths)) == (10, 1000)
    assert sum(length < math.sqrt(10 * 1001) for length in lengths) == pytest.approx(2000, abs=130)


@pytest.mark.parametrize(("shortest", "longest"), [(5, 4), (1, 4)])
def test_lengths_that_are_none_are_told(shortest, longest):
    with pytest.raises(InputError, match=f"data.shortest={shortest}, data.longest={longest} found, wanted 2 or more"):
        Adding(1, 1, 1, shortest, longest)
