"""What a page says of one run, read from its folder, which may hold anything."""

import json
import math
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from seqmodels.errors import InputError
from seqmodels.pages.logs import Curve, last_line, read_curve
from seqmodels.pages.settings import is_free, key, leaves, settings_of
from seqmodels.run.yaml_guard import check_yaml

State = Literal["finished", "pruned", "failed", "running", "waiting", "unfinished"]
# What a run leaves besides config.yaml, which by itself is any program's.
TRACES = ("metrics.json", "environment.json", "overrides.yaml")
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader  # 10 times as fast


class Row(NamedTuple):
    """One run, or one trial that never became one.

    Args:
        name: its folder, as seen from the folder that the page is about.
        folder: where it lies, or would lie.
        state: ``unfinished`` is a run without metrics of which nobody says why.
        error: the last line that it said, where it failed.
        stage: of a sweep, ``trial`` or ``finalist``.
        trial: its number in a sweep.
        task: by name.
        objective: the metric by which it is judged.
        mode: whether less of it is better (``min``), or more (``max``).
        params: what it was given by choice: in a sweep the trial's parameters, else its command line.
        settings: every setting that is not free, by key path.
        words: its command line.
        metrics: what it came to.
        facts: what that depends on besides the settings, as environment.json has it.
        curve: the validated objective over the steps.
    """

    name: str
    folder: Path
    state: State
    error: str = ""
    stage: str = ""
    trial: int | None = None
    task: str = ""
    objective: str = ""
    mode: str = "max"
    params: Mapping[str, str] = {}
    settings: Mapping[str, str] = {}
    words: Sequence[str] = ()
    metrics: Mapping[str, float] = {}
    facts: Mapping[str, Any] = {}
    curve: Curve = ()

    @property
    def score(self) -> float | None:
        """The objective of the best checkpoint; None of a run that is not finished, or where it is no finite number."""
        value = self.metrics.get(self.objective) if self.state == "finished" else None
        return value if value is not None and math.isfinite(value) else None

    @property
    def seed(self) -> str:
        """What its random numbers began with, as it is written."""
        found = [word.partition("=")[2] for word in self.words if key(word) == "seed"]
        return str(self.facts.get("seed", found[-1] if found else ""))

    @property
    def command(self) -> str:
        """What runs it again, in the folder that it was run from; empty where its words are not known."""
        words = [word for word in self.words if key(word) not in ("run_dir", "hydra.sweep.dir")]
        several = ["-m"] if any(key(word) == "seed" and "," in word for word in words) else []
        return shlex.join(["seqmodels", "train", *several, *words]) if words else ""

    @property
    def tokens_per_second(self) -> float | None:
        """Tokens that training read in a second, validation included."""
        tokens, seconds = self.metrics.get("tokens"), self.metrics.get("seconds")
        return tokens / seconds if tokens is not None and seconds else None


def read_row(folder: Path, name: str) -> Row:
    """The run in a folder; what cannot be read there is its error.

    Args:
        folder: with a config.yaml in it.
        name: what it is called.
    """
    faults: list[str] = []
    config = _part(folder / "config.yaml", dict, faults)
    words = [str(word) for word in _part(folder / "overrides.yaml", list, faults)]
    finished = (folder / "metrics.json").is_file()
    metrics = _numbers(_part(folder / "metrics.json", dict, faults)) if finished else {}
    facts = _part(folder / "environment.json", dict, faults) if (folder / "environment.json").is_file() else {}
    failure = "" if finished else last_line(folder / "failure.txt")
    objective = str(config.get("monitor", ""))
    return Row(
        name,
        folder,
        "finished" if metrics else "failed" if failure else "unfinished",
        error="; ".join([*faults, *([failure] if failure else [])]),
        task=str(config.get("name", "")),
        objective=objective,
        mode="min" if config.get("mode") == "min" else "max",
        params=settings_of(words),
        settings={path: _written(value) for path, value in leaves(config) if not is_free(path)},
        words=words,
        metrics=metrics,
        facts=facts,
        curve=read_curve(folder / "logs" / "metrics.csv", objective, finished),
    )


def with_objective(row: Row, objective: str, mode: str) -> Row:
    """The same run, judged by another metric."""
    if objective == row.objective:
        return row._replace(mode=mode)
    curve = read_curve(row.folder / "logs" / "metrics.csv", objective, bool(row.metrics))
    return row._replace(objective=objective, mode=mode, curve=curve)


def _part(path: Path, kind: type, faults: list[str]) -> Any:
    """What a file holds, if it is of a kind; else an empty one, and a fault."""
    try:
        if path.suffix == ".yaml":
            check_yaml(path)
            found = LOADER(path.read_text("utf-8")).get_single_data()
        else:
            found = json.loads(path.read_text("utf-8"))
    except InputError as error:
        faults += [f"{path.name}: {fault.removeprefix(f'{path}: ')}" for fault in error.faults]
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        faults.append(f"{path.name}: cannot be read ({' '.join(str(error).split())[:200]})")
    else:
        if isinstance(found, kind):
            return found
        faults.append(f"{path.name}: not what `seqmodels train` writes there")
    return kind()


def _numbers(found: Mapping[Any, Any]) -> dict[str, float]:
    """The numbers among named values."""
    numbers = {}
    for name, value in found.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                numbers[str(name)] = float(value)
            except OverflowError:
                continue
    return numbers


def _written(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
