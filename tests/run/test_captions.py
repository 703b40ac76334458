"""A folder of photographs with several captions each, from the command line to the picture of where a model looked."""

import json

import pytest
from PIL import Image

from seqmodels.run.cli import run

COLOURS = {"red": (200, 30, 30), "green": (20, 180, 40), "blue": (30, 40, 220)}
SMALL = ["task=captioning", "data=captioned_pictures", "device=cpu", "callbacks.progress=null", "trainer.max_epochs=1"]
SMALL += [
    "model.decoder.hidden_size=8",
    "model.embedder.filters=[4]",
    "fields.inputs.height=16",
    "fields.inputs.width=16",
]
SMALL += ["model.search.max_length=2", "model.search.min_length=2"]  # no answer comes to its end


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """A folder of them, larger than anybody reads, with a table."""
    folder = tmp_path_factory.mktemp("photographs")
    captions = {}
    for i in range(30):
        name, colour = list(COLOURS.items())[i % 3]
        Image.new("RGB", (400, 300 + i), colour).save(folder / f"{i}.png")
        captions[f"{i}.png"] = [f"A {name} thing , photographed", f"something {name} and nothing else"]
    (folder / "captions.json").write_text(json.dumps(captions))
    return folder


@pytest.fixture(scope="module")
def captions_run(photographs):
    words = [*SMALL, f"data.captions={photographs / 'captions.json'}", f"run_dir={photographs / 'run'}"]
    assert run(["train", *words]) == 0
    return photographs / "run"


def test_a_model_of_photographs_is_trained_and_scored_and_what_was_cut_is_counted(captions_run, said):
    scores = json.loads((captions_run / "metrics.json").read_text())
    assert {"test/bleu", "test/chrf", "test/exact_match", "floor/exact_match"} <= scores.keys()
    assert scores["floor/exact_match"] == 1.0  # as good as the same photograph
    done = said("evaluate", captions_run)
    assert done.code == 0
    assert scores["test/cut"] == 1.0
    assert "cut: 100.0% of the answers had not come to their end at the greatest length" in done.out
    assert "30 pictures of" in done.err
    assert "made smaller, to 256 pixels a side at most (data.max_side)" in done.err


def test_where_it_looked_is_drawn_over_the_photograph(captions_run, photographs, said, tmp_path):
    done = said("predict", captions_run, photographs / "7.png", "--attention", tmp_path / "pictures")
    assert done.code == 0, done.err
    with Image.open(tmp_path / "pictures" / "0001.png") as drawn:
        assert drawn.size[0] > 100
        assert len({drawn.convert("RGB").getpixel((x, drawn.size[1] // 2)) for x in range(drawn.size[0])}) > 3


def test_pictures_that_would_be_read_smaller_than_the_model_wants_them_are_refused(photographs, refused):
    words = [*SMALL, f"data.captions={photographs / 'captions.json'}", f"run_dir={photographs / 'larger'}"]
    (found,) = refused("train", *words, "fields.inputs.width=300")
    assert found.startswith("data.max_side=256 found, and fields.inputs wants pictures of 300 pixels a side: set")
    assert not (photographs / "larger").exists()
