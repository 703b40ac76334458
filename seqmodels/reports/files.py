"""The files of a report, by name."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from seqmodels.metrics import SpanScores
from seqmodels.reports.answers import Answers, Part
from seqmodels.reports.confusion import confusion, confusion_csv, confusion_picture
from seqmodels.reports.curves import learning_curves, read_log
from seqmodels.reports.errors import error_report
from seqmodels.reports.samples import sample_page
from seqmodels.reports.spans import spans_csv
from seqmodels.storage import replacing

File = tuple[str, Callable[[], bytes]]  # its name, and what makes its content


def answer_files(answers: Answers, spans: Mapping[str, Mapping[str, SpanScores]], title: str) -> Iterator[File]:
    """What is written of the answers to a split: errors, and for every part confusions and spans, or samples.

    Args:
        answers: to the split.
        spans: of those parts that have some, by the part's name.
        title: stands above pictures.
    """
    yield "errors.txt", lambda: error_report(answers).encode()
    for part in answers.parts:
        ending, above = (f"_{part.name}", f"{title}: {part.name}") if part.name else ("", title)
        if part.kind == "sequence":
            yield f"samples{ending}.txt", partial(_samples, answers, part)
        else:
            yield f"confusion{ending}.csv", partial(_table, part)
            yield f"confusion{ending}.png", partial(_picture, part, above)
        if part.name in spans:
            yield f"spans{ending}.csv", partial(_spans, spans[part.name])


def curves_file(log: Path, title: str, monitor: str, mode: str, steps: int) -> File:
    """What is written of the course of a training."""
    return "learning_curves.png", lambda: learning_curves(read_log(log, steps), title, monitor, mode)


def write_files(files: Iterator[File], folder: Path) -> list[str]:
    """Write files, each whole or not at all.

    Returns:
        A line for every one that could not be made: no report is worth a run.
    """
    told = []
    for name, make in files:
        try:
            content = make()
            with replacing(folder / name) as beside:
                beside.write_bytes(content)
        except Exception as error:
            told.append(f"{name} was not written: {type(error).__name__}: {error}")
    return told


def _samples(answers: Answers, part: Part) -> bytes:
    return sample_page(answers, part).encode()


def _table(part: Part) -> bytes:
    return confusion_csv(confusion(part)).encode()


def _picture(part: Part, title: str) -> bytes:
    return confusion_picture(confusion(part), title)


def _spans(table: Mapping[str, SpanScores]) -> bytes:
    return spans_csv(table).encode()
