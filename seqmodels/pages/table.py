"""Every run as a line of a table, on the page and in a CSV file."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import NamedTuple

from seqmodels.pages.configurations import Group, short_names
from seqmodels.pages.figures import count, figure
from seqmodels.pages.rows import Row


class Column(NamedTuple):
    """A column of the table.

    Args:
        head: what stands above it.
        full: the same in full.
        number: whether it holds numbers.
    """

    head: str
    full: str
    number: bool = False


class Cell(NamedTuple):
    """What stands in the table, and what it is sorted by."""

    shown: str
    by: str


class Table(NamedTuple):
    """Columns, and of every run its state, its cells, its error and its command."""

    columns: Sequence[Column]
    lines: Sequence[tuple[Row, Sequence[Cell]]]


def table_of(groups: Sequence[Group], rows: Sequence[Row]) -> Table:
    """All runs: what they were given, what they came to, and what they cost."""
    keys = list(dict.fromkeys(key for group in groups for key in group.keys))
    names = short_names(keys)
    params = {row.name: c.params for group in groups for c in group.configurations for row in c.rows}
    objectives = list(dict.fromkeys(row.objective for row in rows if row.objective))
    tests = _tests(rows)
    tasks = len({row.task for row in rows if row.task}) > 1
    columns = [*([Column("task", "task")] if tasks else []), *(Column(names[key], key) for key in keys)]
    columns += [Column("seed", "seed", True), *(Column(name, name, True) for name in [*objectives, *tests])]
    columns += [Column(name, name, True) for name in ("seconds", "tokens/s", "parameters")]
    lines = []
    for row in rows:
        cells = [_word(row.task)] if tasks else []
        cells += [_word(params[row.name].get(key, "")) for key in keys]
        cells.append(_word(row.seed))
        cells += [_number(row.score if row.objective == name else None) for name in objectives]
        cells += [_number(row.metrics.get(name)) for name in tests]
        cells += [
            _seconds(row.metrics.get("seconds")),
            _count(row.tokens_per_second),
            _count(row.metrics.get("parameters")),
        ]
        lines.append((row, cells))
    return Table(columns, lines)


def csv_of(rows: Sequence[Row]) -> str:
    """The same runs with all that is known of them, a column a parameter and a metric.

    Args:
        rows: in the order of the page.
    """
    params = list(dict.fromkeys(key for row in rows for key in row.params))
    metrics = list(dict.fromkeys(name for row in rows for name in row.metrics))
    head = ["run", "state", "stage", "trial", "task", "seed", "objective", "score"]
    behind = ["tokens_per_second", "weights_sha256", "git_commit", "error", "command"]
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*head, *(f"param:{key}" for key in params), *metrics, *behind])
    for row in rows:
        known: list[object] = [row.name, row.state, row.stage, row.trial, row.task, row.seed, row.objective, row.score]
        known += [row.params.get(key) for key in params]
        known += [row.metrics.get(name) for name in metrics]
        known += [row.tokens_per_second, row.facts.get("weights_sha256"), row.facts.get("git_commit")]
        writer.writerow([*known, row.error, row.command])
    return file.getvalue()


def _tests(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.metrics if name.startswith("test/")))


def _word(said: str) -> Cell:
    return Cell(said, said)


def _number(value: float | None) -> Cell:
    return Cell(figure(value), "" if value is None else repr(value))


def _seconds(value: float | None) -> Cell:
    return Cell("" if value is None else f"{value:,.1f}", "" if value is None else repr(value))


def _count(value: float | None) -> Cell:
    return Cell(count(value), "" if value is None else repr(value))
