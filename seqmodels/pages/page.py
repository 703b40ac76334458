"""A page about many runs: one HTML file that needs nothing else, and the same rows as a CSV file."""

import base64
import hashlib
import statistics
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from seqmodels.errors import InputError
from seqmodels.pages.bootstrap import Comparison, comparisons, difference_strip, explained
from seqmodels.pages.configurations import Configuration, Group, groups_of
from seqmodels.pages.curves import COLOURED, curves
from seqmodels.pages.expected_best import expected_best_chart
from seqmodels.pages.figures import count, duration, figure, signed, spread
from seqmodels.pages.folders import find_rows
from seqmodels.pages.importance import importance
from seqmodels.pages.markup import Chart
from seqmodels.pages.parallel import parallel
from seqmodels.pages.rows import Row
from seqmodels.pages.same import not_the_same, seeds_share
from seqmodels.pages.strip import strip, strip_axis, strip_head
from seqmodels.pages.study import SWEEP, read_sweep
from seqmodels.pages.table import csv_of, table_of
from seqmodels.storage import write_text


class Strip(NamedTuple):
    """The line of a configuration: its colour, what tells it from others, its figures, and a picture of them."""

    colour: str
    configuration: Configuration
    test: Sequence[float]
    picture: Markup


class Section(NamedTuple):
    """What the page says of one task."""

    group: Group
    stages: bool
    test: str
    head: Markup
    strips: Sequence[Strip]
    seeds: str
    charts: Sequence[Chart]
    compared: Sequence[tuple[Comparison, Markup]]
    explained: str
    different: Sequence[str]


def write_page(base: Path, output: Path | None = None) -> tuple[Path, list[Row]]:
    """Write the page about a sweep, a multirun or a folder of runs, and a CSV file beside it.

    Args:
        base: the folder.
        output: the HTML file; report.html in the folder if not given.

    Returns:
        The HTML file, and the rows that are on it.

    Raises:
        InputError: there is no run, the study of a sweep cannot be read, or the page cannot be written.

    Example:
        >>> from pathlib import Path
        >>> from seqmodels.pages.page import write_page
        >>> write_page(Path("runs/dates/multirun/2026-11-23_09-30-00"))  # doctest: +SKIP
    """
    output = output or base / "report.html"
    if output.suffix != ".html":
        raise InputError(f"--output {output}: wanted a name that ends in .html; the CSV file is put beside it")
    if (base / SWEEP).is_file():
        name, rows, logarithmic = read_sweep(base)
    else:
        name, rows, logarithmic = base.resolve().name, find_rows(base), frozenset()
    try:
        write_text(output.with_suffix(".csv"), _writable(csv_of(rows)))
        write_text(output, _writable(page(name, rows, logarithmic)))
    except OSError as error:
        raise InputError(f"{output}: cannot be written ({error.strerror}); name another file by --output") from error
    return output, rows


def page(name: str, rows: Sequence[Row], logarithmic: frozenset[str] = frozenset()) -> str:
    """The HTML of the page.

    Args:
        name: of the sweep or the folder.
        rows: at least one.
        logarithmic: parameters that were searched on a logarithmic scale.
    """
    groups = groups_of(rows, logarithmic)
    style, script = _asset("style.css"), _asset("script.js")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"figure": figure, "count": count, "signed": signed, "duration": duration}
    environment.filters |= {"spread": spread, "median": statistics.median, "mean": statistics.fmean}
    return environment.from_string(_asset("page.html")).render(
        name=name,
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}",
        rows=rows,
        states=Counter(row.state for row in rows),
        seconds=sum(row.metrics.get("seconds", 0) for row in rows),
        sections=[_section(group) for group in groups],
        failures=[row for row in rows if row.state in ("failed", "unfinished") or row.error],
        table=table_of(groups, rows),
    )


def _section(group: Group) -> Section:
    axis = strip_axis(group)
    test = f"test/{group.objective.partition('/')[2]}"
    ranked = [c.label for c in group.ranked]
    strips = []
    for configuration in group.configurations:
        place = ranked.index(configuration.label) if configuration in group.ranked else COLOURED
        colour = f"k{place}" if place < COLOURED else "other"
        drawn = strip(axis, configuration, colour) if axis and configuration.scores else Markup("")
        tested = [row.metrics[test] for row in configuration.by_seed.values() if test in row.metrics]
        strips.append(Strip(colour, configuration, tested, drawn))
    found = comparisons(group)
    return Section(
        group,
        len({c.stage for c in group.configurations}) > 1,
        test if any(s.test for s in strips) else "",
        strip_head(axis, group.objective) if axis else Markup(""),
        strips,
        seeds_share(group),
        [curves(group), expected_best_chart(group), parallel(group), importance(group)],
        [(comparison, difference_strip(found, comparison)) for comparison in found],
        explained(group, found),
        not_the_same(group.rows),
    )


def _writable(text: str) -> str:
    """Without what UTF-8 cannot hold: halves of letters, bytes in the names of files."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _asset(name: str) -> str:
    return files("seqmodels.pages").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What lets a browser run or apply this text, and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
