"""What is not as it was when an interrupted run began."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from seqmodels.errors import InputError
from seqmodels.run.plain import leaves, plain
from seqmodels.run.yaml_guard import check_yaml

# What may differ between a run and its continuation: where it lies, and what a person sees of it.
FREE = (
    "resume",
    "resume_anyway",
    "run_dir",
    "runs",
    "save_every",
    "test",
    "report",
    "callbacks.progress",
    "callbacks.checkpoints.folder",
    "callbacks.checkpoints.save_every",
)
SHOWN = 10  # differences


def config_differences(folder: Path, settings: Mapping[str, Any]) -> list[str]:
    """What is not as it was when the run began, a line a key.

    Args:
        folder: of the run.
        settings: plain, with nothing of the environment in it.
    """
    path = folder / "config.yaml"
    check_yaml(path)
    try:
        stored = OmegaConf.load(path)
        OmegaConf.update(stored, "run_dir", settings["run_dir"])  # it may have been moved
        before = dict(leaves(plain(stored, hide_environment=True)))  # type: ignore[arg-type]
    except (OSError, ValueError, YAMLError, OmegaConfBaseException) as error:
        raise InputError(
            f"{path}: cannot be read ({' '.join(str(error).split())}); name the run's settings yourself"
        ) from error
    now = dict(leaves(settings))
    keys = [key for key in dict.fromkeys([*before, *now]) if not any(_under(key, free) for free in FREE)]
    missing = "not there"
    return [
        f"{key}: {before.get(key, missing)!r} in the run, {now.get(key, missing)!r} now"
        for key in keys
        if before.get(key, missing) != now.get(key, missing)
    ]


def recipe_differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Whether data and vocabularies are those that a checkpoint was trained with."""
    found = []
    for side, field in now["fields"].items():
        old = before["fields"][side]["learnt"]
        for name, new in field["learnt"].items():
            if old.get(name, []) != new:  # the first of a word's many vocabularies says enough
                part = "" if name == "tokens" else f" ({name})"
                found.append(_first_difference(f"{side}{part}", old.get(name, []), new))
                break
    for split, sha in now["data_sha256"].items():
        if before["data_sha256"].get(split) != sha:
            found.append(f"data: the {split} split is not what it was in the run (sha256 {sha[:12]}... now)")
    return found


def _first_difference(side: str, old: Sequence[Any], new: Sequence[Any]) -> str:
    first = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    pair = [repr(tokens[first]) if first < len(tokens) else "nothing" for tokens in (old, new)]
    return (
        f"vocabulary of the {side}: {len(old)} entries in the run, {len(new)} now; "
        f"the first to differ is number {first}: {pair[0]} in the run, {pair[1]} now"
    )


def refuse(differences: Sequence[str], anyway: bool) -> list[str]:
    """The lines to show if the run is to go on all the same.

    Raises:
        InputError: there are differences, and nobody said so.
    """
    shown = list(differences[:SHOWN])
    if len(differences) > SHOWN:
        shown.append(f"and {len(differences) - SHOWN} more differences")
    if shown and not anyway:
        raise InputError([*shown, "not resumed: take the change back, or set resume_anyway=true"])
    return shown


def _under(key: str, parent: str) -> bool:
    return key == parent or key.startswith(f"{parent}.")
