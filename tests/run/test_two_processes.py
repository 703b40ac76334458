"""Runs of two processes: each job of a multirun starts its own, and leaves nothing to the next."""

import json
import subprocess
import sys


def test_every_job_of_a_multirun_trains_in_two_processes(tmp_path):
    words = ["task=date_language", "data.train=400", "data.val=17", "data.test=17", "trainer.max_epochs=1"]
    words += ["device=cpu", "trainer.devices=2", "trainer.strategy=ddp", "seed=1,2", f"runs={tmp_path}"]
    command = [sys.executable, "-m", "seqmodels", "train", "--multirun", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("MEMBER: 2/2") == 2, done.stderr
    (sweep,) = (tmp_path / "date_language" / "multirun").iterdir()
    runs = sorted(path for path in sweep.iterdir() if path.is_dir())
    assert [path.name for path in runs] == ["0", "1"]
    assert all("test/accuracy" in json.loads((path / "metrics.json").read_text()) for path in runs)
