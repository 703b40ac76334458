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
    keys = ("url", "sha256", "folder")
    splits = [{side: Remote(*(config[n][side][k] for k in keys)) for side in config[n]} for n in Splits._fields]
    if missing := [file.path for files in splits for file in files.values() if not file.path.is_file()]:
        pytest.skip(f"{missing[0]} is not there: set SEQMODELS_DATA to a folder that holds multi30k")
    found = Parallel(*splits).read()
    assert [len(split) for split in found] == [29_000, 1_014, 1_000]
    for place, side in enumerate(("source", "target")):
        lines = gzip.decompress(splits[0][side].path.read_bytes()).decode().split("\n")
        assert [*(example[place] for example in found.train), ""] == lines
