"""The log as a file that grows, and that a resumed run takes up where its checkpoint stands."""

import csv

import pytest
from pytorch_lightning.loggers import Logger

from seqmodels.loggers import CsvLog

# A run's rows, as they come: two kinds, and a column that occurs only late.
ROWS = [({"epoch": i // 3, "train/loss": 1 / (i + 1)}, i) for i in range(6)]
ROWS[3:3] = [({"val/loss": 0.5, "epoch": 0}, 2)]
ROWS += [({"val/loss": 0.25, "late, and with a comma": 'so "quoted"', "epoch": 1}, 5), ({"train/loss": 0.1}, 6)]


def logged(folder, rows=ROWS):
    log = CsvLog(str(folder))
    for metrics, step in rows:
        log.log_metrics(metrics, step)
    return log


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_in_the_file_as_soon_as_it_was_logged(tmp_path):
    log = CsvLog(str(tmp_path / "logs"))
    assert not (tmp_path / "logs").exists()
    for count, (metrics, step) in enumerate(ROWS, start=1):
        log.log_metrics(metrics, step)
        rows = table(log.path)
        assert len(rows) == log.rows == count
        assert {name: value for name, value in rows[-1].items() if value} == {
            name: str(value) for name, value in {"step": step, **metrics}.items()
        }


def test_a_new_name_is_a_new_column_and_the_rows_before_have_nothing_in_it(tmp_path):
    log = logged(tmp_path)
    rows = table(log.path)
    names = list(dict.fromkeys(name for metrics, step in ROWS for name in ("step", *metrics)))
    assert list(rows[0]) == log.columns == names
    for name in names:
        assert [bool(row[name]) for row in rows] == [name in {"step": 0} | metrics for metrics, _ in ROWS]


@pytest.mark.parametrize("count", range(len(ROWS) + 1))
def test_rows_that_are_logged_again_behind_those_kept_make_the_same_file(count, tmp_path):
    wanted = logged(tmp_path).path.read_bytes()
    log = CsvLog(str(tmp_path))  # of another process
    log.keep(count)
    assert log.rows == count
    assert log.path.is_file() == (count > 0)
    assert not count or log.path.read_bytes() == logged(tmp_path / "kept", ROWS[:count]).path.read_bytes()
    for metrics, step in ROWS[count:]:
        log.log_metrics(metrics, step)
    assert log.path.read_bytes() == wanted


@pytest.mark.parametrize("count", [0, 2, 3, 8])
def test_a_line_that_was_half_written_is_dropped_with_all_that_is_logged_again(count, tmp_path):
    whole = logged(tmp_path).path.read_bytes()
    kept = sum(map(len, whole.splitlines(keepends=True)[: 1 + count]))
    for end in range(kept, len(whole), 11):
        log = CsvLog(str(tmp_path))
        log.path.write_bytes(whole[:end])  # killed while a line was appended, somewhere behind the checkpoint
        log.keep(count)
        for metrics, step in ROWS[count:]:
            log.log_metrics(metrics, step)
        assert log.path.read_bytes() == whole, end


def test_a_log_that_was_removed_begins_anew(tmp_path):
    log = logged(tmp_path)
    log.path.unlink()
    log = CsvLog(str(tmp_path))
    log.keep(4)
    assert log.rows == 0
    log.log_metrics({"train/loss": 0.5}, 8)
    assert table(log.path) == [{"step": "8", "train/loss": "0.5"}]


def test_a_log_that_was_there_is_not_added_to_unless_it_is_kept(tmp_path):
    logged(tmp_path)
    assert table(logged(tmp_path, ROWS[:2]).path) == table(logged(tmp_path / "alone", ROWS[:2]).path)


def test_nothing_half_written_is_left_beside_it(tmp_path):
    logged(tmp_path).keep(3)
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.csv"]


def test_lightning_takes_it_for_a_logger(tmp_path):
    log = CsvLog(str(tmp_path))
    assert isinstance(log, Logger)
    assert log.log_dir == str(tmp_path)
    assert (log.name, log.version) == ("csv", "")
    log.log_hyperparams({"lr": 1})
    assert not log.path.exists()
