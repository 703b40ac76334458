"""Faulty text files for every reader: what is told of them, and what is kept without them."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from seqmodels.data import Columns, Conllu, Csv, Parallel, Reader, SequenceData
from seqmodels.errors import InputError
from seqmodels.text import Field, Label, StepLabels, Tokens

WORD = "{}\t{}\t_\t{}" + "\t_" * 6 + "\n"
CAT, RUNS = WORD.format(1, "cats", "NOUN"), WORD.format(2, "run", "VERB")
SENTENCE = CAT + RUNS + "\n"
COLUMNS = "Ada\tB-person\nLovelace\tI-person\nruns\tO\n\n"
HEADER, ROW = "id,text,label\n", "1,two cats,5\n"
TAIL = b"\n" + SENTENCE.encode()  # a good sentence behind a bad one


class Case(NamedTuple):
    """A faulty file as the validation split of otherwise good data.

    Args:
        kind: which reader.
        content: of the file; None for a file that is not there.
        told: how the faults begin, in their order; {bad} is the file's path.
        kept: examples that stay if faults are skipped; None if it has to be an error in any case.
        lost: what is counted as left out then, for instance "2 sentences".
        options: of the reader.
    """

    kind: str
    content: bytes | str | None
    told: list[str]
    kept: int | None
    lost: str | None
    options: dict[str, object]


def conllu(
    content: bytes | str | None, told: str | list[str], kept: int | None = None, lost: str | None = None
) -> Case:
    return Case("conllu", content, [told] if isinstance(told, str) else told, kept, lost, {})


def columns(
    content: str, told: str | list[str], kept: int | None = None, lost: str | None = None, **options: object
) -> Case:
    told = [told] if isinstance(told, str) else told
    return Case("columns", content, told, kept, lost, {"scheme": "bio", **options})


def table(
    content: bytes | str, told: str | list[str], kept: int | None = None, lost: str | None = None, **options: object
) -> Case:
    return Case("csv", content, [told] if isinstance(told, str) else told, kept, lost, options)


def parallel(content: bytes | str, told: str, kept: int | None = None, lost: str | None = None) -> Case:
    return Case("parallel", content, [told] if told else [], kept, lost, {})


GOOD = {
    "conllu": SENTENCE * 2,
    "columns": COLUMNS * 2,
    "csv": HEADER + ROW * 2,
    "parallel": "two cats\na dog\n",
}
ONE = "1 sentence"

CASES: dict[str, Case] = {
    # what is no fault
    "conllu: byte order mark at the start": conllu(b"\xef\xbb\xbf" + SENTENCE.encode(), [], 1),
    "conllu: CRLF": conllu(SENTENCE.replace("\n", "\r\n") * 2, [], 2),
    "conllu: no line break at the end": conllu((SENTENCE * 2).rstrip("\n"), [], 2),
    "columns: a blank line of blanks and tabs": columns("Ada\tB-person\n\t\nruns\tO\n \t \n", [], 2),
    "parallel: gzipped": parallel(gzip.compress(b"two cats\na dog\n"), "", 2),
    "csv: byte order mark, CRLF and cells of several lines": table(
        b'\xef\xbb\xbfid,text,label\r\n1,"two\r\n""cats""",5\r\n2,a dog,5\r\n\r\n', [], 2
    ),
    # CoNLL-U
    "conllu: missing column": conllu(
        CAT.replace("\t_\n", "\n") + RUNS + "\n" + SENTENCE, "{bad}:1: 9 columns found, 10 separated by tabs", 1, ONE
    ),
    "conllu: extra column": conllu(
        SENTENCE + CAT.replace("\n", "\t_\n") + RUNS, "{bad}:4: 11 columns found, 10 separated by tabs", 1, ONE
    ),
    "conllu: blanks instead of tabs": conllu(
        SENTENCE + CAT.replace("\t", "  ") + RUNS,
        "{bad}:4: 1 columns found, 10 separated by tabs wanted; are there spaces instead of tabs?",
        1,
        ONE,
    ),
    "conllu: an ID left out": conllu(
        SENTENCE + CAT + RUNS.replace("2", "3", 1), "{bad}:5: ID 3 found, 2 wanted: words count from 1", 1, ONE
    ),
    "conllu: no blank line between two": conllu(
        CAT + RUNS + CAT + RUNS + "\n" + SENTENCE, "{bad}:3: ID 1 found, 3 wanted: words count from 1", 1, ONE
    ),
    "conllu: an ID of 5,000 digits": conllu("9" * 5000 + CAT[1:] + "\n" + SENTENCE, "{bad}:1: ID '999", 1, ONE),
    "conllu: empty word": conllu(CAT.replace("cats", "") + "\n" + SENTENCE, "{bad}:1: the FORM is empty", 1, ONE),
    "conllu: no label": conllu(
        CAT.replace("NOUN", "_") + "\n" + SENTENCE, "{bad}:1: UPOS '_' found, wanted a label", 1, ONE
    ),
    "conllu: a label that training does not have": conllu(
        SENTENCE + CAT.replace("NOUN", "INTJ"),
        "bad.conllu:4: label 'INTJ' does not occur in the training split, which has NOUN, VERB;",
        1,
        "1 example",
    ),
    "conllu: empty sentence": conllu(
        "# sent_id = 1\n# text = none\n\n" + SENTENCE, "{bad}:1: a sentence without words found", 1, ONE
    ),
    "conllu: NUL": conllu(CAT.replace("cats", "c\0ts") + TAIL.decode(), "{bad}:1: NUL found at position 4", 1, ONE),
    "conllu: not UTF-8": conllu(
        CAT.encode().replace(b"cats", b"caf\xe9") + TAIL, "{bad}:1: byte 0xe9 at position 6 is not UTF-8", 1, ONE
    ),
    "conllu: a lone carriage return": conllu(
        CAT.replace("cats", "c\rts") + "\n" + SENTENCE, "{bad}:1: a lone carriage return found at position 4", 1, ONE
    ),
    "conllu: byte order mark in the midst": conllu(
        SENTENCE + "\ufeff" + SENTENCE, "{bad}:4: a byte order mark found, wanted none but at the start", 1, ONE
    ),
    "conllu: one giant line": conllu(
        CAT.replace("cats", "c" * (3 << 20)) + "\n" + SENTENCE,
        "{bad}:1: a line of 3,145,750 bytes found, at most",
        1,
        ONE,
    ),
    "conllu: two faults in one sentence": conllu(
        CAT.replace("cats", "") + RUNS.replace("VERB", "_") + "\n" + SENTENCE,
        ["{bad}:1: the FORM is empty", "{bad}:2: UPOS '_' found, wanted a label"],
        1,
        ONE,
    ),
    "conllu: twelve faults": conllu(
        (CAT.replace("cats", "") + "\n") * 12 + SENTENCE,
        [*(f"{{bad}}:{line}: the FORM is empty" for line in range(1, 21, 2)), "{bad}: and 2 more faults"],
        1,
        "12 sentences",
    ),
    "conllu: every sentence faulty": conllu(CAT.replace("cats", "") + "\n", "{bad}:1: the FORM is empty", 0, ONE),
    "conllu: UTF-16": conllu(
        SENTENCE.encode("utf-16"), "{bad}:1: byte 0xff at position 1 is not UTF-8, the file begins"
    ),
    "conllu: empty file": conllu("", "{bad}: no sentence found, wanted at least one; is the file empty?"),
    "conllu: comments alone": conllu("# one\n# two\n", "{bad}: no sentence found, wanted at least one"),
    "conllu: no such file": conllu(None, "{bad}: no such file"),
    "conllu: a gz that was cut short": conllu(
        gzip.compress(SENTENCE.encode() * 9)[:-8], "{bad}:28: the file cannot be read on; if it is a .gz"
    ),
    # columns
    "columns: missing column": columns(
        COLUMNS + "runs\n", "{bad}:5: 1 columns found, 2 wanted as in most lines", 1, ONE
    ),
    "columns: extra column": columns(
        "Ada\tB-person\tO\n\n" + COLUMNS, "{bad}:1: 3 columns found, 2 wanted as in most lines", 1, ONE
    ),
    "columns: blanks instead of tabs in a line": columns(
        COLUMNS + "runs O\n",
        "{bad}:5: 1 columns found, 2 wanted as in most lines; are there blanks instead of tabs?",
        1,
        ONE,
    ),
    "columns: blanks instead of tabs": columns(
        COLUMNS.replace("\t", " "), "{bad}: most lines have 1 column, wanted words in column 0 and labels in column -1"
    ),
    "columns: a column that is not there": columns(
        COLUMNS,
        [f"{file}: most lines have 2 columns, wanted words" for file in ("{folder}/good.columns", "{bad}")],
        labels=3,
    ),
    "columns: empty word": columns(COLUMNS + "\tO\n", "{bad}:5: an empty word found", 1, ONE),
    "columns: empty label": columns("runs\t\n\n" + COLUMNS, "{bad}:1: an empty label found", 1, ONE),
    "columns: I behind O": columns(
        "runs\tO\nAda\tI-person\n\n" + COLUMNS, "{bad}:2: I-person found behind O, wanted B-person or I-person", 1, ONE
    ),
    "columns: I behind another B": columns(
        "Ada\tB-place\nLovelace\tI-person\n\n" + COLUMNS,
        "{bad}:2: I-person found behind B-place, wanted B-person",
        1,
        ONE,
    ),
    "columns: I at the start": columns("Ada\tI-person\n\n" + COLUMNS, "{bad}:1: I-person found behind O", 1, ONE),
    "columns: a label that is no BIO": columns(
        COLUMNS + "Ada\tperson\n", "{bad}:5: label 'person' found, wanted O, B-... or I-...", 1, ONE
    ),
    "columns: NUL": columns("A\0a\tO\n\n" + COLUMNS, "{bad}:1: NUL found at position 2", 1, ONE),
    "columns: empty file": columns("\n\n", "{bad}: no sentence found, wanted at least one"),
    # tables
    "csv: missing column in the header": table(
        "id,txt,label\n" + ROW, "{bad}:1: no column 'text' in the header; closest: 'txt'"
    ),
    "csv: no header": table(ROW, [f"{{bad}}:1: no column '{name}' in the header" for name in ("text", "label")]),
    "csv: duplicate header": table("text,text,label\n" + ROW, "{bad}:1: column 'text' stands 2 times in the header"),
    "csv: another separator": table(
        "id;text;label\n1;two cats;5\n",
        [
            f"{{bad}}:1: no column '{name}' in the header; closest: 'id;text;label'; is the separator another one?"
            for name in ("text", "label")
        ],
    ),
    "csv: too few cells": table(HEADER + ROW + "2,a dog\n", "{bad}:3: row 2: 2 cells found, 3 wanted", 1, "1 row"),
    "csv: too many cells": table(
        HEADER + "1,two, cats,5\n" + ROW, "{bad}:2: row 1: 4 cells found, 3 wanted", 1, "1 row"
    ),
    "csv: a blank line between rows": table(
        HEADER + ROW + "\n" + ROW, "{bad}:3: row 2: a blank line found", 2, "1 row"
    ),
    "csv: no number": table(
        HEADER + ROW + "2,a dog,five\n",
        "{bad}:3: row 2: 'five' found in column 'label', wanted a finite number",
        1,
        "1 row",
        numeric=True,
    ),
    "csv: not a number": table(
        HEADER + ROW + "2,a dog,nan\n",
        "{bad}:3: row 2: 'nan' found in column 'label', wanted a finite",
        1,
        "1 row",
        numeric=True,
    ),
    "csv: empty label": table(HEADER + "1,two cats,\n" + ROW, "{bad}:2: row 1: column 'label' is empty", 1, "1 row"),
    "csv: empty text": table(HEADER + ROW + "2, ,5\n", "{bad}:3: row 2: column 'text' is empty", 1, "1 row"),
    "csv: a quote within quotes": table(
        HEADER + '1,"two "cats"",5\n' + ROW,
        "{bad}:2: row 1: ',' expected after '\"'; a quote in a quoted cell",
        1,
        "1 row",
    ),
    "csv: a quote that is never closed": table(
        HEADER + ROW + '2,"a dog,5\n' + ROW * 3,
        "{bad}:3: a quote that this row opens is not closed until the file ends 3 lines",
    ),
    "csv: NUL": table(HEADER + ROW + "2,a\0dog,5\n", "{bad}:3: row 2: NUL found at position 4", 1, "1 row"),
    "csv: not UTF-8": table(
        (HEADER + ROW).encode() + b"2,caf\xe9,5\n", "{bad}:3: row 2: byte 0xe9 at position 6 is not UTF-8", 1, "1 row"
    ),
    "csv: a label that training does not have": table(
        HEADER + ROW + "2,a dog,4\n", "bad.csv:3: label '4' does not occur in the training split", 1, "1 example"
    ),
    "csv: header alone": table(HEADER, "{bad}: no row found behind the header, wanted at least one"),
    "csv: empty file": table("", "{bad}: no header found; is the file empty?"),
    # parallel texts
    "parallel: fewer lines": parallel(
        "two cats\n", "{bad} has 1 lines and {folder}/good.parallel has 2, wanted equally many"
    ),
    "parallel: more lines": parallel(
        "a\nb\nc\n", "{bad} has 3 lines and {folder}/good.parallel has 2, wanted equally many"
    ),
    "parallel: empty line": parallel("two cats\n \n", "{bad}:2: an empty line found, wanted a text", 1, "1 pair"),
    "parallel: not UTF-8": parallel(
        b"two c\xe4ts\na dog\n", "{bad}:1: byte 0xe4 at position 6 is not UTF-8", 1, "1 pair"
    ),
    "parallel: empty file": parallel("", "{bad} has 0 lines and {folder}/good.parallel has 2, wanted equally many"),
    "parallel: a gz with a changed byte": parallel(
        gzip.compress(b"two cats\na dog\n")[:-6] + b"\0" * 6, "{bad}:3: the file cannot be read on; if it is a .gz"
    ),
}


