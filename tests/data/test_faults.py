"""Faulty data: every fault is told once, where it stands; or is left out, counted and said."""

from pathlib import Path

import pytest
from drills.data import drill
from faulty.text_files import CASES, WORD, attempt

from seqmodels.data import Conllu, Example, Faults, SequenceData, Splits
from seqmodels.data.faults import SHOWN
from seqmodels.data.reader import read_splits
from seqmodels.errors import InputError
from seqmodels.text import StepLabels, Tokens


@pytest.mark.parametrize("name", CASES)
def test_a_faulty_file_is_told_or_skipped_and_counted(name: str, tmp_path: Path) -> None:
    assert attempt(CASES[name], tmp_path) is None


def test_nothing_of_the_drill_fails(tmp_path: Path) -> None:
    rows = list(drill(True, tmp_path))
    assert [failure for row in rows for failure in row.failures] == []
    assert all(row.tried == row.survived > 0 for row in rows)
    assert len({row.fault for row in rows}) == len(rows) == 7


def told(faults: Faults) -> list[str]:
    with pytest.raises(InputError) as caught:
        faults.check()
    return caught.value.faults


@pytest.mark.parametrize(
    ("count", "more"), [(1, []), (SHOWN, []), (SHOWN + 1, ["1 more fault"]), (25, ["15 more faults"])]
)
def test_ten_faults_of_a_source_are_told_and_the_others_counted(count: int, more: list[str]) -> None:
    faults = Faults()
    for line in range(count):
        faults.skip("a", "row", [f"a:{line}: bad"])
    faults.skip("b", "row", ["b:1: bad"])
    shown = [f"a:{line}: bad" for line in range(min(count, SHOWN))]
    assert told(faults) == [*shown, *(f"a: and {words}" for words in more), "b:1: bad"]


def test_what_was_told_is_not_told_again() -> None:
    faults = Faults()
    faults.skip("a", "row", ["a:1: bad"])
    assert told(faults) == ["a:1: bad"]
    faults.check()
    assert faults.lost == 0


def test_skipping_counts_what_was_left_out_and_not_its_faults() -> None:
    faults = Faults("skip")
    faults.skip("/x/a.conllu", "sentence", ["/x/a.conllu:1: bad", "/x/a.conllu:2: worse"])
    faults.check()
    assert faults.lines() == ["skipped 1 sentence of /x/a.conllu: a.conllu:1: bad"]
    for _ in range(1999):
        faults.skip("/x/a.conllu", "sentence", ["/x/a.conllu:7: bad"])
    faults.skip("the test split", "example", ["b.csv:7: bad"])
    assert faults.lines() == [
        "skipped 2,000 sentences of /x/a.conllu, the first: a.conllu:1: bad",
        "skipped 1 example of the test split: b.csv:7: bad",
    ]
    assert faults.lost == 2001


def test_a_file_that_cannot_be_read_is_an_error_in_both_modes_and_told_once() -> None:
    faults = Faults("skip")
    faults.skip("a", "row", ["a:1: bad"])
    for _ in range(2):
        faults.refuse(InputError("b: no such file"))
    assert told(faults) == ["a:1: bad", "b: no such file"]


def test_the_faults_of_all_splits_and_all_missing_files_are_told_together(tmp_path: Path) -> None:
    train, test = tmp_path / "train.conllu", tmp_path / "test.conllu"
    for file in (train, test):
        file.write_text("1\tone\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Conllu(str(train), str(tmp_path / "val.conllu"), str(test)).read()
    assert [fault.split(": ")[0] for fault in caught.value.faults] == [
        f"{train}:1",
        f"{test}:1",
        str(tmp_path / "val.conllu"),
    ]


def test_the_page_on_data_shows_what_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    good = WORD.format(1, "the", "DET") + WORD.format(2, "dog", "NOUN") + "\n"
    Path("train.conllu").write_text(WORD.format(1, "two", "NUM").replace("\t_\n", "\n") + "\n" + good, encoding="utf-8")
    Path("dev.conllu").write_text(
        good * 20 + WORD.format(1, "the", "DET") + WORD.format(2, "", "NOUN"), encoding="utf-8"
    )
    Path("test.conllu").write_text(good * 20 + WORD.format(1, "oh", "INTJ"), encoding="utf-8")
    reader = Conllu("train.conllu", "dev.conllu", "test.conllu")
    with pytest.raises(InputError) as caught:
        reader.read()
    data = SequenceData(reader, Tokens(), StepLabels(), on_bad="skip")
    data.setup("fit")
    shown = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    assert "\n".join(f"seqmodels: {fault}" for fault in caught.value.faults) in shown
    assert "\n".join(data.faults.lines()).partition("DET")[0] + "..." in shown


def test_a_file_of_two_splits_is_read_once_and_counted_once(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.touch()
    reads = []

    def read(paths: list[Path], faults: Faults) -> list[Example]:
        reads.append(paths)
        faults.skip(paths[0], "row", [f"{paths[0]}:1: bad"])
        return [Example("a", "b", "a.txt:2")]

    faults = Faults("skip")
    splits = read_splits([[str(file)]] * 3, read, faults)
    assert splits == Splits(*[[Example("a", "b", "a.txt:2")]] * 3)
    assert splits.val is not splits.test
    assert len(reads) == faults.lost == 1
