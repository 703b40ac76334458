"""Tables of numbers over time: every row at its place, and whatever is wrong with one told with its line."""

import math

import pytest
import torch

from seqmodels.data import Faults, SeriesFile, Windows
from seqmodels.data.reader import fingerprint
from seqmodels.errors import InputError

HOURS = [f"2026-03-{1 + i // 24:02d} {i % 24:02d}:00:00" for i in range(48)]
SMALL = Windows(4, 2, split=(24, 12, 12))


def table(times=HOURS, header="date,load,heat", cells=lambda i: f"{i},{100 - i}"):
    return [header, *(f"{time},{cells(i)}" for i, time in enumerate(times))]


@pytest.fixture
def reader(tmp_path):
    def make(lines, **settings):
        path = tmp_path / "series.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return SeriesFile(str(path), **{"windows": SMALL} | settings)

    return make


def faults_of(reader):
    with pytest.raises(InputError) as caught:
        reader.read()
    return [fault.rpartition("/")[2] for fault in caught.value.faults]


def test_all_columns_but_the_time_are_read_and_forecast(reader):
    splits = reader(table()).read()
    first = splits.test[0]
    assert first.inputs.columns == first.targets.columns == ("load", "heat")
    assert first.inputs.rows.tolist() == [[float(i), 100.0 - i] for i in range(32, 36)]
    assert (first.origin, first.inputs.series.when(32)) == ("series.csv:38", "2026-03-02 08:00:00")
    assert first.inputs.series.when(49) == "2026-03-03 01:00:00"  # behind the last row


def test_columns_are_chosen_and_the_calendar_stands_beside_them(reader):
    splits = reader(table(), inputs=["heat", "load"], targets=["load"], calendar=["hour", "weekday"]).read()
    read, wanted = splits.train[0].inputs, splits.train[0].targets
    assert read.columns == ("heat", "load", "hour", "weekday")
    assert read.rows[1].tolist() == [99.0, 1.0, 1 / 23 - 0.5, 0.5]  # 1 o'clock on a Sunday
    assert wanted.rows.tolist() == [[4.0], [5.0]]


def test_a_target_need_not_be_read(reader):
    splits = reader(table(), inputs=["heat"], targets=["load"]).read()
    assert (splits.val[0].inputs.columns, splits.val[0].targets.columns) == (("heat",), ("load",))


def test_rows_without_a_time_are_taken_in_their_order(reader):
    lines = ["load", *map(str, range(48))]
    splits = reader(lines, time=None).read()
    assert splits.train[0].inputs.rows[:, 0].tolist() == [0.0, 1.0, 2.0, 3.0]
    with pytest.raises(InputError, match=r"data.calendar=\['hour'\] found with data.time=null"):
        reader(lines, time=None, calendar=["hour"])


def test_other_separators_and_quotes(reader):
    lines = [line.replace(",", ";") for line in table()]
    plain = reader(table()).read()
    assert fingerprint(reader(lines, separator="semicolon").read().train) == fingerprint(plain.train)
    quoted = [",".join(f'"{cell}"' for cell in line.split(",")) for line in table()]
    assert fingerprint(reader(quoted).read().train) == fingerprint(plain.train)


def test_rows_behind_the_last_split_are_told(reader):
    faults = Faults()
    reader(table(), windows=Windows(4, 2, split=(20, 10, 10))).read(faults)
    (line,) = faults.lines()
    assert line.startswith("passed over 8 rows of ")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("", "'' found in column 'load', wanted a finite number"),
        ("nan", "'nan' found in column 'load', wanted a finite number"),
        ("inf", "'inf' found in column 'load', wanted a finite number"),
        ("1_000", "'1_000' found in column 'load', wanted a finite number"),
        ("high", "'high' found in column 'load', wanted a finite number"),
        ("1,2", "4 cells found, 3 wanted as in the header"),
    ],
)
def test_a_cell_that_is_no_number_is_told_with_its_line(reader, cell, told):
    lines = table(cells=lambda i: f"{cell if i in (9, 30) else i},7")
    assert faults_of(reader(lines)) == [f"series.csv:{line}: {told}" for line in (11, 32)]


def test_gaps_and_times_that_are_none_are_told(reader):
    assert faults_of(reader(table(HOURS[:9] + HOURS[11:]))) == [
        "series.csv:11: 2026-03-01 11:00:00 found, wanted 2026-03-01 09:00:00: 2 missing before it"
    ]
    lines = table([*HOURS[:9], "noon", *HOURS[10:]])
    assert faults_of(reader(lines)) == [
        "series.csv:11: 'noon' found, wanted a time such as 2026-03-01 or 2026-03-01 23:00:00"
    ]


