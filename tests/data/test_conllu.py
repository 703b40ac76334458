"""Treebanks in CoNLL-U."""

import inspect
from pathlib import Path
from typing import get_args

import conllu as reference
import pytest

from seqmodels.data import Conllu, Faults, Remote, Splits
from seqmodels.data.conllu import COLUMNS, read_conllu
from seqmodels.data.faults import SHOWN
from seqmodels.errors import InputError

UPOS = COLUMNS.index("upos")
CHOICES = get_args(inspect.signature(Conllu).parameters["column"].annotation)


def row(number: int | str, form: str = "cat", **cells: str) -> str:
    values = {"id": str(number), "form": form, "upos": "NOUN", **cells}
    return "\t".join(values.get(column, "_") for column in COLUMNS) + "\n"


def read(path: Path, content: str | bytes, column: str = "upos") -> list[tuple[list[str], list[str]]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    told = Faults()
    examples = read_conllu(path, COLUMNS.index(column), told)
    told.check()
    return [(list(e.inputs), list(e.targets)) for e in examples]


def faults(path: Path, content: str | bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(path, content)
    return caught.value.faults


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.conllu"


GOOD = row(1, "two", upos="NUM") + row(2, "cats")

# name: (content, line of the fault, what was found, what was wanted)
BAD: dict[str, tuple[str | bytes, int, str, str]] = {
    "missing column": (row(1) + row(2).replace("\t_\n", "\n"), 2, "9 columns found", "10 separated by tabs wanted"),
    "extra column": (row(1).replace("\n", "\t_\n") + row(2), 1, "11 columns found", "10 separated by tabs wanted"),
    "extra column in a multiword token": (
        row("1-2").replace("\n", "\t_\n") + row(1) + row(2),
        1,
        "11 columns found",
        "10 separated by tabs wanted",
    ),
    "spaces for tabs": (row(1) + row(2).replace("\t", "    ") + row(3), 2, "1 columns found", "spaces instead of tabs"),
    "blanks between sentences": (GOOD + "  \n" + GOOD, 3, "1 columns found", "10 separated by tabs wanted"),
    "skipped ID": (row(1) + row(2) + row(4) + row(5) + row(6), 3, "ID 4 found", "3 wanted"),
    "repeated ID": (row(1) + row(1) + row(2), 2, "ID 1 found", "2 wanted"),
    "IDs from 0": (row(0) + row(1), 1, "ID '0' found", "wanted a number"),
    "sentence that starts at 2": ("# x\n" + GOOD + "\n" + row(2) + row(3), 5, "ID 2 found", "1 wanted"),
    "no blank line between two": (GOOD + GOOD + "\n" + GOOD, 3, "ID 1 found", "a blank line between two"),
    "no blank line but a comment": (GOOD + "# x\n" + GOOD, 4, "ID 1 found", "a blank line between two"),
    "word for an ID": (row("one") + row(2), 1, "ID 'one' found", "wanted a number, a range (1-2)"),
    "empty ID": (row(1) + row("") + row(3), 2, "ID '' found", "an empty node (1.1)"),
    "half a range": (row(1) + row("2-") + row(3), 2, "ID '2-' found", "a range (1-2)"),
    "empty node 0": (row(1) + row("2.0") + row(3), 2, "ID '2.0' found", "an empty node (1.1)"),
    "empty FORM": (row(1) + "\n" + row(1, ""), 3, "FORM is empty", "wanted a word"),
    "no label": (row(1) + row(2, upos="_"), 2, "UPOS '_' found", "wanted a label"),
    "empty label": (row(1) + row(2, upos=""), 2, "UPOS '' found", "wanted a label"),
    "Latin-1": (row(1).encode() + row(2, "caf\xe9").encode("latin-1"), 2, "byte 0xe9 at position 6", "to UTF-8"),
    "endless ID": (row(1) + row("9" * 5000) + row(3), 2, "ID '999", "wanted a number"),
    "NUL": (row(1) + row(2, "c\0t"), 2, "NUL found at position 4", "wanted text"),
    "carriage return alone": (row(1) + row(2, "c\rt"), 2, "a lone carriage return found at position 4", "CRLF"),
    "byte order mark in the midst": (GOOD + "\n\ufeff# x\n" + GOOD, 4, "a byte order mark found", "wanted none"),
    "comments without a sentence": (GOOD + "\n# text = no\n\n" + GOOD, 4, "a sentence without words", "one word"),
    "range without words": (row("1-2"), 1, "a sentence without words found", "wanted at least one word"),
    "UTF-16": (b"\xff\xfe" + row(1).encode(), 1, "byte 0xff at position 1", "to UTF-8"),
}


@pytest.mark.parametrize("name", [name for name in BAD if name != "UTF-16"])
def test_a_fault_is_told_once_with_its_line_and_what_was_found_and_wanted(name: str, path: Path) -> None:
    content, line, found, wanted = BAD[name]
    (fault,) = faults(path, content)
    assert fault.startswith(f"{path}:{line}: ")
    assert found in fault
    assert wanted in fault


def test_a_file_in_another_encoding_is_refused_at_its_first_byte(path: Path) -> None:
    content, line, found, wanted = BAD["UTF-16"]
    first = faults(path, content)[0]
    assert first.startswith(f"{path}:{line}: {found}")
    assert wanted in first


@pytest.mark.parametrize("content", ["", "\n\n", "# only\n# comments\n", "\ufeff"])
def test_a_file_without_a_sentence_is_refused(content: str, path: Path) -> None:
    (fault,) = faults(path, content)
    assert fault.startswith(f"{path}: no sentence found, wanted at least one")


def test_several_faults_are_told_together_in_the_order_of_their_lines(path: Path) -> None:
    told = faults(path, row(1, "") + "\n" + row(1) + row(3) + "\n" + row("x") + "\n" + GOOD)
    assert [fault.removeprefix(f"{path}:").split(":")[0] for fault in told] == ["1", "4", "6"]


@pytest.mark.parametrize(("count", "more"), [(SHOWN, 0), (SHOWN + 1, 1), (25, 25 - SHOWN)])
def test_many_faults_are_cut_short_with_a_count(count: int, more: int, path: Path) -> None:
    told = faults(path, (row(1, "") + "\n") * count)
    shown = told[:SHOWN]
    assert [fault.startswith(f"{path}:{2 * i + 1}: ") for i, fault in enumerate(shown)] == [True] * SHOWN
    assert told[SHOWN:] == ([f"{path}: and {more} more fault{'s' * (more > 1)}"] if more else [])


def test_a_missing_file_is_told_with_its_path_and_the_folder_looked_from(path: Path) -> None:
    with pytest.raises(InputError, match="no such file") as caught:
        Conllu(str(path), str(path), str(path)).read()
    assert str(path) in str(caught.value)
    assert str(Path.cwd()) in str(caught.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder found, wanted a file"):
        Conllu(str(tmp_path), str(tmp_path), str(tmp_path)).read()


def test_the_line_of_a_multiword_token_is_left_out_and_its_words_stay(path: Path) -> None:
    content = row(1, "I") + row("2-3", "don't", upos="_") + row(2, "do") + row(3, "n't") + row(4, "know")
    assert read(path, content) == [(["I", "do", "n't", "know"], ["NOUN"] * 4)]


def test_empty_nodes_are_left_out_also_before_the_first_word(path: Path) -> None:
    content = row("0.1", "_") + row(1, "I") + row("1.1", "ate", upos="VERB") + row("1.2", "") + row(2, "tea")
    assert read(path, content) == [(["I", "tea"], ["NOUN", "NOUN"])]


def test_comments_and_repeated_blank_lines_are_no_sentences(path: Path) -> None:
    content = "\n# sent_id = 1\n# text = two cats\n" + GOOD + "\n\n\n# x\n" + GOOD + "\n\n"
    assert read(path, content) == [(["two", "cats"], ["NUM", "NOUN"])] * 2


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        b"\xef\xbb\xbf# comment\n" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode() + b"\r\n",
        GOOD.encode() + b"\n",
        GOOD.rstrip("\n").encode(),
    ],
    ids=["byte order mark", "byte order mark before a comment", "CRLF", "blank last line", "no final newline"],
)
def test_how_a_file_begins_and_ends_its_lines_changes_nothing(content: bytes, path: Path) -> None:
    assert read(path, content) == [(["two", "cats"], ["NUM", "NOUN"])]


@pytest.mark.parametrize("form", ["_", "#", "10 000", "a\u2028b", "a\x0bb", "a\x85b", "\u00a0", "\U0001f600"])
def test_a_form_is_taken_as_it_stands(form: str, path: Path) -> None:
    assert read(path, row(1, form) + row(2)) == [([form, "cat"], ["NOUN", "NOUN"])]


@pytest.mark.parametrize("column", CHOICES)
def test_the_labels_are_those_of_the_chosen_column(column: str, path: Path) -> None:
    cells = {name: f"{name} cell" for name in COLUMNS if name not in ("id", "form")}
    path.write_text(row(1, **cells), encoding="utf-8")
    files = [str(path)] * 3
    assert [split[0].targets for split in Conllu(*files, column=column).read()] == [[f"{column} cell"]] * 3


@pytest.mark.parametrize("column", CHOICES)
def test_an_underscore_is_a_value_only_where_the_format_has_it_as_one(column: str, path: Path) -> None:
    cells = {name: "X" for name in COLUMNS if name not in ("id", "form", column)}
    if column in ("lemma", "feats"):
        assert read(path, row(1, **cells, **{column: "_"}), column) == [(["cat"], ["_"])]
    else:
        with pytest.raises(InputError, match=f"{path}:1: {column.upper()} '_' found, wanted a label"):
            read(path, row(1, **cells, **{column: "_"}), column)


def test_the_origin_of_a_sentence_is_where_it_starts(path: Path) -> None:
    path.write_text(GOOD + "\n# x\n" + GOOD + "\n\n" + GOOD, encoding="utf-8")
    assert [e.origin for e in read_conllu(path, UPOS, Faults())] == ["a.conllu:1", "a.conllu:4", "a.conllu:9"]


def test_making_a_reader_touches_no_file() -> None:
    Conllu("nowhere", "nowhere", "nowhere")


@pytest.mark.parametrize("split", Splits._fields)
def test_ewt_is_read_as_the_conllu_package_reads_it(split: str, ewt_reader: Conllu, ewt: Splits) -> None:
    remote = ewt_reader.files[Splits._fields.index(split)]
    assert isinstance(remote, Remote)
    # Parsing the columns that are not compared would take most of this suite's time.
    unread = {column: lambda line, i: line[i] for column in ("feats", "head", "deps", "misc")}
    parsers = {**unread, "id": reference.parser.DEFAULT_FIELD_PARSERS["id"]}
    with open(remote.path, encoding="utf-8") as file:
        theirs = [
            ([word["form"] for word in words], [word["upos"] for word in words])
            for sentence in reference.parse_incr(file, field_parsers=parsers)
            if (words := [token for token in sentence if isinstance(token["id"], int)])
        ]
    assert [(e.inputs, e.targets) for e in getattr(ewt, split)] == theirs


def test_ewt_has_the_published_numbers_of_sentences_and_words(ewt: Splits) -> None:
    assert [len(split) for split in ewt] == [12_544, 2_001, 2_077]
    assert [sum(len(e.inputs) for e in split) for split in ewt] == [204_577, 25_147, 25_094]


def test_further_columns_stand_beside_the_first_by_name(path: Path) -> None:
    path.write_text(row(1, xpos="NN", feats="Number=Sing") + row(2, "sat", upos="VERB", feats="_"))
    told = Faults()
    (example,) = read_conllu(path, UPOS, told, [COLUMNS.index("xpos"), COLUMNS.index("feats")])
    told.check()  # an annotation that is missing there is a label like others
    assert example.targets == {"upos": ["NOUN", "VERB"], "xpos": ["NN", "_"], "feats": ["Number=Sing", "_"]}


def test_an_empty_cell_of_a_further_column_is_a_fault(path: Path) -> None:
    path.write_text(row(1, xpos=""))
    with pytest.raises(InputError, match=r":1: XPOS '' found, wanted a label"):
        Conllu(str(path), str(path), str(path), also=["xpos"]).read()


def test_a_column_named_twice_is_refused() -> None:
    with pytest.raises(InputError, match="a column is named twice"):
        Conllu("a", "b", "c", column="upos", also=["upos"])
    with pytest.raises(InputError, match="a column is named twice"):
        Conllu("a", "b", "c", also=["xpos", "xpos"])
