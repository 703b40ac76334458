"""A short version of `make faults`; those of data, security and resume stand beside what they are of."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from drills import checkpoints, failures, kills, processes, signals
from drills.row import row

SCRIPTS = Path(__file__).parents[1] / "scripts"
TWO = {"one": [row("a fault", {"x": None, "y": None})], "two": [row("another fault", {"z": None})]}


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


@pytest.fixture
def faults(monkeypatch):
    """The command's module."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # it does so, too, for its whole process
    return import_module("faults")


@pytest.fixture
def command(faults, monkeypatch, tmp_path, capsys):
    """Runs the command with other drills, in threads: its exit code, what it printed, and the list it wrote."""
    monkeypatch.setattr(faults, "ProcessPoolExecutor", lambda workers, **more: ThreadPoolExecutor(workers))

    def call(*words, **rows):
        monkeypatch.setattr(faults, "DRILLS", rows)
        monkeypatch.setattr(faults, "tried", lambda name, short: rows[name] if short else [])
        monkeypatch.setattr("sys.argv", ["faults.py", *words, "--output", str(tmp_path / "faults.json")])
        return faults.main(), capsys.readouterr().out, json.loads((tmp_path / "faults.json").read_text())

    return call


def test_every_drill_has_its_place_in_the_command(faults):
    files = [file for file in (SCRIPTS / "drills").glob("*.py") if "\ndef drill(" in file.read_text()]
    assert {file.stem for file in files} == set(faults.DRILLS)
    assert all(drill.__module__ == f"drills.{name}" for name, drill in faults.DRILLS.items())


def test_a_drill_has_a_folder_that_is_gone_afterwards_and_prints_nothing(faults, monkeypatch, capsys):
    def drill(short, folder):
        print("said")
        yield row(str(folder), {"short": None if short and folder.is_dir() else "no"})

    monkeypatch.setitem(faults.DRILLS, "mine", drill)
    monkeypatch.setattr(faults, "set_start_method", lambda *words, **more: None)
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    (found,) = faults.tried("mine", True)
    sys.stdout.close()
    assert found.failures == []
    assert not Path(found.fault).exists()
    assert capsys.readouterr().out == ""


def test_the_command_prints_a_table_and_writes_a_list(command):
    code, out, listed = command("--short", **TWO)
    rows = [*TWO["one"], *TWO["two"]]
    assert code == 0
    assert listed == [{"fault": row.fault, "tried": row.tried, "survived": row.survived} for row in rows]
    assert all(row.fault in out for row in rows)
    assert ["all", "3", "3"] in [line.split()[:3] for line in out.splitlines()]


def test_the_command_tells_what_was_lost_of_what_it_was_asked_for(command):
    lost = row("a third fault", {"x": None, "y": "another best.ckpt"})
    code, out, listed = command("--short", "--only", "lost", lost=[lost], **TWO)
    assert code == 1
    assert listed == [{"fault": "a third fault", "tried": 2, "survived": 1}]
    assert "y: another best.ckpt" in out
    assert "another fault" not in out


@pytest.mark.slow
def test_the_command_tries_a_drill_in_a_process_of_its_own(tmp_path):
    output = tmp_path / "faults.json"
    command = [sys.executable, SCRIPTS / "faults.py", "--short", "--only", "failures", "--output", output]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    listed = json.loads(output.read_text())
    assert listed
    assert all(set(row) == {"fault", "tried", "survived"} for row in listed)
    assert all(row["fault"] in done.stdout for row in listed)
