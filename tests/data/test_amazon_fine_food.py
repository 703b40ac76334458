"""Amazon Fine Food Reviews, as Kaggle has them."""

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import full_size
import pytest

from seqmodels.data import AmazonFineFood, ByHand, Faults, StratifiedSplit, data_root
from seqmodels.errors import InputError

HEADER = "Id,ProductId,Score,Summary,Text\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "Reviews.csv"


def write(path: Path, *rows: tuple[str, str]) -> Path:
    path.write_text(HEADER + "".join(f'{i},P,{score},"So, so",{text}\n' for i, (text, score) in enumerate(rows)))
    return path


def many(count: int = 60) -> list[tuple[str, str]]:
    return [(f"review {i}", "1245"[i % 4]) for i in range(count)]


def test_above_three_stars_is_positive_below_negative(path: Path) -> None:
    splits = AmazonFineFood(str(write(path, *many()))).read()
    said = {str(example.inputs): example.targets for examples in splits for example in examples}
    assert said == {text: "negative" if score in "12" else "positive" for text, score in many()}
    assert splits.train[0].origin.partition(":")[0] == "Reviews.csv"


def test_three_stars_no_score_and_repeated_texts_are_left_out_and_counted(path: Path) -> None:
    more = [("neither", "3"), ("so so", "3"), ("unscored", ""), ("review 0", "2"), ("review 1", "5")]
    faults = Faults()
    splits = AmazonFineFood(str(write(path, *many(), *more))).read(faults)
    assert splits == AmazonFineFood(str(write(path, *many()))).read()
    assert faults.lines() == [
        f"passed over 2 three-star rows of {path}",
        f"passed over 1 unscored row of {path}",
        "passed over 1 repeated text of Reviews.csv",
        "passed over 1 repeated but differently labelled text of Reviews.csv",
    ]


def test_what_is_no_review_is_told_or_left_out(path: Path) -> None:
    write(path, *many(), (" ", "5"), ("fine", "6"), ("good", "5.5"))
    told = [
        f"{path}:62: row 61: column 'Text' is empty, wanted a review",
        f"{path}:63: row 62: '6' found in column 'Score', wanted 1, 2, 3, 4 or 5",
        f"{path}:64: row 63: '5.5' found in column 'Score', wanted 1, 2, 3, 4 or 5",
    ]
    with pytest.raises(InputError) as caught:
        AmazonFineFood(str(path)).read()
    assert caught.value.faults == told
    faults = Faults("skip")
    assert sum(map(len, AmazonFineFood(str(path)).read(faults))) == 60
    assert faults.lost == 3


def test_a_file_without_opinions_is_told(path: Path) -> None:
    with pytest.raises(InputError, match="no row with another Score than 3 found"):
        AmazonFineFood(str(write(path, ("so so", "3")))).read()


def test_another_file_may_be_the_test_split(path: Path) -> None:
    other = write(path.with_name("other.csv"), ("awful", "1"), ("lovely", "5"))
    splits = AmazonFineFood(str(write(path, *many())), test=str(other)).read()
    assert [example.inputs for example in splits.test] == ["awful", "lovely"]
    assert splits.val == AmazonFineFood(str(path)).read().val


def test_the_sample_is_read_whole_and_split_by_a_seed() -> None:
    file = data_root() / "amazon_fine_food_sample" / "Reviews.csv"
    if not file.is_file():
        pytest.skip(f"{file} is not there: set SEQMODELS_DATA to a folder that holds it")
    faults = Faults()
    splits = AmazonFineFood(str(file), split=StratifiedSplit(seed=1)).read(faults)
    with file.open(encoding="utf-8", newline="") as table:
        rows = [(row["Text"], row["Score"]) for row in csv.DictReader(table)]
    opinions = {text: score for text, score in reversed(rows) if score in ("1", "2", "4", "5")}
    assert {str(e.inputs): e.targets == "positive" for s in splits for e in s} == {
        text: score in "45" for text, score in opinions.items()
    }
    assert sum(map(len, splits)) == len(opinions) == 4592
    assert Counter(e.targets for e in splits.test) == {"positive": 767, "negative": 151}
    assert [line.partition(" of ")[0] for line in faults.lines()] == [
        "passed over 395 three-star rows",
        "passed over 2 unscored rows",
        "passed over 14 repeated texts",
    ]


def test_a_file_that_is_made_to_measure_by_is_one_like_kaggles(path: Path) -> None:
    full_size.write_reviews(path, 400)
    with path.open(newline="") as table:
        rows = list(csv.reader(table))
    assert rows[0] == full_size.HEADER.split(",")
    assert len(rows) == 401
    assert 0.2 < 1 - len({row[-1] for row in rows[1:]}) / 400 < 0.4
    assert sum(map(len, AmazonFineFood(str(path)).read())) > 200


@pytest.mark.slow
def test_the_whole_file_is_loaded_within_a_minute_and_two_gigabytes(path: Path) -> None:
    full_size.write_reviews(path, full_size.ROWS)
    for steps in ("read", "encode"):
        words = [sys.executable, full_size.__file__, "--measure", str(path), steps]
        found = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
        assert found["cpu_seconds"] < 60, found
        assert found["peak_mib"] <= 2048, found


def test_a_file_that_nobody_can_fetch_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQMODELS_DATA", str(tmp_path))
    file = ByHand("https://example.org/reviews", "food", "Reviews.csv", "0" * 64)
    told = f"{tmp_path}/food/Reviews.csv: no such file; get it from https://example.org/reviews and put it there"
    with pytest.raises(InputError, match=told):
        file.fetch()
    write(tmp_path / "Reviews.csv", ("fine", "5"))
    (tmp_path / "food").mkdir()
    (tmp_path / "Reviews.csv").rename(file.path)
    with pytest.raises(InputError, match=r"sha256 .* found, 0000.* wanted; name a file of your own instead"):
        file.fetch()
    assert ByHand("https://example.org/reviews", "food", "Reviews.csv").fetch() == file.path


@pytest.mark.parametrize(
    ("folder", "name"), [("../a", "b"), ("/a", "b"), ("a", "../b"), ("", "b"), ("a", ""), ("a", "b:c")]
)
def test_a_place_outside_the_data_root_is_refused(folder: str, name: str) -> None:
    with pytest.raises(InputError, match="wanted a folder inside the data root and a file name"):
        ByHand("https://example.org", folder, name)