def reader(case: Case, good: Path, bad: Path) -> Reader:
    """The reader of a case, its validation split the bad file."""
    if case.kind == "parallel":
        fine = {"source": str(good), "target": str(good)}
        return Parallel(fine, {"source": str(bad), "target": str(good)}, fine)
    readers: dict[str, Callable[..., Reader]] = {"conllu": Conllu, "columns": Columns, "csv": Csv}
    return readers[case.kind](str(good), str(bad), str(good), **case.options)


def fields(case: Case) -> tuple[Field, Field]:
    """Fields for what the reader of a case reads."""
    kinds: dict[str, Callable[[], Field]] = {"csv": Label, "parallel": Tokens}
    return Tokens(), kinds.get(case.kind, StepLabels)()


def attempt(case: Case, folder: Path) -> str | None:
    """What was wrong with what was told of a case, in both modes; None if nothing was."""
    good, bad = folder / f"good.{case.kind}", folder / f"bad.{case.kind}"
    good.write_bytes(GOOD[case.kind].encode())
    if case.content is not None:
        bad.write_bytes(case.content if isinstance(case.content, bytes) else case.content.encode())
    told = [line.format(bad=bad, folder=folder) for line in case.told]
    read = reader(case, good, bad)
    wrong = _told(SequenceData(read, *fields(case)), told, 2 if case.kept is None else case.kept)
    if wrong:
        return f"raise: {wrong}"
    data = SequenceData(read, *fields(case), on_bad="skip")
    if case.kept is None:
        wrong = _told(data, told, 0)
    elif not case.kept:
        wrong = _told(data, ["the val split is empty, wanted at least one example", f"skipped {case.lost} of {bad}"], 0)
    else:
        wrong = _kept(data, case, told)
    return f"skip: {wrong}" if wrong else None


def _told(data: SequenceData, wanted: list[str], kept: int) -> str | None:
    try:
        data.setup("fit")
    except InputError as error:
        found = error.faults
    else:
        found = [] if len(data.splits.val) == kept else [f"{len(data.splits.val)} examples read, {kept} wanted"]
    fits = len(found) == len(wanted) and all(one.startswith(other) for one, other in zip(found, wanted, strict=True))
    return None if fits else f"told {found}, wanted {wanted}"


def _kept(data: SequenceData, case: Case, told: list[str]) -> str | None:
    data.setup("fit")
    sizes = [len(split) for split in data.splits]
    if sizes != [2, case.kept, 2] or len(data.encoded["val"]) != case.kept:
        return f"{sizes} examples kept, wanted {[2, case.kept, 2]}"
    lines = data.faults.lines()
    if case.lost is None:
        return f"said {lines}, wanted nothing" if lines else None
    first = told[0].rsplit("/", 1)[-1]
    fits = len(lines) == 1 and lines[0].startswith(f"skipped {case.lost} of ") and first in lines[0]
    return None if fits else f"said {lines}, wanted skipped {case.lost} ... {first}"
