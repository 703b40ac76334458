"""Windows to numbers and back: scaled by the training rows and by nothing else, without a copy."""

import math

import pytest
import torch
from torch.testing import assert_close

from seqmodels.errors import InputError
from seqmodels.series import Series, Values, Window

COLUMNS = ("load", "heat", "hour")


def make_series(training=12, rows=20, seed=0):
    values = torch.randn(rows, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return Series(COLUMNS, values * torch.tensor([1.0, 50.0, 0.1]) + 7, training, features=("hour",))


def fitted(series, columns=COLUMNS, period=1):
    field = Values(period)
    field.fit([Window(series, 3, 5, columns), Window(series, 4, 6, columns)])
    return field


def test_every_training_row_counts_once_and_no_other_row():
    series = make_series()
    field = fitted(series, ("load", "heat"))
    rows = series.values[:12, :2]
    assert_close(field.scale.mean, rows.mean(dim=0))
    assert_close(field.scale.deviation, rows.std(dim=0, correction=0))
    changed = Series(COLUMNS, torch.cat([series.values[:12], 1e6 * series.values[12:]]), 12)
    assert fitted(changed, ("load", "heat")).learnt() == field.learnt()


def test_columns_of_the_calendar_stay_as_they_are_and_constant_ones_become_zero():
    series = make_series()
    series.values[:12, 0] = 3.0
    field = fitted(series)
    scaled = field.encode(Window(series, 0, 12, COLUMNS))
    assert_close(scaled[:, 2], series.values[:12, 2].float())
    assert scaled[:, 0].tolist() == [0.0] * 12


def test_a_window_is_a_view_of_the_series():
    series = make_series()
    field = fitted(series)
    first, second = (field.encode(Window(series, start, start + 9, COLUMNS)) for start in (0, 5))
    assert first.untyped_storage().data_ptr() == second.untyped_storage().data_ptr()
    assert first[5].equal(second[0])


def test_decoding_undoes_encoding():
    series = make_series()
    window = Window(series, 13, 19, COLUMNS)
    field = fitted(series)
    assert_close(torch.tensor(field.decode(field.encode(window).tolist())), window.rows.float(), rtol=1e-4, atol=1e-4)
    assert_close(field.encode(window.rows), field.encode(window))


@pytest.mark.parametrize("period", [1, 4])
def test_the_naive_error_is_that_of_the_training_rows_one_period_ahead(period):
    series = make_series()
    rows = series.values[:12]
    wanted = sum(abs(float(rows[i, 1] - rows[i - period, 1])) for i in range(period, 12)) / (12 - period)
    assert math.isclose(float(fitted(series, period=period).naive_error[1]), wanted)


def test_a_row_without_numbers_counts_for_nothing():
    series = make_series()
    series.values[4] = math.nan
    field, kept = fitted(series, ("heat",)), torch.arange(12) != 4
    assert_close(field.scale.mean, series.values[:12][kept][:, 1:2].mean(dim=0))
    assert math.isfinite(float(field.naive_error))


def test_what_was_learnt_goes_through_a_checkpoint():
    series = make_series()
    field, other = fitted(series, ("heat", "hour"), period=3), Values(3)
    other.load_learnt(field.learnt())
    assert (other.fitted, other.size.names, other.columns) == (True, ("heat", "hour"), ("heat", "hour"))
    window = Window(series, 2, 9, ("heat", "hour"))
    assert other.encode(window).equal(field.encode(window))
    assert other.naive_error.equal(field.naive_error)


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": []},
        {"columns": [1]},
        {"columns": None},
        {"mean": [1.0]},
        {"deviation": [0.0, 1.0]},
        {"naive_error": [1.0]},
        {"naive_error": [-1.0, 1.0]},
        {"naive_error": None},
        {"more": []},
    ],
    ids=str,
)
def test_what_nothing_was_learnt_from_is_refused(changes):
    learnt = {**fitted(make_series(), ("heat", "hour")).learnt(), **changes}
    with pytest.raises(InputError):
        Values().load_learnt({name: value for name, value in learnt.items() if value is not None})


def test_other_columns_and_other_things_are_refused():
    series = make_series()
    field = fitted(series, ("load",))
    with pytest.raises(InputError, match="columns heat found, wanted load"):
        field.encode(Window(series, 0, 2, ("heat",)))
    for wrong in ("a text", ["a", "b"]):
        with pytest.raises(InputError, match="wanted a window of a series"):
            field.encode(wrong)
        with pytest.raises(InputError, match="wanted a window of a series"):
            Values().fit([wrong])
    with pytest.raises(InputError, match="no window"):
        Values().fit([])
    with pytest.raises(InputError, match="more than the period of 12"):
        fitted(series, period=12)
    with pytest.raises(ValueError, match="was not fitted"):
        _ = Values().naive_error


def test_the_hash_of_a_window_is_that_of_what_it_holds():
    one, other = make_series(), make_series()
    same = [Window(series, 2, 5, ("load",)) for series in (one, other)]
    assert same[0].sha256() == same[1].sha256()
    others = [same[0]._replace(start=1), same[0]._replace(stop=6), same[0]._replace(columns=("heat",))]
    others.append(Window(make_series(seed=1), 2, 5, ("load",)))
    assert len({window.sha256() for window in [same[0], *others]}) == 5
    assert "tensor" not in repr(same[0])
