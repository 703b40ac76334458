"""A row says what its folder says, whatever lies there, and no run is left out."""

import json

import pytest
from written_runs import write_run

from seqmodels.errors import InputError
from seqmodels.pages.folders import find_rows
from seqmodels.pages.rows import read_row


def test_a_finished_run_has_its_score_its_curve_and_its_command(tmp_path):
    row = read_row(write_run(tmp_path / "a", ["optim.lr=0.01", "data.path='a b.csv'"], seed=3, score=0.8), "a")
    assert (row.state, row.score, row.seed, row.error) == ("finished", 0.8, "3", "")
    assert row.curve == [(10, 0.5), (20, 0.7)]  # without the score of the best checkpoint, which comes again at the end
    assert row.tokens_per_second == 500
    assert row.command == """seqmodels train task=dates optim.lr=0.01 'data.path='"'"'a b.csv'"'"'' seed=3"""


def test_a_run_without_metrics_is_shown_and_failed_if_it_said_why(many):
    rows = {row.name: row for row in find_rows(many)}
    assert len(rows) == 14
    assert (rows["12"].state, rows["12"].error) == ("failed", "step 2: loss nan")
    assert (rows["13"].state, rows["13"].error) == ("unfinished", "")
    assert rows["13"].score is None
    assert len(rows["13"].curve) == 2


def test_runs_stand_in_the_order_of_their_numbers(many):
    assert [row.name for row in find_rows(many)] == [str(i) for i in range(14)]


@pytest.mark.parametrize("name", ["metrics.json", "environment.json", "overrides.yaml", "config.yaml"])
@pytest.mark.parametrize("content", ["", "{", "[1, 2", "7", "\x00", '"text"', "a: &a [*a, *a]", "[" * 5000])
def test_a_damaged_file_is_told_in_its_row_and_costs_no_other_row(many, name, content):
    (many / "3" / name).write_text(content)
    rows = find_rows(many)
    assert len(rows) == 14
    assert name in rows[3].error
    assert rows[4].error == ""


def test_what_is_no_number_is_no_score(tmp_path):
    folder = write_run(tmp_path / "a")
    for value in ("NaN", "Infinity", "null", '"0.9"', "true", "[1]", "1" + "0" * 400):
        (folder / "metrics.json").write_text(f'{{"val/accuracy": {value}, "seconds": 1}}')
        row = read_row(folder, "a")
        assert (row.state, row.score) == ("finished", None), value


def test_a_job_of_a_multirun_that_wrote_nothing_is_a_row(tmp_path):
    (tmp_path / "multirun.yaml").write_text("hydra: {}")
    write_run(tmp_path / "0")
    (tmp_path / "1").mkdir()
    rows = find_rows(tmp_path)
    assert [(row.name, row.state) for row in rows] == [("0", "finished"), ("1", "unfinished")]


def test_a_config_of_another_program_is_no_run(tmp_path):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.yaml").write_text("a: 1")
    with pytest.raises(InputError, match="no run found"):
        find_rows(tmp_path)


def test_nothing_there_is_told(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        find_rows(tmp_path / "gone")


def test_a_log_that_was_cut_off_counts_up_to_there(tmp_path):
    folder = write_run(tmp_path / "a", score=None, curve=(0.1, 0.2, 0.3))
    text = (folder / "logs" / "metrics.csv").read_text()
    (folder / "logs" / "metrics.csv").write_text(text[:-6] + "\x00")
    assert [step for step, _ in read_row(folder, "a").curve] == [10, 20]


def test_numbers_are_read_as_they_are(tmp_path):
    folder = write_run(tmp_path / "a", score=0.1 + 0.2)
    assert read_row(folder, "a").score == json.loads((folder / "metrics.json").read_text())["val/accuracy"]
