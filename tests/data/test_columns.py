"""Sentences in columns."""

from pathlib import Path

import pytest

from seqmodels.data import Columns, Faults, Remote
from seqmodels.errors import InputError


def read(path: Path, content: str, **options: object) -> list[tuple[list[str], list[str]]]:
    path.write_text(content, encoding="utf-8")
    splits = Columns(*[str(path)] * 3, **options).read()  # type: ignore[arg-type]
    return [(list(example.inputs), list(example.targets)) for example in splits.train]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.conll"


@pytest.mark.parametrize(
    ("options", "words", "labels"),
    [
        ({}, ["Ada", "runs"], ["B", "O"]),
        ({"labels": 1}, ["Ada", "runs"], ["NNP", "VBZ"]),
        ({"tokens": 1, "labels": 0}, ["NNP", "VBZ"], ["Ada", "runs"]),
        ({"tokens": -2, "labels": 2}, ["NNP", "VBZ"], ["B", "O"]),
    ],
)
def test_words_and_labels_are_those_of_the_chosen_columns(
    options: dict[str, object], words: list[str], labels: list[str], path: Path
) -> None:
    assert read(path, "Ada\tNNP\tB\nruns\tVBZ\tO\n", **options) == [(words, labels)]


def test_whitespace_is_any_number_of_blanks_and_tabs_and_nothing_else(path: Path) -> None:
    content = " Ada  NNP\t B \nno\u00a0one PRP O\n"
    assert read(path, content, separator="whitespace") == [(["Ada", "no\u00a0one"], ["B", "O"])]


def test_a_word_may_hold_blanks_where_tabs_separate(path: Path) -> None:
    assert read(path, "10 000\tO\n") == [(["10 000"], ["O"])]


def test_one_line_with_more_columns_does_not_make_the_others_faulty(path: Path) -> None:
    path.write_text("a\tb\tO\n\n" + "a\tO\n\n" * 9, encoding="utf-8")
    faults = Faults("skip")
    assert len(Columns(*[str(path)] * 3).read(faults).train) == 9
    assert faults.lost == 1


@pytest.mark.parametrize(
    ("scheme", "to", "labels", "wanted"),
    [
        ("bio", None, "B-x I-x O", "B-x I-x O"),
        ("bio", "bioes", "B-x I-x O B-x", "B-x E-x O S-x"),
        ("iob1", "bio", "I-x I-x B-x O", "B-x I-x B-x O"),
        ("bioes", "bio", "B-x E-x O S-x", "B-x I-x O B-x"),
        ("bioes", "bioes", "B-x E-x", "B-x E-x"),
    ],
)
def test_labels_are_converted_to_another_scheme(
    scheme: str, to: str | None, labels: str, wanted: str, path: Path
) -> None:
    content = "".join(f"w\t{label}\n" for label in labels.split())
    ((_, found),) = read(path, content, scheme=scheme, to=to)
    assert found == wanted.split()


def test_labels_of_another_scheme_than_is_said_are_faults_of_their_lines(path: Path) -> None:
    path.write_text("a\tB-x\nb\tI-x\n\nc\tS-x\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Columns(*[str(path)] * 3, scheme="bioes").read()
    assert caught.value.faults == [
        f"{path}:2: I-x found as the last label, wanted E-x behind it; S-x is an entity of one word"
    ]


def test_a_scheme_to_convert_to_wants_one_to_convert_from(path: Path) -> None:
    with pytest.raises(ValueError, match="to=bio found without scheme, wanted the scheme of the file"):
        Columns(*[str(path)] * 3, to="bio")


def test_marks_of_documents_are_no_sentences_and_counted(path: Path) -> None:
    mark = "-DOCSTART- -X- O O\n\n"
    content = f"{mark}Ada NNP B-NP B-PER\n\n{mark}-DOCSTART- NN B-NP O\nis VBZ B-VP O\n"
    path.write_text(content)
    faults = Faults()
    splits = Columns(*[str(path)] * 3, separator="whitespace").read(faults)
    assert [example.inputs for example in splits.train] == [["Ada"], ["-DOCSTART-", "is"]]
    assert faults.lines() == [f"passed over 2 document marks of {path}"]


def test_an_order_that_is_not_asked_for_is_not_looked_at(path: Path) -> None:
    assert read(path, "Ada\tI-person\n") == [(["Ada"], ["I-person"])]


def test_wnut_has_the_published_numbers_of_posts_and_words(data_config) -> None:  # type: ignore[no-untyped-def]
    config = data_config("wnut17")
    files = [Remote(*(config[split][key] for key in ("url", "sha256", "folder"))) for split in ("train", "val", "test")]
    if missing := [file.path for file in files if not file.path.is_file()]:
        pytest.skip(f"{missing[0]} is not there: set SEQMODELS_DATA to a folder that holds {files[0].folder}")
    splits = Columns(*files, scheme=config["scheme"]).read()
    assert [len(split) for split in splits] == [3_394, 1_009, 1_287]
    assert [sum(len(e.inputs) for e in split) for split in splits] == [62_730, 15_733, 23_394]
    assert len({label for split in splits for e in split for label in e.targets}) == 13
