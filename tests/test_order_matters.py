"""What order is worth, from runs that were made for this."""

import re

import pytest
import torch
from order.measured import Reached, difference, moved, reached
from order_matters import main
from PIL import Image
from scores.runs import find_runs

from seqmodels.errors import InputError
from seqmodels.run.cli import run

QUICK = ["device=cpu", "trainer.max_epochs=1", "callbacks.progress=null", "report=false", "encoder_size=4"]
LINES = ["NUM:count How many {} are in the world ?", "HUM:ind Who made the first {} ?", "LOC:other Where do {} live ?"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two seeds of questions with and without order, and a pair of models of who did it."""
    folder = tmp_path_factory.mktemp("order")
    lines = folder / "lines"
    lines.write_text("".join(LINES[i % 3].format(f"thing{i}s") + "\n" for i in range(60)))
    files = [f"{{}}.train={lines}", f"{{}}.val={lines}", f"{{}}.test={lines}"]
    for data, at in (("trec", "data"), ("trec_shuffled", "data.reader")):
        words = [word.format(at) for word in files]
        common = ["experiment=order_matters", f"data={data}", "seed=1,2", f"runs={folder}", *words, *QUICK]
        assert run(["train", "-m", *common, f"hydra.sweep.dir={folder}/{data}"]) == 0
    words = ["task=word_order", "model/encoder=lstm,bag", "data.train=30", "data.val=10", "data.test=10"]
    assert run(["train", "-m", *words, *QUICK, f"hydra.sweep.dir={folder}/word_order"]) == 0
    return folder


def test_bags_move_by_rounding_and_a_recurrence_by_more(runs):
    (one, *_) = (one for one in find_runs([str(runs / "trec")]))
    *bags, pairs, model = moved(one)
    assert [bag.method for bag in bags] == ["bag of words", "TF-IDF of words", "averaged vectors"]
    assert all(bag.largest < 1e-6 and bag.changed == 0 for bag in bags)
    assert pairs.largest > 1e-3
    assert model.method == "BiLSTM, seed 1"
    assert model.largest > 1e-6


def test_the_picture_and_the_table_have_every_method(runs, tmp_path, capsys):
    assert (
        main([*(str(runs / name) for name in ("trec", "trec_shuffled", "word_order")), "--output", f"{tmp_path}/a.png"])
        == 0
    )
    told = capsys.readouterr().out
    assert re.search(r"\| question_type \| shuffled \| BiLSTM \| [\d.]+ ± [\d.]+ \| 2 \|", told)
    assert "| word_order | in order | bag of words | 0.5000 | - |" in told
    assert "(2 pairs of seeds)" in told
    with Image.open(tmp_path / "a.png") as drawn:
        assert drawn.size[0] > 500


def test_a_difference_is_that_of_students_t():
    found = [
        Reached("question_type", "LSTM", shuffled, dict(enumerate(scores)))
        for shuffled, scores in ((False, [0.9, 0.92, 0.94]), (True, [0.88, 0.88, 0.92]))
    ]
    gain = difference(found)
    each = torch.tensor([0.02, 0.04, 0.02], dtype=torch.float64)
    half = 4.302653 * float(each.std()) / 3**0.5  # of 2 degrees of freedom, from a table
    assert gain == pytest.approx(
        (float(each.mean()), float(each.mean()) - half, float(each.mean()) + half, 3), abs=1e-6
    )


def test_too_few_seeds_and_other_tasks_are_told(runs, tmp_path, capsys):
    assert main([str(runs / "trec"), "--output", str(tmp_path / "a.png")]) == 2
    assert "0 seeds found" in capsys.readouterr().err
    assert not (tmp_path / "a.png").exists()
    with pytest.raises(InputError, match="a second run of question_type with seed 1"):
        reached([*find_runs([str(runs / "trec")])] * 2)
