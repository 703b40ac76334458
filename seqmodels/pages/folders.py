"""Where runs lie in a folder."""

import os
import re
from pathlib import Path

from seqmodels.errors import InputError
from seqmodels.pages.rows import TRACES, Row, read_row


def find_rows(base: Path) -> list[Row]:
    """Every run in or below a folder, in the order of their names; numbers in names count as numbers.

    A job of Hydra's multirun that ended before it wrote anything is a row, too.

    Raises:
        InputError: there is no such folder, or no run in it.
    """
    if not base.is_dir():
        raise InputError(f"{base}: no such folder (looked from {Path.cwd()}); wanted a sweep or a folder of runs")
    rows = [read_row(folder, _name(folder, base)) for folder in run_folders(base)]
    rows += [_empty(folder, base) for folder in _jobs(base) if not (folder / "config.yaml").is_file()]
    if not rows:
        raise InputError(
            f"{base}: no run found in it, wanted folders with config.yaml as `seqmodels train` writes them"
        )
    return sorted(rows, key=lambda row: in_order(row.name))


def run_folders(base: Path) -> list[Path]:
    """The folders in or below one that `seqmodels train` wrote a run into."""
    found = []
    for parent, folders, files in os.walk(base):
        if "config.yaml" in files and any(name in files for name in TRACES):
            found.append(Path(parent))
            folders.clear()  # no run lies in another one
    return found


def in_order(name: str) -> list[tuple[int, int, str]]:
    """What to sort names by, so that run 10 comes behind run 9.

    Example:
        >>> from seqmodels.pages.folders import in_order
        >>> sorted(["10", "9", "9b"], key=in_order)
        ['9', '9b', '10']
    """
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(0, int(part), "") if part[0].isdigit() and len(part) < 20 else (1, 0, part) for part in parts]


def _name(folder: Path, base: Path) -> str:
    return folder.name if folder == base else folder.relative_to(base).as_posix()


def _jobs(base: Path) -> list[Path]:
    """The folders of a multirun's jobs."""
    sweeps = [path.parent for path in sorted(base.rglob("multirun.yaml"))]
    return [folder for sweep in sweeps for folder in sorted(sweep.iterdir()) if folder.name.isdigit()]


def _empty(folder: Path, base: Path) -> Row:
    return Row(_name(folder, base), folder, "unfinished", "it ended before it wrote its config")
