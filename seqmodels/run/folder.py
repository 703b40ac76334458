"""The folder of a run, and what is written into it."""

import json
import os
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


def write_text(path: Path, text: str) -> None:
    """Write a whole file or nothing: beside the target, then in its place."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON, readable and in the order it has."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
