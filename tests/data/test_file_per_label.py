"""One file for each label."""

from pathlib import Path

import pytest

from seqmodels.data import Faults, FilePerLabel
from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS, build

NAMES = {
    "Greek": "Doukas\nSamaras \nAdamo\nDoukas\n" + "".join(f"g{i}\n" for i in range(9)),
    "Italian": "Adamo\nAbba\n" + "".join(f"i{i}\n" for i in range(9)),
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    for label, text in NAMES.items():
        (tmp_path / f"{label}.txt").write_text(text)
    return {label: str(tmp_path / f"{label}.txt") for label in NAMES}


@pytest.mark.parametrize("target", ["label", "line"])
def test_every_line_is_an_example_of_its_files_label_once(files: dict[str, str], target: str) -> None:
    faults = Faults()
    splits = FilePerLabel(files, target, val=3, test=3).read(faults)  # type: ignore[arg-type]
    sides = {
        (str(e.inputs), str(e.targets)) if target == "line" else (str(e.targets), str(e.inputs))
        for s in splits
        for e in s
    }
    assert sides == {(label, name.strip()) for label, text in NAMES.items() for name in text.split("\n") if name}
    assert sum(map(len, splits)) == len(sides) == 12 + 11
    assert faults.lines() == [f"passed over 1 repeated line of {files['Greek']}"]
    origins = {str(e.origin) for s in splits for e in s if "Samaras" in (e.inputs, e.targets)}
    assert origins == {"Greek.txt:2"}


@pytest.mark.parametrize("target", ["label", "line"])
def test_a_line_is_in_one_split_whatever_its_labels(files: dict[str, str], target: str) -> None:
    splits = FilePerLabel(files, target, val=5, test=5).read()  # type: ignore[arg-type]
    lines = [{e.inputs if target == "label" else e.targets for e in split} for split in splits]
    assert [len(one) for one in lines] == [12, 5, 5]
    assert len(set.union(*lines)) == 22


def test_both_directions_have_the_same_splits(files: dict[str, str]) -> None:
    there, back = (FilePerLabel(files, target, 5, 5).read() for target in ("label", "line"))  # type: ignore[arg-type]
    assert [[(e.targets, e.inputs) for e in split] for split in there] == [
        [(e.inputs, e.targets) for e in split] for split in back
    ]


def test_faults_of_all_files_are_told_at_once(files: dict[str, str]) -> None:
    Path(files["Greek"]).write_bytes(b"a\n\nb\xff\n")
    Path(files["Italian"]).write_text("")
    with pytest.raises(InputError) as caught:
        FilePerLabel(files).read()
    told = "\n".join(caught.value.faults)
    assert "Greek.txt:2: an empty line found" in told
    assert "Greek.txt:3: byte 0xff" in told
    assert "Italian.txt: no line found" in told


def test_one_file_is_too_few() -> None:
    with pytest.raises(ValueError, match="files=a found, wanted two labels or more"):
        FilePerLabel({"a": "a.txt"})


def test_all_names_are_read(data_config) -> None:  # type: ignore[no-untyped-def]
    files = build(data_config("names_by_language")["files"], IN_CONFIGS)
    if missing := [file.path for file in files.values() if not file.path.is_file()]:
        pytest.skip(f"{missing[0]} is not there: set SEQMODELS_DATA to a folder that holds names_by_language")
    splits = FilePerLabel(files).read()
    assert [len(split) for split in splits] == [14_917, 1_541, 1_554]
    assert len({example.inputs for split in splits for example in split}) == 17_450
    assert len({example.targets for example in splits.train}) == 18
