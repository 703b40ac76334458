"""Scores of a finished run that another search, split or reading of the data gives, kept in its folder by name."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.run.environment import git_commit, weights_hash
from seqmodels.run.folder import write_json

SCORES = "scores"  # the folder in a run's folder
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


def check_save(run: str | Path, name: str) -> None:
    """Refuse what could not be saved, before anything is computed.

    Raises:
        InputError: the run is no folder of a run, or the name could be a path.
    """
    if not NAME.fullmatch(name):
        raise InputError(f"--save {name}: wanted a name of letters, digits, '_', '.' and '-' only")
    if not (Path(run) / "config.yaml").is_file():
        raise InputError(f"--save {name}: {run} is no run's folder, wanted one to keep the scores in")


def save_scores(
    run: str | Path, name: str, words: Sequence[str], results: Mapping[str, Any], weights: Mapping[str, Tensor]
) -> Path:
    """Write scores and what made them to ``RUN/scores/NAME.json``; what stood there under that name is replaced.

    Args:
        run: the run's folder.
        name: of the file.
        words: the command line; the run itself is kept as ``RUN``, another one as its task and its own name.
        results: as ``seqmodels evaluate`` has them.
        weights: of the run that were scored.

    Returns:
        The file.

    Raises:
        InputError: it cannot be written.
    """
    path = Path(run) / SCORES / f"{name}.json"
    kept = ["RUN" if word == str(run) else _named(word) for word in words]
    try:
        path.parent.mkdir(exist_ok=True)
        facts = {"words": kept, "git_commit": git_commit(), "weights_sha256": weights_hash(weights)}
        write_json(path, {**facts, "metrics": dict(results)})
    except OSError as error:
        raise InputError(f"--save {name}: {path} cannot be written ({error})") from error
    return path


def _named(word: str) -> str:
    """A run's folder as its last two parts, wherever it lies; any other word as it is."""
    path = Path(word)
    return "/".join(path.resolve().parts[-2:]) if word and (path / "config.yaml").is_file() else word
