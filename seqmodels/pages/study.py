"""A sweep, read from its folder: the trials of its Optuna study and the runs of each."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import yaml

from seqmodels.errors import InputError
from seqmodels.pages.folders import in_order
from seqmodels.pages.logs import last_line
from seqmodels.pages.rows import Row, State, read_row, with_objective
from seqmodels.pages.settings import key
from seqmodels.run.yaml_guard import check_yaml

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

SWEEP = "sweep.yaml"
STATES: Mapping[str, State] = {
    "COMPLETE": "finished",
    "PRUNED": "pruned",
    "FAIL": "failed",
    "RUNNING": "running",
    "WAITING": "waiting",
}


class Sweep(NamedTuple):
    """What a sweep's folder says.

    Args:
        name: of it.
        rows: its runs, and its trials that have none.
        logarithmic: parameters that were searched on a logarithmic scale.
    """

    name: str
    rows: list[Row]
    logarithmic: frozenset[str]


def read_sweep(base: Path) -> Sweep:
    """Every trial of a sweep and every run of it.

    Raises:
        InputError: sweep.yaml or the study cannot be read.
    """
    path = base / SWEEP
    check_yaml(path)
    config = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(config, dict) or not isinstance(config.get("objective"), str):
        raise InputError(f"{path}: no objective found in it, wanted what `seqmodels sweep` writes there")
    study = _study(base, config)
    mode = "min" if study.direction.name == "MINIMIZE" else "max"
    rows: list[Row] = []
    logarithmic = set()
    for trial in study.get_trials(deepcopy=False):
        rows += [with_objective(row, config["objective"], mode) for row in _rows(base, trial)]
        logarithmic |= {name for name, space in trial.distributions.items() if getattr(space, "log", False)}
    if not rows:
        raise InputError(f"{base}: its study has no trial yet; begin the sweep first")
    name = str(config.get("name", base.name))
    task = next((row.task for row in rows if row.task), name)  # of those that ended before they wrote their config
    rows = [row if row.task else row._replace(task=task) for row in rows]
    return Sweep(name, rows, frozenset(logarithmic))


def _study(base: Path, config: Mapping[str, Any]) -> "Study":
    """The study, opened for reading only where it is a file."""
    import optuna
    from optuna.storages import RDBStorage
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    file = base / "study.db"
    where = str(file if file.is_file() else config.get("storage"))
    try:
        if file.is_file():
            opened = {"creator": lambda: sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True)}
            storage = RDBStorage("sqlite://", engine_kwargs=opened, skip_table_creation=True)
        else:
            storage = RDBStorage(where, skip_table_creation=True)
        names = optuna.get_all_study_names(storage)
        name = config.get("study_name") or (names[0] if len(names) == 1 else None)
        return optuna.load_study(study_name=name, storage=storage)
    except (optuna.exceptions.OptunaError, SQLAlchemyError, ImportError, KeyError, ValueError, RuntimeError) as error:
        reason = str(error.__cause__ or error).splitlines()[0]
        raise InputError(f"{base / SWEEP}: its study cannot be read from {where} ({reason})") from error


def _rows(base: Path, trial: "FrozenTrial") -> list[Row]:
    """The runs of a trial, then those of the finalist that it became; the trial alone if it has none."""
    number = f"{trial.number:04d}"
    tried = [_row(base, run, "trial", trial) for run in _runs(base / "trials" / number)]
    again = [_row(base, run, "finalist", trial) for run in _runs(base / "finalists" / number)]
    return [*(tried or [_row(base, base / "trials" / number, "trial", trial)]), *again]


def _row(base: Path, folder: Path, stage: str, trial: "FrozenTrial") -> Row:
    """One run, with what only the study knows of it."""
    name, attributes = folder.relative_to(base).as_posix(), trial.user_attrs
    row = read_row(folder, name) if (folder / "config.yaml").is_file() else Row(name, folder, "unfinished")
    words = list(row.words)
    if not words and isinstance(attributes.get("words"), list):
        words = [str(word) for word in attributes["words"]]
        if folder.name.startswith("seed-"):
            words = [*(word for word in words if key(word) != "seed"), f"seed={folder.name.removeprefix('seed-')}"]
    state, error = row.state, row.error
    if state == "unfinished" and stage == "trial" and trial.state.name != "COMPLETE":
        state = STATES[trial.state.name]
    if state == "failed":
        error = error or str(attributes.get("error", ""))
        signal = attributes.get("exit")
        error = f"{signal}; it said last: {error}" if isinstance(signal, str) else error
    if state in ("failed", "unfinished"):
        error = error or last_line(folder.with_name(f"{folder.name}.log"))
    params = {name: _written(value) for name, value in trial.params.items()}
    return row._replace(state=state, error=error, stage=stage, trial=trial.number, params=params, words=words)


def _runs(folder: Path) -> list[Path]:
    """The folders of a trial's runs, of those that left nothing but a log too."""
    names = {path.stem if path.suffix == ".log" else path.name for path in folder.glob("seed-*")}
    return [folder / name for name in sorted(names, key=in_order)]


def _written(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
