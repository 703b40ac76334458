"""Finished runs, read from their folders."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from seqmodels.errors import InputError
from seqmodels.pages.settings import is_free, key

FILES = ("metrics.json", "config.yaml", "overrides.yaml", "environment.json")


class Run(NamedTuple):
    """What a run's folder says of it.

    Args:
        folder: where it lies.
        config: its settings, plain, as config.yaml has them.
        words: its command line.
        metrics: what it came to.
        facts: what that depends on besides the settings.
        saved: by name, what `seqmodels evaluate RUN --save NAME` came to: its words, its commit, its metrics.
    """

    folder: Path
    config: Mapping[str, Any]
    words: list[str]
    metrics: Mapping[str, float]
    facts: Mapping[str, Any]
    saved: Mapping[str, Mapping[str, Any]]

    @property
    def task(self) -> str:
        return str(self.config["name"])

    @property
    def experiment(self) -> str | None:
        """The experiment that its command line chose."""
        chosen = [word.partition("=")[2] for word in self.words if word.partition("=")[0] == "experiment"]
        return chosen[-1] if chosen else None

    @property
    def settings(self) -> list[str]:
        """What else its command line set, without what is free."""
        # A multirun writes braces with a backslash before them.
        words = (word.replace(r"\{", "{").replace(r"\}", "}") for word in self.words)
        return [word for word in words if not is_free(key(word)) and key(word) not in ("task", "experiment")]

    @property
    def device(self) -> str:
        threads = self.facts["threads"]
        cpu = f"{self.facts['cpu']}, {threads} thread{'s' if threads > 1 else ''}"
        return cpu if self.facts["device"] == "cpu" else str(self.facts["device"])

    def scores(self, saved: str | None) -> Mapping[str, float] | None:
        """The run's own metrics, or those that were saved under a name; None if nothing was."""
        if saved is None:
            return self.metrics
        found = self.saved.get(saved)
        return None if found is None else found["metrics"]


def find_runs(folders: Iterable[str]) -> list[Run]:
    """Every finished run in or below some folders, by name of its folder, jobs by number.

    Raises:
        InputError: a folder is not there or has no run in it; a run is not finished or its files cannot be read.
    """
    runs: dict[Path, Run] = {}
    faults = []
    for folder in folders:
        configs = sorted(Path(folder).rglob("config.yaml"))
        faults += [f"{folder}: no run found in it, wanted folders with {', '.join(FILES)}"] if not configs else []
        for config in configs:
            try:
                runs[config.parent.resolve()] = _read(config.parent)
            except InputError as error:
                faults += error.faults
    if faults:
        raise InputError(faults)
    return [runs[path] for path in sorted(runs, key=_by_number)]


def _by_number(path: Path) -> list[tuple[int, str]]:
    """Sorts job 2 of a multirun before job 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in path.parts]


def _read(folder: Path) -> Run:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise InputError(f"{folder}: no {' and no '.join(missing)}: the run is not finished; resume it or leave it out")
    try:
        config, words = (yaml.safe_load((folder / name).read_text("utf-8")) for name in FILES[1:3])
        metrics, facts = (json.loads((folder / name).read_text("utf-8")) for name in (FILES[0], FILES[3]))
        scores = sorted((folder / "scores").glob("*.json"))
        saved = {path.stem: json.loads(path.read_text("utf-8")) for path in scores}
        run = Run(folder, config, words, metrics, facts, saved)
        [(found["words"], found["metrics"]) for found in saved.values()]  # all that is read
        run.task, run.settings, run.device, facts["seed"], facts["git_commit"], facts["data_sha256"]  # the same
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise InputError(f"{folder}: not what `seqmodels train` writes ({reason})") from error
    return run
