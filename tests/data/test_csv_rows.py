"""Tables with a header."""

import csv
from pathlib import Path

import pytest

from seqmodels.data import Csv, Example, Faults, StratifiedSplit, data_root
from seqmodels.errors import InputError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def read(path: Path, content: str, **options: object) -> list[Example]:
    path.write_bytes(content.encode())
    return Csv(*[str(path)] * 3, **options).read().train  # type: ignore[arg-type]


def test_text_and_label_are_those_of_the_named_columns(path: Path) -> None:
    content = "Score,Id,Text\n5,1,two cats\n1,2,a dog\n"
    assert read(path, content, text="Text", label="Score") == [
        Example("two cats", "5", "a.csv:2"),
        Example("a dog", "1", "a.csv:3"),
    ]


def test_quoted_cells_may_hold_separators_quotes_and_line_breaks(path: Path) -> None:
    content = 'text,label\n"a, ""b""\r\nc",x\nd,y\n'
    assert read(path, content) == [Example('a, "b"\nc', "x", "a.csv:2"), Example("d", "y", "a.csv:4")]


def test_a_quote_is_a_letter_where_tabs_separate(path: Path) -> None:
    assert read(path, 'text\tlabel\n"a, b\tx\n', separator="tab") == [Example('"a, b', "x", "a.csv:2")]


@pytest.mark.parametrize("label", ["5", "-1", ".5", "1e3", " 7 "])
def test_a_number_is_any_finite_one(label: str, path: Path) -> None:
    assert read(path, f"text,label\na,{label}\n", numeric=True)[0].targets == label


@pytest.mark.parametrize("label", ["five", "1,5", "nan", "inf", "-Infinity", "1e999", "1_000", "0x10", "5 stars"])
def test_what_is_no_finite_number_is_told(label: str, path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(path, f'text,label\na,"{label}"\n', numeric=True)
    assert caught.value.faults == [f"{path}:2: row 1: {label!r} found in column 'label', wanted a finite number"]


def test_one_column_cannot_be_both() -> None:
    with pytest.raises(InputError, match=r"data\.text and data\.label are both 'a'"):
        Csv("a", "b", "c", text="a", label="a")


def test_rows_are_counted_and_lines_are_those_of_the_file(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(path, 'text,label\n"a\nb",x\nc\nd,y,z\n')
    assert caught.value.faults == [
        f"{path}:4: row 2: 1 cells found, 2 wanted as in the header",
        f"{path}:5: row 3: 3 cells found, 2 wanted as in the header",
    ]


def test_real_reviews_are_read_as_the_csv_module_reads_them_and_two_without_a_score_are_told() -> None:
    file = data_root() / "amazon_fine_food_sample" / "Reviews.csv"
    if not file.is_file():
        pytest.skip(f"{file} is not there: set SEQMODELS_DATA to a folder that holds it")
    faults = Faults("skip")
    ours = Csv(*[str(file)] * 3, text="Text", label="Score", numeric=True).read(faults).train
    with file.open(encoding="utf-8", newline="") as table:
        theirs = [(row["Text"], row["Score"]) for row in csv.DictReader(table)]
    assert [(e.inputs, e.targets) for e in ours] == [row for row in theirs if row[1]]
    assert (len(theirs), len(ours), faults.lost) == (5_003, 5_001, 2)
    assert faults.lines() == [
        f"skipped 2 rows of {file}, the first: Reviews.csv:4936: row 4935: column 'Score' is empty, wanted a value"
    ]


def test_one_table_is_cut_by_its_labels_without_its_repeated_texts(path: Path) -> None:
    path.write_text("text,label\n" + "".join(f"text {i % 40},{'ab'[i % 2]}\n" for i in range(50)))
    faults, reader = Faults(), Csv(str(path))
    splits = reader.read(faults)
    assert [len(examples) for examples in splits] == [28, 4, 8]
    assert all(sum(e.targets == "a" for e in examples) * 2 == len(examples) for examples in splits)
    assert reader.cut == ("val", "test")
    assert faults.lines() == ["passed over 10 repeated texts of a.csv"]
    assert reader.read() == splits


def test_numbers_are_cut_whatever_they_are(path: Path) -> None:
    path.write_text("text,label\n" + "".join(f"text {i},{i}.5\n" for i in range(40)))
    assert [len(examples) for examples in Csv(str(path), numeric=True).read()] == [28, 4, 8]


def test_a_cell_may_be_long(path: Path) -> None:
    text = "word " * 60_000
    assert read(path, f'text,label\n"{text}",x\nd,y\n')[0].inputs == text


def test_a_bad_quote_in_a_cell_of_several_lines_ends_it_all_and_no_part_becomes_a_row(path: Path) -> None:
    path.write_text('text,label\nfine,pos\n"He said "hi" to me\nand left",neg\nfine too,pos\n')
    for faults in (Faults(), Faults("skip")):
        with pytest.raises(
            InputError, match=r"a\.csv:3: .* a quote in a quoted cell is written twice \(nobody can say"
        ):
            Csv(str(path), str(path), str(path)).read(faults)


def test_a_bad_quote_in_one_line_is_a_fault_of_its_row(path: Path) -> None:
    path.write_text('text,label\nfine,pos\n"He said "hi" to me",neg\nfine too,pos\n')
    faults = Faults("skip")
    assert [e.inputs for e in Csv(str(path), str(path), str(path)).read(faults).train] == ["fine", "fine too"]
    assert faults.lost == 1


def test_examples_of_a_test_file_that_are_learnt_from_are_counted(path: Path) -> None:
    path.write_text("text,label\n" + "".join(f"text {i},{i % 2}\n" for i in range(40)))
    other = path.with_name("b.csv")
    other.write_text("text,label\ntext 0,0\ntext 1,1\nanother,1\n")
    faults = Faults()
    splits = Csv(str(path), test=str(other), split=StratifiedSplit(val=0.25)).read(faults)
    copies = sum(example.inputs in ("text 0", "text 1") for example in splits.train)
    assert copies
    assert any(
        line.startswith(f"{copies} example") and "with the input of one in data.test" in line for line in faults.lines()
    )
