"""Texts and their translations."""

import gzip
from pathlib import Path

import pytest

from seqmodels.data import Parallel, Remote, Splits
from seqmodels.errors import InputError


def test_line_by_line_one_file_is_the_input_and_the_other_the_target(tmp_path: Path) -> None:
    (tmp_path / "a.de").write_text("zwei Katzen \nein Hund\n", encoding="utf-8")
    (tmp_path / "a.en").write_bytes(b"two cats\r\na dog")
    files = {"source": str(tmp_path / "a.de"), "target": str(tmp_path / "a.en")}
    examples = Parallel(files, files, files).read().test
    assert [(e.inputs, e.targets) for e in examples] == [("zwei Katzen ", "two cats"), ("ein Hund", "a dog")]
    assert [e.origin for e in examples] == ["a.de:1", "a.de:2"]


def test_a_side_that_is_not_named_is_refused_for_all_splits_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Parallel({"source": "a"}, {"source": "a", "target": "b"}, {})
    assert caught.value.faults == [
        "data.train: source found, wanted source and target",
        "data.test: nothing found, wanted source and target",
    ]


def test_multi30k_is_read_as_it_stands(data_config) -> None:  # type: ignore[no-untyped-def]
    config = data_config("multi30k_de_en")
    assert list(config["further"]) == ["test2017"]
    keys = ("url", "sha256", "folder")
    splits = [{side: Remote(*(config[n][side][k] for k in keys)) for side in config[n]} for n in Splits._fields]
    if missing := [file.path for files in splits for file in files.values() if not file.path.is_file()]:
        pytest.skip(f"{missing[0]} is not there: set SEQMODELS_DATA to a folder that holds multi30k")
    found = Parallel(*splits).read()
    assert [len(split) for split in found] == [29_000, 1_014, 1_000]
    for place, side in enumerate(("source", "target")):
        lines = gzip.decompress(splits[0][side].path.read_bytes()).decode().split("\n")
        assert [*(example[place] for example in found.train), ""] == lines


def test_further_test_splits_are_read_by_their_names(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"{name}\n")
    files = [{"source": str(tmp_path / one), "target": str(tmp_path / one)} for one in ("a", "b")]
    reader = Parallel(files[0], files[0], files[0], further={"later": files[1]})  # type: ignore[arg-type]
    assert [example.inputs for example in reader.read().test] == ["a"]
    assert [example.inputs for example in reader.further["later"].read().test] == ["b"]


@pytest.mark.parametrize("name", ["test", "train", "val", "floor", "a/b", ""])
def test_a_further_split_of_a_name_that_is_taken_is_refused(name: str) -> None:
    files = {"source": "a", "target": "b"}
    with pytest.raises(InputError, match=r"data\.further: .* found, wanted names such as test2017"):
        Parallel(files, files, files, further={name: files})  # type: ignore[arg-type, dict-item]


def test_a_further_split_without_a_side_is_refused() -> None:
    files = {"source": "a", "target": "b"}
    with pytest.raises(InputError, match=r"data\.further\.later: source found, wanted source and target"):
        Parallel(files, files, files, further={"later": {"source": "a"}})  # type: ignore[arg-type]