SWAPPED = [*HOURS[:5], HOURS[6], HOURS[5], *HOURS[7:]]


@pytest.mark.parametrize("on_bad", ["raise", "skip"])
@pytest.mark.parametrize(
    ("times", "told"),
    [
        (
            SWAPPED,
            "series.csv:8: 2026-03-01 05:00:00 found behind line 7, an earlier time; sort the rows, each time once",
        ),
        ([HOURS[0], *HOURS], "series.csv:3: 2026-03-01 00:00:00 found behind line 2, the same time again"),
        (HOURS[::-1], "series.csv:3: 2026-03-02 22:00:00 found behind line 2, an earlier time"),
        (
            [*HOURS[:5], "2026-03-01 05:30:00"],
            "series.csv:7: 2026-03-01 05:30:00 found behind 2026-03-01 04:00:00 of line 6",
        ),
        ([*HOURS[:5], "2926-03-01"], "wanted whole steps of 1:00:00"),
        (HOURS[:1], "1 rows with a time found, wanted two at least"),
    ],
    ids=["swapped", "twice", "backwards", "between", "far", "one"],
)
def test_rows_out_of_order_are_refused_whatever_happens_to_faults(reader, on_bad, times, told):
    with pytest.raises(InputError) as caught:
        reader(table(times)).read(Faults(on_bad))
    (fault,) = caught.value.faults
    assert told in fault


def test_skipping_leaves_out_every_window_that_would_have_a_faulty_or_missing_row(reader):
    lines = table(cells=lambda i: "?,7" if i == 9 else f"{i},7")
    del lines[21]  # row 20
    faults = Faults("skip")
    splits = reader(lines).read(faults)
    windows = [window for part in splits for example in part for window in (example.inputs, example.targets)]
    assert {row for window in windows for row in range(window.start, window.stop)} == set(range(48)) - {9, 20}
    for window in windows:
        assert window.rows[:, 0].tolist() == list(range(window.start, window.stop))
    rows, *lost = faults.lines()
    assert rows.startswith("skipped 2 rows of ")
    assert [line.partition(" split")[0] for line in lost] == [
        "skipped 10 windows of the train",
        "skipped 1 window of the val",
    ]


def test_the_scale_is_learnt_without_faulty_rows(reader):
    lines = table(cells=lambda i: "?,7" if i == 9 else f"{i},7")
    values = reader(lines).read(Faults("skip")).train[0].inputs.series.values
    assert math.isnan(values[9, 0])
    assert bool(torch.isfinite(values[torch.arange(48) != 9]).all())


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"time": "when"}, "no column 'when' in the header; closest: "),
        ({"inputs": ["lod"]}, "no column 'lod' in the header; closest: 'load'"),
        ({"targets": ["heat", "cold"]}, "no column 'cold' in the header"),
        (
            {"separator": "tab"},
            "no column 'date' in the header; closest: 'date,load,heat'; is the separator another one?",
        ),
    ],
    ids=str,
)
def test_columns_that_are_not_there_are_told(reader, settings, told):
    assert told in faults_of(reader(table(), **settings))[0]


def test_a_file_without_rows_is_refused(reader, tmp_path):
    assert faults_of(reader(["date,load"])) == ["series.csv: no row found behind the header, wanted at least one"]
    (tmp_path / "empty.csv").write_text("")
    assert "no header found" in faults_of(SeriesFile(str(tmp_path / "empty.csv")))[0]
    assert faults_of(reader(["date,load,load", "2026-03-01,1,2"], inputs=["load"])) == [
        "series.csv:1: column 'load' stands 2 times in the header, wanted it once"
    ]
    assert faults_of(reader([*table()[:9], "", *table()[9:]])) == ["series.csv:10: a blank line found, wanted a row"]


def test_a_series_of_months(reader):
    times = [f"{2000 + i // 12}-{1 + i % 12:02d}-01" for i in range(48)]
    series = reader(table(times)).read().train[0].inputs.series
    assert series.when(48) == "2004-01-01 00:00:00"
    (fault,) = faults_of(reader(table(times[:20] + times[21:])))
    assert fault.endswith("2001-10-01 00:00:00 found, wanted 2001-09-01 00:00:00: 1 missing before it")


def test_a_column_without_a_name_is_read_only_if_somebody_says_so(reader):
    lines = table(header=",date,load", cells=lambda i: f"{i}")
    lines = [lines[0], *(f"{i},{line}" for i, line in enumerate(lines[1:]))]
    with pytest.raises(InputError, match="a column without a name found"):
        reader(lines).read()
    assert reader(lines, inputs=["load"]).read().train
