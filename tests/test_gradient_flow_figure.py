"""Gradients before and after training, from runs that are trained here, as small as can be."""

import pytest
import torch
from gradient_flow import main
from memory.flows import AFTER, ALL, BEFORE, ONE, curves_of, freshly_made
from scores.runs import find_runs
from torch.testing import assert_close

from seqmodels.run.cli import run
from seqmodels.run.load import load

TINY = ["task=adding", "data.train=16", "data.val=4", "data.test=4", "data.longest=12", "data.further=[]"]
TINY += ["encoder_size=4", "device=cpu", "callbacks.progress=null", "trainer.max_epochs=1", "report=false"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """An LSTM that learns, and one whose weights stay where they were."""
    base = tmp_path_factory.mktemp("runs")
    for name, words in {"lstm": ["seed=3"], "gru": ["seed=4", "optim.lr=1e-30", "scheduler=none"]}.items():
        assert run(["train", *TINY, f"model/encoder={name}", *words, f"run_dir={base / name}"]) == 0
    return base


def test_a_fresh_model_is_what_a_training_with_that_seed_begins_with(runs):
    trained = load(runs / "gru")
    fresh = freshly_made(trained, 4).model.state_dict()
    for name, weight in trained.model.state_dict().items():
        assert_close(fresh[name], weight)
    assert not torch.equal(freshly_made(trained, 5).model.state_dict()[name], weight)


def test_every_model_has_its_curves_before_and_after(runs):
    curves = curves_of(find_runs([str(runs)]), seeds=2, examples=3)
    assert [(curve.panel, curve.name) for curve in curves] == [
        (panel, name) for panel in (BEFORE, AFTER) for name in ("gru ∂L/∂h", "lstm ∂L/∂h", "lstm ∂L/∂c")
    ]
    assert [curve.counts[0] for curve in curves] == [6, 6, 6, 3, 3, 3]
    assert all(curve.lags == list(range(12)) and curve.jacobians[ALL] <= curve.jacobians[ONE] for curve in curves)


def test_the_command_writes_the_picture_and_the_table(runs, capsys, tmp_path):
    words = [str(runs), "--output", str(tmp_path / "flow.png"), "--seeds", "2", "--examples", "2"]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "at initialisation, lstm ∂L/∂c: " in out
    assert "| after training | gru ∂L/∂h | " in out
    assert (tmp_path / "flow.png").read_bytes()[1:4] == b"PNG"
    assert (tmp_path / "flow.csv").read_text().count("\n") == 1 + 6 * 12
    assert main([str(tmp_path)]) == 2
    assert "no run found in it" in capsys.readouterr().err
