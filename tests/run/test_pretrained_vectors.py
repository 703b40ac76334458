"""Pretrained vectors, by a file or by the name that torchtext has for published ones."""

import pytest
import torch
from conftest import tagging

import seqmodels
from seqmodels.errors import InputError
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.run.vectors import vectors_path

WORDS = "model.embedder.embedders.words"
VECTORS = "the 1 2 3\ndog 4 5 6\nelephant 7 8 9\n"


def trained_with(said, tmp_path, file, *more):
    words = [*tagging(tmp_path / "data"), f"vectors={file}", f"{WORDS}.embedding_size=3", f"runs={tmp_path / 'runs'}"]
    done = said("train", *words, "report=false", *more)
    assert done.code == 0, done.err
    (folder,) = (tmp_path / "runs" / "pos_tagging").iterdir()
    predictor = seqmodels.load(folder)
    (table,) = [part for part in predictor.model.embedder.modules() if isinstance(part, TokenEmbedder)]
    return done, predictor, table


def test_frozen_vectors_are_in_the_trained_model_as_they_were_and_the_coverage_is_told(said, tmp_path):
    file = tmp_path / "words.txt"
    file.write_text(VECTORS)
    done, predictor, table = trained_with(said, tmp_path, file, f"+{WORDS}.frozen=true")
    size = predictor.inputs.size
    assert f"vectors: 2 of {int(size)} tokens found in {file}" in done.out.replace("\n", "")
    ids = torch.tensor([size.names.index(word) for word in ("the", "dog")])
    assert table.pretrained[ids].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert table.fixed.sum() == 2


def test_tuned_vectors_are_read_anew_whenever_the_file_changes(said, tmp_path):
    file = tmp_path / "words.txt"
    file.write_text(VECTORS)
    _, predictor, table = trained_with(said, tmp_path, file, "optim.lr=0.0000001")
    row = predictor.inputs.size.names.index("the")
    assert torch.allclose(table.table.weight[row], torch.tensor([1.0, 2, 3]), atol=1e-3)
    file.write_text(VECTORS.replace("the 1", "the 9"))
    _, _, changed = trained_with(said, tmp_path / "again", file, "optim.lr=0.0000001")
    assert torch.allclose(changed.table.weight[row], torch.tensor([9.0, 2, 3]), atol=1e-3)


def test_vectors_of_another_width_are_refused_with_the_setting(refused, tmp_path):
    file = tmp_path / "words.txt"
    file.write_text(VECTORS)
    (fault,) = refused("train", *tagging(tmp_path / "data"), f"vectors={file}", f"runs={tmp_path / 'runs'}")
    assert "embedding_size=3" in fault


def test_a_name_is_looked_for_in_the_data_root(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQMODELS_DATA", str(tmp_path))
    there = tmp_path / "vectors" / "glove.6B.100d.txt"
    with pytest.raises(InputError) as caught:
        vectors_path("glove.6B.100d")
    assert str(there) in caught.value.faults[0]
    assert "get it from https://nlp.stanford.edu/data/glove.6B.zip and put it there" in caught.value.faults[0]
    there.parent.mkdir()
    there.write_text(VECTORS)
    assert vectors_path("glove.6B.100d") == there
    with pytest.raises(InputError, match=r"wiki\.simple\.vec is not there; get it from https://dl\.fbaipublicfiles"):
        vectors_path("fasttext.simple.300d")


@pytest.mark.parametrize("name", ["glove.7B.100d", "charngram.100d", "nowhere.txt"])
def test_what_is_neither_a_file_nor_a_name_is_refused(name):
    with pytest.raises(InputError, match="there is no such file"):
        vectors_path(name)
