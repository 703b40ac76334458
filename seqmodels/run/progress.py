"""A bar for work that takes long."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

FEW = 256  # texts that are answered before a bar would be seen


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """What counts texts that were answered: on a bar, where there are many and a person looks on."""
    if total <= FEW or not sys.stderr.isatty():
        yield lambda _: None
        return
    console = Console(stderr=True)
    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.advance(task, count)
