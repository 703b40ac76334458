"""Words and their pronunciations."""

from itertools import combinations
from pathlib import Path

import pytest

from seqmodels.data import Cmudict, Faults
from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS, build

SOME = """\
;;; a comment of older versions
a AH0
a(2) EY1
aalborg AO1 L B AO0 R G # place, danish
aalborg(2) AA1 L B AO0 R G
abacus AE1 B AH0 K AH0 S
attribute AE1 T R AH0 B Y UW2 T
attribute(2) AE2 T R IH1 B Y UW2 T
attribute(3) AE1 T R AH0 B Y UW0 T
c# S IY1 SH AA1 R P
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "some.dict"
    path.write_text(SOME)
    return path


def read(file: Path, faults: Faults | None = None, **settings):  # type: ignore[no-untyped-def]
    return Cmudict(str(file), **{"val": 1, "test": 1, **settings}).read(faults)


def by_word(examples):  # type: ignore[no-untyped-def]
    found: dict[str, list[str]] = {}
    for example in examples:
        found.setdefault(example.inputs, []).extend([example.targets, *example.others])
    return found


def test_words_stand_with_all_their_pronunciations(file: Path) -> None:
    for stress, attribute in (
        (False, ["AE T R AH B Y UW T", "AE T R IH B Y UW T"]),
        (True, ["AE1 T R AH0 B Y UW2 T", "AE2 T R IH1 B Y UW2 T", "AE1 T R AH0 B Y UW0 T"]),
    ):
        splits = read(file, stress=stress)
        words = by_word(example for split in splits for example in split)
        assert set(words) == {"a", "aalborg", "abacus", "attribute", "c#"}
        assert words["attribute"] == attribute
        assert len(words["a"]) == len(words["aalborg"]) == 2


@pytest.mark.parametrize("number", range(6))
def test_all_of_a_word_is_in_one_split_as_one_example_but_in_training(file: Path, number: int) -> None:
    train, val, test = read(file, split=number)
    words = [by_word(split) for split in (train, val, test)]
    assert [len(one) for one in words] == [3, 1, 1]
    assert all(not set(one) & set(other) for one, other in combinations(words, 2))
    assert [len(val), len(test)] == [1, 1]
    assert not any(example.others for example in train)
    assert len(train) == sum(map(len, words[0].values()))


def test_what_becomes_one_without_stress_is_counted(file: Path) -> None:
    faults = Faults()
    read(file, faults)
    assert faults.lines() == [f"passed over 1 repeated pronunciation of {file}"]


@pytest.mark.parametrize(
    "line", ["abacus", "abacus AE1 b AH0", "abacus  ", "abacus AE3", "two words AE1", "x A B\tC", "x K\0"]
)
def test_a_line_of_another_form_is_told(file: Path, line: str) -> None:
    file.write_text(SOME + line + "\n")
    with pytest.raises(InputError, match=r"some\.dict:11: "):
        read(file)


def test_an_empty_file_is_told(file: Path) -> None:
    file.write_text(";;; nothing\n\n")
    with pytest.raises(InputError, match="no word found"):
        read(file)


def test_the_whole_dictionary_is_read(data_config) -> None:  # type: ignore[no-untyped-def]
    file = build(data_config("cmudict")["file"], IN_CONFIGS)
    if not file.path.is_file():
        pytest.skip(f"{file.path} is not there: set SEQMODELS_DATA to a folder that holds cmudict")
    train, val, test = Cmudict(file).read()
    words = [{example.inputs for example in split} for split in (train, val, test)]
    assert [len(one) for one in words] == [112_052, 2_000, 12_000]
    assert len(set.union(*words)) == 126_052
    assert sum(1 + len(example.others) for split in (train, val, test) for example in split) == 134_860
    assert len({phone for example in test for phone in str(example.targets).split()}) == 39
