"""Answers of a trained model for texts from the command line, a file or standard input."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from errno import EACCES, EISDIR, ENOENT
from pathlib import Path
from typing import Any

from seqmodels.errors import InputError
from seqmodels.reports import aligned, main_fields, part_of
from seqmodels.run.load import Predictor
from seqmodels.run.show import words
from seqmodels.storage import write_text
from seqmodels.text import Field


def read_texts(texts: Sequence[str], file: str | None, blank: bool = False) -> list[str]:
    """The texts to answer: those on the command line, then those of a file (``-`` is standard input), one a line.

    Args:
        texts: those on the command line.
        file: a name, if there is one.
        blank: whether blanks and line ends are a text on the command line: a language model can go on from them.

    Raises:
        InputError: there is none, the file is missing, or a line is empty or not UTF-8.
    """
    result = list(texts)
    faults = [f"text {i + 1} is empty" for i, text in enumerate(texts) if not (text if blank else text.strip())]
    faults += undecoded(texts)
    if file is not None:
        for number, line in enumerate(_lines(file), start=1):
            if not line.strip():
                faults.append(f"{file}:{number}: an empty line found, wanted one text a line; take it out")
            result.append(line)
    if faults:
        raise InputError(faults)
    if not result:
        raise InputError("no text found: write it behind the run, or name a file with --input FILE (- reads stdin)")
    return result


def undecoded(texts: Sequence[str]) -> list[str]:
    """A line for every text of a command line that is not UTF-8: Python keeps such bytes as halves of letters."""
    halves = ("\ud800", "\udfff")
    found = [i for i, text in enumerate(texts, start=1) if any(halves[0] <= letter <= halves[1] for letter in text)]
    return [f"text {i}: not UTF-8; convert it to UTF-8" for i in found]


def _lines(file: str) -> list[str]:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-8-sig").replace("\r\n", "\n").removesuffix("\n").split("\n") if raw else []
    except OSError as error:
        raise InputError(f"--input {file}: {error.strerror}; name a text file, one text a line") from error
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(f"{file}:{line}: not UTF-8; convert the file to UTF-8") from error


def answers(
    predictor: Predictor,
    texts: Sequence[str],
    as_json: bool,
    width: int | None = None,
    done: Callable[[int], None] | None = None,
) -> list[str]:
    """What the model says of each text; labels stand under their tokens, a label of the whole behind them.

    Args:
        predictor: the model.
        texts: what to answer.
        as_json: JSON objects instead, {"input", "prediction"} and, for labels per token, "tokens".
        width: of the terminal; tokens and labels go on in further lines there. None: any.
        done: called with how many texts were answered, after every batch.
    """
    answers = []
    for text, said in zip(texts, predictor.predict(texts, done=done), strict=True):
        tokens = predictor.inputs.split(text)
        per_token = predictor.targets.per_step and isinstance(said, list | dict)
        if as_json:
            record = {"input": text} | ({"tokens": tokens} if per_token else {}) | {"prediction": said}
            answers.append(json.dumps(record, ensure_ascii=False))
        else:
            answers.append(labelled(predictor.targets, tokens, said, width) if per_token else words(said))
    return answers


def laid_out(answers: Sequence[str], lines: int) -> str:
    """Answers below each other, an empty line between them if one has more lines than these."""
    return ("\n\n" if apart(answers, lines) else "\n").join(answers) + "\n"


def apart(answers: Sequence[str], lines: int) -> bool:
    """Whether an empty line stands between answers: the lines of one stand together."""
    return any(answer.count("\n") >= lines for answer in answers)


def labelled(field: Field, tokens: list[str], said: list[str] | Mapping[str, Any], width: int | None) -> str:
    """Tokens over their labels; behind them, by name, a label of the whole.

    Args:
        field: of the labels.
        tokens: T of them.
        said: their labels, or several kinds by name.
        width: of the terminal, after which they go on in further lines. None: any.
    """
    rows, behind = [tokens], []
    for name, part in main_fields(field).items():
        labels = part_of(said, name)
        if part.per_step:
            rows.append(labels)
        else:
            behind.append(f"{name}: {words(labels)}")
    return "\n".join([*(line for line in aligned(rows, width) if line), *behind])


def terminal_width() -> int | None:
    """How wide the terminal is that standard output goes to; None where it goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def check_output(file: str | None) -> None:
    """Refuse a file that cannot be written before a model has worked for it.

    Raises:
        InputError: it is a folder, or its own folder is not there or may not be written to.
    """
    path = Path(file or "answers.txt")
    if path.exists() and not path.is_file() and not path.is_dir():  # a device or a pipe
        wrong = 0 if os.access(path, os.W_OK) else EACCES
    else:  # a file is replaced, through a link that which it names
        path = path.resolve()
        wrong = EISDIR if path.is_dir() else 0 if path.parent.is_dir() else ENOENT
        wrong = wrong or (0 if os.access(path.parent, os.W_OK) else EACCES)
    if file is not None and wrong:
        raise InputError(f"--output {file}: {os.strerror(wrong)}; name a file that can be written")


def deliver(text: str, file: str | None) -> None:
    """Write answers to a file, whole or not at all, or to standard output."""
    if file is None:
        sys.stdout.write(text)
        return
    path = Path(file)
    try:
        if path.exists() and not path.is_file():  # a device or a pipe: written to, not replaced
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
        else:
            write_text(path.resolve(), text)  # through a link, to the file that it names
    except OSError as error:
        raise InputError(f"--output {file}: {error.strerror}; name a file that can be written") from error
