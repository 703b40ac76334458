"""Numbers: a row of them as one step."""

import pytest
import torch

from seqmodels.errors import InputError
from seqmodels.text import Numbers

ROWS = ["1 10 5", "2, 30,5", [3.0, 50.0, 5.0]]


@pytest.fixture
def field():
    field = Numbers()
    field.fit(ROWS)
    return field


def test_each_column_gets_mean_0_and_deviation_1_and_a_constant_one_0(field):
    rows = torch.cat([field.encode(row) for row in ROWS])  # (N, K)
    assert rows.shape == (3, 3)
    assert rows.mean(dim=0).abs().max() < 1e-6
    assert torch.allclose(rows.std(dim=0, correction=0), torch.tensor([1.0, 1.0, 0.0]))


def test_numbers_come_back(field):
    assert field.decode(field.encode("4 20 6").tolist()) == pytest.approx([4, 20, 6])


@pytest.mark.parametrize(
    ("item", "told"),
    [("1 x 3", "'x' found"), ("1 nan 3", "'nan' found"), ("1 2", "2 numbers found, wanted 3"), ("", "found, wanted")],
)
def test_what_is_no_row_of_as_many_numbers_is_told(field, item, told):
    with pytest.raises(InputError, match=told):
        field.encode(item)


def test_a_checkpoint_carries_what_it_learnt(field):
    other = Numbers()
    other.load_learnt(field.learnt())
    assert torch.equal(other.encode(ROWS[0]), field.encode(ROWS[0]))
    assert other.size == 3
    with pytest.raises(InputError, match="as many"):
        Numbers().load_learnt({"mean": [1.0, 2.0], "deviation": [1.0]})


def test_rows_that_are_faulty_teach_nothing(field):
    other = Numbers()
    other.fit([*ROWS, "1 2", "x y z"])
    assert other.learnt() == field.learnt()
    with pytest.raises(InputError, match="no row of numbers"):
        Numbers().fit(["x"])
