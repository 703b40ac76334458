"""A label and a text in every line."""

from pathlib import Path

import pytest

from seqmodels.data import Example, Faults, LabelledLines, StratifiedSplit, data_root
from seqmodels.errors import InputError

LINES = "NUM:date When did it rain ?\nLOC:city  Where is  Rome ?\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(LINES)
    return tmp_path / "a.txt"


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [("fine", "NUM:date"), ("coarse", "NUM"), ("both", {"coarse": "NUM", "fine": "NUM:date"})],
    ids=["fine", "coarse", "both"],
)
def test_a_label_stands_before_the_first_blank(labels: str, wanted: object, path: Path) -> None:
    read = LabelledLines(*[str(path)] * 3, labels=labels).read().train  # type: ignore[arg-type]
    assert read[0] == Example("When did it rain ?", wanted, "a.txt:1")
    assert read[1].inputs == "Where is  Rome ?"


def test_labels_of_one_kind_need_no_colon_but_coarse_ones_do(path: Path) -> None:
    path.write_text("good a fine day\n")
    assert LabelledLines(*[str(path)] * 3).read().train[0].targets == "good"
    with pytest.raises(InputError) as caught:
        LabelledLines(*[str(path)] * 3, labels="coarse").read()
    told = "'good a fine day' found, wanted a label, a blank and a text: COARSE:fine text"
    assert caught.value.faults == [f"{path}:1: {told}"]


@pytest.mark.parametrize("line", ["", "good", "good ", " a text"], ids=["nothing", "no text", "blank text", "no label"])
def test_a_line_without_label_or_text_is_told_or_left_out(line: str, path: Path) -> None:
    path.write_text(f"{line}\ngood day\n")
    with pytest.raises(InputError, match=f"{path}:1: '{line}' found, wanted a label, a blank and a text: LABEL text"):
        LabelledLines(*[str(path)] * 3).read()
    faults = Faults("skip")
    assert [example.inputs for example in LabelledLines(*[str(path)] * 3).read(faults).test] == ["day"]
    assert faults.lost == 1


def test_an_empty_file_is_told(path: Path) -> None:
    path.write_text("")
    with pytest.raises(InputError, match="no line found, wanted at least one"):
        LabelledLines(*[str(path)] * 3).read()


def test_latin_1_is_read_where_it_is_said_and_told_where_not(path: Path) -> None:
    path.write_bytes("NUM:date Wie spät ist es ?\n".encode("latin-1"))
    assert LabelledLines(*[str(path)] * 3, encoding="latin-1").read().train[0].inputs == "Wie spät ist es ?"
    with pytest.raises(InputError, match="byte 0xe4 at position 16 is not UTF-8"):
        LabelledLines(*[str(path)] * 3).read()


def test_splits_without_a_file_are_the_same_whichever_labels_are_asked_for(path: Path) -> None:
    kinds = ["A:a", "A:b", "B:c"]
    path.write_text("".join(f"{kinds[i % 3]} text {i}\n" for i in range(90)))
    texts = [
        [[e.inputs for e in part] for part in LabelledLines(str(path), labels=labels).read()]  # type: ignore[arg-type]
        for labels in ("fine", "coarse", "both")
    ]
    assert texts[0] == texts[1] == texts[2]
    assert list(map(len, texts[0])) == [63, 9, 18]


def test_trec_has_its_published_questions_and_a_validation_split_of_its_own() -> None:
    files = [data_root() / "trec_qc" / name for name in ("TREC.train", "TREC.test")]
    if not all(file.is_file() for file in files):
        pytest.skip(f"{files[0]} is not there: set SEQMODELS_DATA to a folder that holds it")
    reader = LabelledLines(
        str(files[0]), test=str(files[1]), labels="coarse", encoding="latin-1", split=StratifiedSplit(distinct=False)
    )
    splits = reader.read()
    assert (len(splits.train) + len(splits.val), len(splits.test), reader.cut) == (5_452, 500, ("val",))
    assert {example.targets for example in splits.val} == {"ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"}
    assert not {example.inputs for example in splits.val} & {example.inputs for example in splits.train}
