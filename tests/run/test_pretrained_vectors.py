"""Pretrained vectors, by a file or by the name that torchtext has for published ones."""

import pytest
import torch
from conftest import tagging, write_conllu

import seqmodels
from seqmodels.errors import InputError
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.run.vector_files import vectors_path
from seqmodels.types import UNK

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


def test_words_of_other_splits_and_rare_ones_are_known_by_their_vectors(said, tmp_path):
    data = tagging(tmp_path / "data")
    write_conllu(tmp_path / "data" / "test.conllu", ["the DET elephant NOUN", "the DET zebra NOUN"])
    file = tmp_path / "words.txt"
    file.write_text("the 1 2 3\nelephant 7 8 9\nwhale 1 1 1\nbarks 4 4 4\n")
    words = [*data, f"vectors={file}", f"{WORDS}.embedding_size=3", "report=false", "optim.lr=0.01"]
    words = [word for word in words if "min_freq" not in word] + [f"run_dir={tmp_path / 'run'}"]
    done = said("train", *words)
    assert done.code == 0, done.err
    out = " ".join(done.out.split())
    assert "vectors: 2 of the 3 words of the test split" in out
    assert "vectors: 2 words that training has rarely or never are known by their vectors" in out
    predictor = seqmodels.load(tmp_path / "run")
    names = predictor.inputs.size.names
    assert names[-2:] == ("barks", "elephant"), "whale stands in no split, zebra has no vector"
    ids = predictor.inputs.encode(["the", "elephant", "zebra", "whale"])[:, 0].tolist()
    assert ids == [names.index("the"), names.index("elephant"), UNK, UNK]
    (table,) = [part for part in predictor.model.embedder.modules() if isinstance(part, TokenEmbedder)]
    assert table.table.weight[ids[1]].tolist() == pytest.approx([7, 8, 9])  # no gradient reaches it
    assert said("train", f"resume={tmp_path / 'run'}").code == 0
    file.write_text(file.read_text().replace("elephant", "mammoth"))
    (tmp_path / "run" / "metrics.json").unlink()
    changed = said("train", f"resume={tmp_path / 'run'}")
    assert changed.code == 2
    assert "vocabulary of the inputs (words)" in changed.err


def test_the_table_of_a_language_model_takes_no_words_that_training_lacks(said, tmp_path):
    for name, text in (("train", "a b a b a b\n"), ("val", "a c a b\n"), ("test", "a c a b\n")):
        (tmp_path / name).write_text(text * 20)
    (tmp_path / "words.txt").write_text("a 1 2 3\nc 4 5 6\n")
    words = [
        "task=language_model",
        "data=text",
        *(f"data.{name}={tmp_path / name}" for name in ("train", "val", "test")),
    ]
    words += ["fields.inputs.tokenizer=whitespace", "fields.targets.tokenizer=whitespace", "encoder_size=4"]
    words += [f"vectors={tmp_path / 'words.txt'}", "model.embedder.embedding_size=3", "batching.batch_size=2"]
    words += ["batching.steps=8", "trainer.max_epochs=1", "callbacks.progress=null", "device=cpu", "report=false"]
    done = said("train", *words, f"run_dir={tmp_path / 'run'}")
    assert done.code == 0, done.err
    assert "vectors: 1 of 6 tokens found" in " ".join(done.out.split())


def test_vectors_of_another_width_are_refused_with_the_setting(refused, tmp_path):
    file = tmp_path / "words.txt"
    file.write_text(VECTORS)
    (fault,) = refused("train", *tagging(tmp_path / "data"), f"vectors={file}", f"runs={tmp_path / 'runs'}")
    assert fault.endswith(f"set {WORDS}.embedding_size=3")


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


def test_of_two_tables_the_frozen_one_has_the_vectors(said, refused, tmp_path):
    file = tmp_path / "words.txt"
    file.write_text(VECTORS)
    second = "{_target_: seqmodels.nn.embedders.TokenEmbedder, _partial_: true, embedding_size: 3, frozen: FROZEN}"
    words = [*tagging(tmp_path / "data"), f"vectors={file}", "report=false", f"run_dir={tmp_path / 'run'}"]
    two = f"+model.embedder.embedders.fixed={second}"
    (fault,) = refused("train", *words, two.replace("FROZEN", "false"))
    assert "2 tables of words found (model.embedder.embedders.words, model.embedder.embedders.fixed)" in fault
    done = said("train", *words, two.replace("FROZEN", "true"))
    assert done.code == 0, done.err
    predictor = seqmodels.load(tmp_path / "run")
    fixed, row = predictor.model.embedder.embedders["fixed"], predictor.inputs.size.names.index("dog")
    assert fixed.pretrained[row].tolist() == [4, 5, 6]
