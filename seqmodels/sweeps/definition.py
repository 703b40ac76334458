"""Everything that defines a sweep, in the file sweep.yaml of its folder."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import StringConstraints

from seqmodels.callbacks.pruning import PrunerName
from seqmodels.errors import InputError
from seqmodels.storage import write_text
from seqmodels.sweeps.samplers import SamplerName
from seqmodels.sweeps.space import Choice, Range, Space
from seqmodels.types import NonNegative, Positive, check_choice

FILE, STUDY = "sweep.yaml", "study.db"
# What may be another thing when a sweep goes on.
FREE = ("trials", "finalists", "seeds", "workers", "threads", "launcher", "slurm")
Direction = Literal["minimize", "maximize"]
LauncherName = Literal["local", "submitit"]


@dataclass(frozen=True)
class Definition:
    """A sweep.

    Args:
        name: of the sweep; its folder lies in a folder of that name.
        overrides: the words that all runs have.
        space: by key, ``{choices: [...]}`` or ``{low: 1, high: 9, step: 2, log: false}``; ``when: {KEY: [VALUE, ...]}``
            beside it leaves the key alone unless those, named before it, have one of these values.
        objective: a validated metric of metrics.json.
        direction: what is better.
        sampler: see ``make_sampler``.
        pruner: see ``make_pruner``.
        storage: of the study, a URL of SQLAlchemy's.
        study_name: in there.
        trials: how many.
        trial_seeds: seeds that a trial trains from: ``seed``, ``seed + 1``, ...; its value is their mean.
        finalists: how many of the best are trained again and tested.
        seeds: how many seeds each of them is trained from, none of them a trial's.
        workers: runs side by side.
        threads: of each run.
        seed: of the sampler, and the first of the runs.
        launcher: ``local``, or ``submitit`` for Slurm.
        slurm: submitit's parameters for a job: ``{timeout_min: 60, slurm_partition: gpu}``.
        config_dir, trust: as for ``seqmodels train``.
        begun_in: the folder that relative names of files are looked for from.

    Raises:
        ValueError: a word is none of those that there are.
    """

    name: Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*$")]  # it names a folder
    overrides: list[str]
    space: dict[str, dict[str, Any]]
    objective: str = "val/loss"
    direction: Direction = "minimize"
    sampler: SamplerName = "tpe"
    pruner: PrunerName = "none"
    storage: str = ""
    study_name: str = ""
    trials: Positive = 20
    trial_seeds: Positive = 1
    finalists: NonNegative = 0
    seeds: Positive = 5
    workers: Positive = 1
    threads: Positive = 1
    seed: NonNegative = 1
    launcher: LauncherName = "local"
    slurm: dict[str, Any] | None = None
    config_dir: str | None = None
    trust: list[str] | None = None
    begun_in: str = ""

    def __post_init__(self) -> None:
        for name, words in (("sampler", SamplerName), ("pruner", PrunerName), ("direction", Direction)):
            check_choice(name, getattr(self, name), words)
        check_choice("launcher", self.launcher, LauncherName)

    def run_seeds(self) -> list[int]:
        """Those that trials train from."""
        return [self.seed + i for i in range(self.trial_seeds)]

    def final_seeds(self) -> list[int]:
        """Those that finalists train from: the luck of the seed that made one the best must not count again."""
        return [self.seed + self.trial_seeds + i for i in range(self.seeds)]

    def flags(self) -> list[str]:
        """What stands before the words of a run."""
        folder = ["--config-dir", self.config_dir] if self.config_dir is not None else []
        return [*folder, *(word for package in self.trust or [] for word in ("--trust", package))]


def make_space(given: Mapping[str, Mapping[str, Any]]) -> Space:
    """The space that a definition writes down.

    Raises:
        InputError: every key whose values make no sense.
    """
    faults: list[str] = []
    space: dict[str, Choice | Range] = {}
    for key, values in given.items():
        try:
            space[key] = Choice(**values) if "choices" in values else Range(**values)
        except (TypeError, ValueError) as error:
            faults.append(f"space.{key}: {' '.join(str(error).split())}")
            continue
        unknown = [other for other in space[key].when if other not in list(space)[:-1]]
        faults += [f"space.{key}.when: {other} found, wanted a key of the space before this one" for other in unknown]
    if faults:
        raise InputError(faults)
    return space


def write_definition(definition: Definition, folder: Path) -> None:
    """Write ``sweep.yaml``."""
    write_text(folder / FILE, yaml.safe_dump(asdict(definition), sort_keys=False, allow_unicode=True))


def read_definition(folder: Path) -> Definition:
    """What ``write_definition`` wrote; a study in a file is looked for beside it, wherever the folder was before.

    Raises:
        InputError: it is not there, or damaged.
    """
    path = folder / FILE
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        definition = Definition(**found)
        if flags := [word for word in (*definition.overrides, *definition.space) if not word[:1].strip("-")]:
            raise ValueError(f"{flags[0]!r} is no word of a run")
    except (OSError, TypeError, ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: no sweep's definition ({reason}); wanted the folder of a sweep") from error
    if not definition.storage.startswith("sqlite:///") or not definition.storage.endswith(f"/{STUDY}"):
        return definition
    return Definition(**{**found, "storage": sqlite_beside(folder)})


def sqlite_beside(folder: Path) -> str:
    """The URL of the study that lies in a sweep's folder."""
    return f"sqlite:///{(folder / STUDY).absolute()}"


def differences(before: Definition, now: Definition) -> list[str]:
    """What is not as it was, and must be for a sweep to go on."""
    return [
        f"{field.name}: {getattr(before, field.name)!r} in the sweep, {getattr(now, field.name)!r} now"
        for field in fields(Definition)
        if field.name not in (*FREE, "begun_in") and getattr(before, field.name) != getattr(now, field.name)
    ]
