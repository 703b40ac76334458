"""Trivial forecasts, and what every one of them promises."""

import inspect
import pkgutil
from importlib import import_module

import pytest
import torch
from torch.testing import assert_close

import seqmodels.floors
from seqmodels.errors import InputError
from seqmodels.floors import LinearForecast, RepeatLast, SeasonalNaive, SeriesFloor
from seqmodels.series import Series, Window

T, U = 6, 4
COLUMNS = ("a", "b")


def make_series(rows=60):
    generator = torch.Generator().manual_seed(3)
    return Series(COLUMNS, torch.randn(rows, 2, generator=generator, dtype=torch.float64).cumsum(dim=0))


def pairs(series, targets=COLUMNS, stop=None):
    starts = range((stop or len(series.values)) - T - U + 1)
    read = [Window(series, i, i + T, COLUMNS) for i in starts]
    return read, [Window(series, i + T, i + T + U, targets) for i in starts]


def concrete_floors():
    modules = [import_module(f"seqmodels.floors.{m.name}") for m in pkgutil.iter_modules(seqmodels.floors.__path__)]
    classes = {c for module in modules for _, c in inspect.getmembers(module, inspect.isclass)}
    return sorted(
        (c for c in classes if issubclass(c, SeriesFloor) and not inspect.isabstract(c)), key=lambda c: c.__name__
    )


every_floor = pytest.mark.parametrize("kind", concrete_floors(), ids=lambda kind: kind.__name__)


def test_the_folder_is_walked():
    assert concrete_floors() == [LinearForecast, RepeatLast, SeasonalNaive]


@every_floor
@pytest.mark.parametrize("targets", [COLUMNS, ("b",)], ids=str)
def test_every_window_gets_a_forecast_of_its_own_whatever_stands_beside_it(kind, targets):
    series, floor = make_series(), kind()
    read, wanted = pairs(series, targets)
    floor.fit(read[:30], wanted[:30])
    said = floor.predict(read)
    assert [window.rows.shape for window in said] == [window.rows.shape for window in wanted]
    assert {window.columns for window in said} == {targets}
    for window, one in zip(read, said, strict=True):
        assert_close(floor.predict([window])[0].rows, one.rows, rtol=1e-5, atol=1e-5)
    assert floor.predict([]) == []


@every_floor
def test_nothing_behind_a_window_is_read(kind):
    series = make_series()
    changed = Series(COLUMNS, torch.cat([series.values[:40], series.values[40:] + 1e3]))
    answers = []
    for one in (series, changed):
        floor = kind()
        floor.fit(*pairs(one, stop=40))
        read, _ = pairs(one)
        answers.append([window.rows for window in floor.predict([w for w in read if w.stop <= 40])])
    assert all(torch.equal(one, other) for one, other in zip(*answers, strict=True))


@every_floor
def test_what_is_forecast_has_to_be_read(kind):
    series, floor = make_series(), kind()
    read = [Window(series, 0, T, ("a",))]
    with pytest.raises(InputError, match=r"reads what it forecasts, and b is not in data\.inputs"):  # noqa: PT012
        floor.fit(read, [Window(series, T, T + U, ("b",))])  # which some need not look at
        floor.predict(read)


def test_the_last_row_again_and_again():
    series, floor = make_series(), RepeatLast()
    read, wanted = pairs(series)
    floor.fit(read, wanted)
    for window, said in zip(read, floor.predict(read), strict=True):
        assert torch.equal(said.rows, window.rows[-1:].expand(U, 2))


@pytest.mark.parametrize("period", [1, 2, 3, 6])
def test_the_last_season_again_and_again(period):
    t = torch.arange(60)
    seasons = Series(COLUMNS, torch.stack([t % period, (t % period) ** 2], dim=1).double())
    floor = SeasonalNaive(period)
    read, wanted = pairs(seasons)
    floor.fit(read, wanted)
    assert all(torch.equal(a.rows, b.rows) for a, b in zip(floor.predict(read), wanted, strict=True))


def test_a_season_longer_than_what_is_read_is_refused():
    floor = SeasonalNaive(7)
    read, wanted = pairs(make_series())
    floor.fit(read, wanted)
    with pytest.raises(InputError, match=r"floor\.period=7 found, and 6 rows are read"):
        floor.predict(read)


def test_the_linear_floor_is_the_least_squares_of_all_windows():
    series, floor = make_series(), LinearForecast(ridge=0.0)
    read, wanted = pairs(series)
    floor.fit(read, wanted)
    deviation = series.values.std(dim=0, correction=0)
    last = torch.stack([window.rows[-1] for window in read])[:, None]
    x = ((torch.stack([window.rows for window in read]) - last) / deviation).transpose(1, 2).flatten(0, 1)
    y = ((torch.stack([window.rows for window in wanted]) - last) / deviation).transpose(1, 2).flatten(0, 1)
    x[:, -1] = 1
    weights = torch.linalg.lstsq(x, y).solution
    expected = (x @ weights).unflatten(0, (-1, 2)).transpose(1, 2) * deviation + last
    assert_close(torch.stack([window.rows for window in floor.predict(read)]), expected, rtol=1e-3, atol=1e-3)


def test_a_linear_recurrence_is_forecast_exactly():
    values = [1.0, 2.0]
    for _ in range(58):
        values.append(1.6 * values[-1] - 0.8 * values[-2] + 0.1)
    series = Series(COLUMNS, torch.tensor([values, values[::-1]], dtype=torch.float64).T)
    read = [Window(series, i, i + T, ("a",)) for i in range(50)]
    wanted = [Window(series, i + T, i + T + U, ("a",)) for i in range(50)]
    floor = LinearForecast(ridge=0.0)
    floor.fit(read[:40], wanted[:40])
    for said, window in zip(floor.predict(read[40:]), wanted[40:], strict=True):
        assert_close(said.rows, window.rows, rtol=0, atol=2e-3)


def test_windows_of_several_series_are_learnt_from_alike():
    one, other = make_series(), Series(COLUMNS, make_series().values.flip(0))
    read, wanted = ([*a, *b] for a, b in zip(pairs(one), pairs(other), strict=True))
    floor = LinearForecast()
    floor.fit(read, wanted)
    assert len(floor.predict(read)) == len(read)
