"""The rows that are wanted: what rows.yaml says."""

from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from seqmodels.errors import InputError

ANY = "*"  # for a value, in a row's settings
FILE = Path(__file__).with_name("rows.yaml")


class Wanted(NamedTuple):
    """One row: which runs belong to it, what is read from them, and what it is held against; as rows.yaml explains."""

    name: str
    task: str
    data: str
    metric: str
    key: str
    floor: str
    floor_name: str
    better: Literal["more", "less"]
    experiment: str | None = None
    saved: str | None = None
    together: bool = False
    settings: tuple[str, ...] = ()
    splits: bool = False
    target: float | dict[str, Any] | None = None
    within: float | None = None
    goal: float | None = None
    anchors: tuple[dict[str, Any], ...] = ()

    @property
    def over(self) -> list[str]:
        """Keys of which each of its runs has another value: ``KEY=*`` among its settings."""
        return [word.partition("=")[0] for word in self.settings if word.endswith(f"={ANY}")]

    @property
    def words(self) -> list[str]:
        """The words of its command line, without those that are free."""
        experiment = [f"experiment={self.experiment}"] if self.experiment else []
        return [*([] if self.experiment else [f"task={self.task}"]), *experiment, *self.settings]


def read_wanted(path: Path = FILE) -> list[Wanted]:
    """All rows, in their order.

    Raises:
        InputError: a row lacks a key or has one that is not known, two have the same name and metric, or a target
            stands above a row that is not there.
    """
    rows: list[Wanted] = []
    faults = []
    for number, found in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), start=1):
        label = f"{path}: row {number} ({found.get('name')})"
        unknown = set(found) - set(Wanted._fields)
        missing = set(Wanted._fields) - set(Wanted._field_defaults) - set(found)
        faults += [f"{label}: there is no key {key!r}" for key in sorted(unknown)]
        faults += [f"{label}: the key {key!r} is missing" for key in sorted(missing)]
        if not unknown | missing:
            rows.append(Wanted(**found))
    keys = [(row.name, row.metric) for row in rows]
    faults += [
        f"{path}: {name}, {metric} stands there twice" for name, metric in {k for k in keys if keys.count(k) > 1}
    ]
    for row in rows:
        faults += [f"{path}: {row.name}: {name}=* names a file, wanted a setting" for name in row.over if "/" in name]
        above = row.target["above"] if isinstance(row.target, dict) else None
        if above and (above, row.metric) not in keys:
            faults.append(f"{path}: {row.name} is to stand above {above}, which has no row of the metric {row.metric}")
    if faults:
        raise InputError(faults)
    return rows
