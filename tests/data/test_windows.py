"""Which windows of a series train, validate and test: what is forecast lies in its own split, and nothing is lost."""

import itertools
import math

import pytest
import torch

from seqmodels.data import Batching, Faults, Reader, SequenceData, Splits, Windows
from seqmodels.errors import InputError
from seqmodels.series import Series, Values

ROWS = 40


class Cut(Reader):
    """A rising series of 40 rows."""

    def __init__(self, windows, missing=()):
        self.windows, self.missing = windows, missing

    def read(self, faults=None):
        values = torch.arange(ROWS, dtype=torch.float64)[:, None]
        values[list(self.missing)] = math.nan
        origins = [f"row {i}" for i in range(ROWS)]
        return self.windows.cut(Series(("x",), values), ("x",), ("x",), origins, faults or Faults())


def cut(look_back=4, horizon=3, split=(20, 10, 10), missing=(), faults=None, **strides):
    return Cut(Windows(look_back, horizon, split=split, **strides), missing).read(faults)


def rows(window):
    return window.rows[:, 0].long().tolist()


def test_splits_follow_one_another_and_every_row_is_forecast_in_its_own():
    splits = cut()
    forecast = {name: {row for e in examples for row in rows(e.targets)} for name, examples in splits._asdict().items()}
    assert forecast == {"train": {*range(4, 20)}, "val": {*range(20, 30)}, "test": {*range(30, 40)}}
    assert [len(examples) for examples in splits] == [20 - 4 - 3 + 1, 10 - 3 + 1, 10 - 3 + 1]


def test_what_is_read_ends_where_the_forecast_begins_and_may_begin_in_the_split_before():
    for examples in cut():
        for example in examples:
            assert len(rows(example.inputs)) == 4
            assert rows(example.inputs)[-1] + 1 == rows(example.targets)[0]
            assert example.origin == f"row {rows(example.targets)[0]}"
    assert rows(cut().val[0].inputs) == [16, 17, 18, 19]


def test_no_training_window_has_a_row_of_a_later_split():
    assert max(row for e in cut().train for row in rows(e.inputs) + rows(e.targets)) == 19


@pytest.mark.parametrize(("stride", "eval_stride"), [(1, 1), (3, 1), (2, 5)])
def test_strides_are_those_of_their_splits(stride, eval_stride):
    splits = cut(stride=stride, eval_stride=eval_stride)
    for examples, step in zip(splits, (stride, eval_stride, eval_stride), strict=True):
        firsts = [rows(example.targets)[0] for example in examples]
        assert {b - a for a, b in itertools.pairwise(firsts)} == {step}
    assert rows(splits.train[0].targets)[0] == 4


def test_shares_and_numbers_of_rows_say_the_same():
    shares, counts = cut(split=(0.5, 0.25, 0.25)), cut(split=(20, 10, 10))
    assert [[e.origin for e in part] for part in shares] == [[e.origin for e in part] for part in counts]
    for rows_there in range(30, 60):
        assert Windows(2, 2, split=(0.7, 0.1, 0.2)).bounds(rows_there)[-1] == rows_there
    assert Windows(4, 3, split=(12, 8, 8)).bounds(ROWS)[-1] == 28


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"split": (0.7, 0.3)}, "wanted three"),
        ({"split": (20, 10, 11)}, "for 40 rows, wanted no more"),
        ({"split": (0.7, 0.2, 0.2)}, "shares of 1 at most"),
        ({"split": (6, 10, 10)}, "train: 6 rows found, wanted 7 at least"),
        ({"split": (20, 2, 10)}, "val: 2 rows found, wanted 3 at least"),
        ({"look_back": 18}, "train: 20 rows found, wanted 21 at least"),
    ],
    ids=str,
)
def test_splits_that_cannot_be_are_refused(settings, told):
    with pytest.raises(InputError, match=told):
        cut(**settings)


def test_windows_with_a_missing_row_are_left_out_and_counted():
    faults = Faults("skip")
    splits = cut(missing=(10,), faults=faults)
    found = [row for examples in splits for e in examples for row in rows(e.inputs) + rows(e.targets)]
    assert 10 not in found
    assert len(splits.train) == len(cut().train) - 7  # 4 + 3 windows would have it
    assert faults.lost == 7
    assert faults.lines() == [
        "skipped 7 windows of the train split, the first: row 8: a row is missing from row 4 to row 10"
    ]


def test_every_example_is_in_a_batch_the_last_ones_too():
    data = SequenceData(Cut(Windows(4, 3, split=(20, 10, 10))), Values(), Values(), Batching(5, eval_batch_size=3))
    data.setup("fit")
    assert data.sizes.inputs.names == ("x",)
    for loader, split in ((data.train_dataloader(), "train"), (data.val_dataloader(), "val")):
        found = [float(row[0, 0]) for batch in loader for row in batch.targets.data]
        assert len(found) == len(getattr(data.splits, split)) == len(set(found))


def test_a_thousand_windows_take_no_more_memory_than_the_series():
    data = SequenceData(Cut(Windows(4, 3, split=(20, 10, 10))), Values(), Values())
    data.setup("fit")
    storages = {item.untyped_storage().data_ptr() for e in data.encoded.values() for item in [*e.inputs, *e.targets]}
    assert len(storages) == 2  # one a side


def test_the_scaler_sees_training_rows_alone():
    data = SequenceData(Cut(Windows(4, 3, split=(20, 10, 10))), Values(), Values())
    data.setup("fit")
    assert float(data.inputs.scale.mean) == float(data.targets.scale.mean) == 9.5  # of 0 to 19
    assert isinstance(data.splits, Splits)
