"""How a machine is shared out among runs side by side."""

import json
import sys

import pytest
from drills import sweeps as drills

from seqmodels.sweeps.shares import GPUS, shares, visible_gpus
from seqmodels.sweeps.sweep import sweep


@pytest.mark.parametrize(
    ("workers", "gpus", "wanted"),
    [
        (1, ["0", "1"], [None]),
        (2, [], [None, None]),
        (2, ["0", "1"], ["0", "1"]),
        (2, ["0", "1", "2", "3"], ["0,2", "1,3"]),
        (3, ["4", "7"], ["4", "7", "4"]),
    ],
)
def test_gpus_are_shared_out(workers, gpus, wanted):
    found = shares(workers, 5, gpus)
    assert [share.get(GPUS) for share in found] == wanted
    assert {share["OMP_NUM_THREADS"] for share in found} == {"5"}


def test_those_that_one_may_use_are_those_that_were_named(monkeypatch):
    monkeypatch.setenv(GPUS, "GPU-a, 3")
    assert visible_gpus() == ["GPU-a", "3"]
    for none in ("", "-1", "NoDevFiles"):
        monkeypatch.setenv(GPUS, none)
        assert visible_gpus() == []
    monkeypatch.delenv(GPUS)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 3)
    assert visible_gpus() == ["0", "1", "2"]


def test_runs_side_by_side_never_have_the_same_gpu(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv(GPUS, "6,8")
    log = tmp_path / "log"
    code = f"import json, os, time; out = open({str(log)!r}, 'a', buffering=1); mine = os.environ[{GPUS!r}]; "
    code += (
        "out.write(json.dumps([mine, 1]) + '\\n'); time.sleep(1.5); out.write(json.dumps([mine, -1]) + '\\n'); 1 / 0"
    )
    definition = drills.definition(tmp_path, space={"kind": {"choices": ["a", "b", "c", "d"]}}, trials=4, workers=2)
    assert sweep(definition, tmp_path, (sys.executable, "-c", code)) == 1
    assert "GPUs: 6 and 8" in capfd.readouterr().out
    busy, most = {"6": 0, "8": 0}, 0
    lines = log.read_text().splitlines()
    for line in lines:
        gpu, change = json.loads(line)
        busy[gpu] += change
        assert 0 <= busy[gpu] <= 1
        most = max(most, sum(busy.values()))
    assert (len(lines), most) == (8, 2)
