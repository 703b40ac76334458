"""A short version of `make faults`; those of data, security and resume stand beside what they are of."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from drills import checkpoints, failures, kills, processes, signals

ROOT = Path(__file__).parents[1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forking a process that has threads
@pytest.mark.parametrize(
    "drill",
    [checkpoints, failures, kills, pytest.param(processes, marks=pytest.mark.slow), signals],  # a minute of both cores
    ids=lambda kind: kind.__name__,
)
def test_nothing_is_lost(drill, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    rows = list(drill.drill(True, tmp_path))
    assert rows
    assert [failure for row in rows for failure in row.failures] == []
    assert all(row.tried == row.survived > 0 for row in rows)


def test_the_command_prints_a_table_and_writes_a_list(tmp_path):
    output = tmp_path / "faults.json"
    command = [sys.executable, ROOT / "scripts" / "faults.py", "--short", "--only", "failures", "--output", output]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = json.loads(output.read_text())
    assert listed
    assert all(set(row) == {"fault", "tried", "survived"} for row in listed)
    assert all(row["fault"] in done.stdout for row in listed)
