"""The folder of a run, and what is written into it."""

import json
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from seqmodels.errors import InputError


def new_run_folder(parent: str | Path, name: str) -> Path:
    """Make ``parent/name/<date and time>``, a folder that nobody else has, however many start in the same second.

    Raises:
        InputError: it cannot be made.

    Example:
        >>> from seqmodels.run.folder import new_run_folder
        >>> new_run_folder("runs", "dates")  # doctest: +SKIP
        PosixPath('runs/dates/2026-11-23_09-30-00')
    """
    base = Path(parent) / name / datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    try:
        base.parent.mkdir(parents=True, exist_ok=True)
        for path in chain([base], (base.with_name(f"{base.name}_{n}") for n in range(2, 10_000))):
            try:
                path.mkdir()  # fails if it is there: the one who makes it owns it
                return path
            except FileExistsError:
                continue
    except OSError as error:
        raise InputError(f"runs={parent}: the run's folder cannot be made there ({error}); set runs=FOLDER") from error
    raise InputError(f"{base}: there are 10,000 runs of this second already; set runs=FOLDER")


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON, readable and in the order it has."""
    from seqmodels.storage import write_text  # torch is not needed to make a folder

    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """A value that ``write_json`` wrote.

    Raises:
        InputError: it is damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); delete it") from error
