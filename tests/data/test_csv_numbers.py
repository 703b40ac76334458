"""Tables of numbers."""

from pathlib import Path

import pytest

from seqmodels.data import CsvNumbers, Example, Faults
from seqmodels.errors import InputError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def read(path: Path, content: str, **options: object) -> list[Example]:
    path.write_text(content)
    return CsvNumbers(*[str(path)] * 3, **options).read().train  # type: ignore[arg-type]


def test_all_columns_but_the_label_are_read_unless_some_are_named(path: Path) -> None:
    content = "wide,label,long\n1,a,2.5\n-3,b, 4\n"
    assert read(path, content) == [Example([1.0, 2.5], "a", "a.csv:2"), Example([-3.0, 4.0], "b", "a.csv:3")]
    assert [example.inputs for example in read(path, content, columns=["long"])] == [[2.5], [4.0]]


def test_columns_of_another_file_are_found_by_name_not_by_place(path: Path, tmp_path: Path) -> None:
    path.write_text("wide,long,label\n1,2,a\n")
    other = tmp_path / "b.csv"
    other.write_text("label,long,wide\na,2,1\n")
    splits = CsvNumbers(str(path), str(other), str(other)).read()
    assert splits.val[0].inputs == splits.train[0].inputs == [1.0, 2.0]


def test_every_cell_that_is_no_finite_number_is_told(path: Path) -> None:
    content = "x,y,label\n1,,a\nnan,1_0,b\n1,2,\n1,2\n"
    with pytest.raises(InputError) as caught:
        read(path, content)
    assert caught.value.faults == [
        f"{path}:2: row 1: '' found in column 'y', wanted a finite number",
        f"{path}:3: row 2: 'nan' found in column 'x', wanted a finite number",
        f"{path}:3: row 2: '1_0' found in column 'y', wanted a finite number",
        f"{path}:4: row 3: column 'label' is empty, wanted a value",
        f"{path}:5: row 4: 2 cells found, 3 wanted as in the header",
    ]


def test_a_number_to_be_told_has_to_be_one(path: Path) -> None:
    assert read(path, "x,y\n1,2.5\n", label="y", numeric=True)[0].targets == "2.5"
    with pytest.raises(InputError, match=r"row 1: 'two' found in column 'y', wanted a finite number"):
        read(path, "x,y\n1,two\n", label="y", numeric=True)


def test_equal_rows_are_kept_and_in_one_split(path: Path) -> None:
    path.write_text("x,label\n" + "".join(f"{i % 40},{'ab'[i % 2]}\n" for i in range(80)))
    splits = CsvNumbers(str(path)).read(faults := Faults())
    assert [len(split) for split in splits] == [56, 8, 16]
    assert not {str(e.inputs) for e in splits.train} & {str(e.inputs) for e in splits.test}
    assert faults.lines() == []


@pytest.mark.parametrize("columns", [["x", "label"], []])
def test_columns_are_some_and_none_of_them_the_label(columns: list[str]) -> None:
    with pytest.raises(InputError, match=r"data\.columns"):
        CsvNumbers("a.csv", columns=columns)


def test_a_table_of_labels_alone_is_refused(path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.csv:1: no column besides 'label' found"):
        read(path, "label\na\n")


def test_a_column_without_a_name_is_read_only_if_somebody_says_so(path: Path) -> None:
    content = ",wide,label\n0,1.5,a\n1,2.5,b\n"
    with pytest.raises(InputError, match=r"a\.csv:1: a column without a name found, as pandas writes row numbers"):
        read(path, content)
    assert [example.inputs for example in read(path, content, columns=["wide"])] == [[1.5], [2.5]]
