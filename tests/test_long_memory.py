"""The picture and the table of who remembers how far back, from folders as runs leave them."""

import io
import json

import pytest
import yaml
from long_memory import main
from memory.picture import picture
from memory.solved import Remembered, remembered, table
from PIL import Image
from scores.runs import find_runs

from seqmodels.errors import InputError

FACTS = {"git_commit": "a", "data_sha256": {}, "threads": 1, "cpu": "x", "device": "cpu"}


def write_run(folder, task, model, metrics, seed=1, data=None, floor="Mean"):
    folder.mkdir(parents=True)
    config = {"name": task, "seed": seed, "data": data or {"longest": 600}, "floor": {"_target_": f"x.{floor}"}}
    words = [f"task={task}", *([f"model/encoder={model}"] if model else [])]
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    (folder / "overrides.yaml").write_text(yaml.safe_dump(words))
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "environment.json").write_text(json.dumps({**FACTS, "seed": seed}))


@pytest.fixture
def runs(tmp_path):
    def adding(near, far):
        below = {"floor/length50/mse": 0.17, "floor/mse": 0.16}
        return {"length50/mse": near, "length200/mse": near * 2, "test/mse": far, "length50/loss": 9.0, **below}

    write_run(tmp_path / "1", "adding", "gru", adding(1e-4, 5e-4))
    write_run(tmp_path / "2", "adding", "gru", adding(3e-4, 7e-4), seed=2)
    write_run(tmp_path / "3", "adding", "rnn", adding(4e-4, 0.17))
    write_run(tmp_path / "4", "adding", "irnn", adding(0.1, 0.17))
    digits = {"test/accuracy": 0.98, "floor/accuracy": 0.1}
    write_run(tmp_path / "5", "digit_rows", "gru", digits, data={"by": "rows"}, floor="Majority")
    return tmp_path


def test_seeds_are_taken_together_and_lengths_read_off(runs):
    found = {(one.task, one.model): one for one in remembered(find_runs([str(runs)]))}
    gru = found["adding", "gru"]
    assert gru.scores == {50: [1e-4, 3e-4], 200: [2e-4, 6e-4], 600: [5e-4, 7e-4]}
    assert gru.means == pytest.approx({50: 2e-4, 200: 4e-4, 600: 6e-4})
    assert found["adding", "floor: Mean"].scores == {50: [0.17], 600: [0.16]}
    assert found["digit_rows", "gru"].scores == {0: [0.98]}


def test_reach_is_the_last_length_before_the_first_that_is_not_solved(runs):
    found = {(one.task, one.model): one.reach for one in remembered(find_runs([str(runs)]))}
    assert found["adding", "gru"] == 600
    assert found["adding", "rnn"] == 200
    assert found["adding", "irnn"] is None
    assert Remembered("parity", "x", {40: [1.0], 100: [0.5], 256: [1.0]}).reach == 40
    assert Remembered("adding", "x", {50: [1e-3]}).reach == 50


def test_the_command_draws_a_panel_a_task_and_prints_the_table(runs, capsys):
    assert main([str(runs), "--output", str(runs / "a.png")]) == 0
    out = capsys.readouterr().out
    assert "| adding | gru | 50: 0.0002, 200: 0.0004, 600: 0.0006 | 600 |" in out
    assert "| digit_rows | gru | 0.98 | yes |" in out
    assert "| adding | irnn | 50: 0.1, 200: 0.2, 600: 0.17 | not |" in out
    only = [found for found in remembered(find_runs([str(runs)])) if found.task == "adding"]
    whole, alone = (Image.open(io.BytesIO(png)) for png in ((runs / "a.png").read_bytes(), picture(only, "t")))
    assert whole.size == alone.size  # two stand side by side
    assert table(only).count("\n") == 5


def test_what_is_no_such_run_is_told(runs, capsys):
    write_run(runs / "6", "adding", None, {"test/mse": 1.0})
    assert main([str(runs)]) == 2
    assert "its command line chooses no model/encoder" in capsys.readouterr().err
    write_run(runs / "7", "dates", "gru", {})
    with pytest.raises(InputError, match="task dates found, wanted one of: adding, copy_memory, parity, digit_rows"):
        remembered(find_runs([str(runs / "7")]))
    write_run(runs / "8", "adding", "gru", {"test/mse": 1.0}, seed=2)
    with pytest.raises(InputError, match="a second run of adding, gru, seed 2"):
        remembered(find_runs([str(runs / "2"), str(runs / "8")]))
