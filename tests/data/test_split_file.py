"""Splits that somebody wrote down, and those that a run writes."""

from pathlib import Path

import pytest

from seqmodels.data import Csv, Faults, SplitFile, StratifiedSplit
from seqmodels.data.split_file import split_table
from seqmodels.errors import InputError

ROWS = 40


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("text,label,set\n" + "".join(f"text {i},{'ab'[i % 2]},{_set(i)}\n" for i in range(ROWS)))
    return path


def _set(i: int) -> str:
    return "val" if i < 10 else "test" if i < 20 else "train"


def write(folder: Path, content: str) -> str:
    (folder / "split.csv").write_text(content)
    return str(folder / "split.csv")


def test_a_split_that_was_written_is_read_as_it_was_made(data: Path) -> None:
    made = Csv(str(data), split=StratifiedSplit(0.2, 0.3, seed=5)).read()
    said = Csv(str(data), split=write(data.parent, split_table(made._asdict()))).read()
    assert said == made
    assert min(map(len, made)) > 0


def test_a_column_of_the_data_says_the_split(data: Path) -> None:
    splits = Csv(str(data), split=SplitFile(str(data), "set")).read()
    assert [[example.inputs for example in examples] for examples in splits] == [
        [f"text {i}" for i in range(*places)] for places in ((20, 40), (0, 10), (10, 20))
    ]


def test_what_the_file_does_not_name_and_what_the_data_do_not_have_is_counted(data: Path) -> None:
    faults = Faults()
    splits = Csv(str(data), split=write(data.parent, "split,line\ntrain,2\nval,3\ntest,4\ntest,99\n")).read(faults)
    assert [len(examples) for examples in splits] == [1, 1, 1]
    assert faults.lines() == [
        f"passed over {ROWS - 3} unassigned examples of a.csv",
        f"passed over 1 unused line of {data.parent / 'split.csv'}",
    ]


def test_every_row_that_says_nothing_is_told(data: Path) -> None:
    table = write(data.parent, "line,split\n2,dev\ntwo,val\n3,test\n3,train\n4\n")
    with pytest.raises(InputError) as caught:
        Csv(str(data), split=table).read()
    assert caught.value.faults == [
        f"{table}:2: row 1: 'dev' found in column 'split', wanted train, val, test",
        f"{table}:3: row 2: 'two' found in column 'line', wanted a line's number",
        f"{table}:5: row 4: line 3 stands there a second time, wanted it once",
        f"{table}:6: row 5: 1 cells found, 2 wanted as in the header",
    ]


def test_a_split_that_has_a_file_of_its_own_cannot_be_named(data: Path) -> None:
    table = write(data.parent, "line,split\n2,val\n3,test\n")
    with pytest.raises(InputError, match=r"'test' found in column 'split', wanted train, val"):
        Csv(str(data), test=str(data), split=table).read()


def test_a_table_without_the_column_is_told(data: Path) -> None:
    with pytest.raises(InputError, match=r"no column 'split' in the header; closest: 'set'"):
        Csv(str(data), split=str(data)).read()
