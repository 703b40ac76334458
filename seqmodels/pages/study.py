"""A sweep, read from its folder: the trials of its Optuna study and the runs of each."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from seqmodels.errors import InputError
from seqmodels.pages.folders import in_order
from seqmodels.pages.logs import last_line
from seqmodels.pages.rows import Row, State, read_row, with_objective
from seqmodels.pages.settings import settings_of
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
    return Sweep(str(config.get("name", base.name)), rows, frozenset(logarithmic))


def _study(base: Path, config: Mapping[str, Any]) -> "Study":
    """The study, opened for reading only where it is a file."""
    import optuna
    from optuna.storages import RDBStorage
    from sqlalchemy.exc import SQLAlchemyError

    file = base / "study.db"
    url = f"sqlite:///file:{file.resolve()}?mode=ro&uri=true" if file.is_file() else str(config.get("storage"))
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        storage = RDBStorage(url, skip_table_creation=True)
        names = optuna.get_all_study_names(storage)
        name = config.get("study_name") or (names[0] if len(names) == 1 else None)
        return optuna.load_study(study_name=name, storage=storage)
    except (SQLAlchemyError, ImportError, KeyError, ValueError, RuntimeError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise InputError(f"{base / SWEEP}: its study cannot be read from {url} ({reason})") from error


def _rows(base: Path, trial: "FrozenTrial") -> list[Row]:
    """The runs of a trial, then those of the finalist that it became; the trial alone if it has none."""
    params = {name: _written(value) for name, value in trial.params.items()}
    words = trial.user_attrs.get("words", [])
    state = STATES[trial.state.name]
    found = []
    for stage, parent in (("trial", "trials"), ("finalist", "finalists")):
        folder = base / parent / f"{trial.number:04d}"
        for run in _runs(folder):
            row = read_row(run, run.relative_to(base).as_posix()) if (run / "config.yaml").is_file() else None
            row = row or Row(run.relative_to(base).as_posix(), run, "unfinished")
            own = row.state if row.state == "finished" else state if stage == "trial" else "unfinished"
            own = "unfinished" if own == "finished" and row.state != "finished" else own
            error = "" if own in ("finished", "pruned", "running") else row.error or last_line(_log(run))
            found.append(row._replace(state=own, error=error, stage=stage, trial=trial.number, params=params))
    failed = "" if state != "failed" else str(trial.user_attrs.get("error", ""))
    if not any(row.stage == "trial" for row in found):
        folder = base / "trials" / f"{trial.number:04d}"
        lost: State = "unfinished" if state == "finished" else state
        found.insert(0, Row(folder.relative_to(base).as_posix(), folder, lost, failed, "trial", trial.number))
    return [_completed(row, params, words, failed) for row in found]


def _completed(row: Row, params: Mapping[str, str], words: Any, failed: str) -> Row:
    """A row with what only the study knows of it."""
    words = row.words or [str(word) for word in words if isinstance(words, list)]
    seed = [f"seed={row.name.rpartition('seed-')[2]}"] if "seed-" in row.name and not row.words else []
    error = row.error or (failed if row.state == "failed" else "")
    settings = row.settings or settings_of(words)
    return row._replace(params=params, words=[*words, *seed], error=error, settings=settings)


def _runs(folder: Path) -> list[Path]:
    """The folders of a trial's runs, of those that left nothing but a log too."""
    names = {path.stem if path.suffix == ".log" else path.name for path in folder.glob("seed-*")}
    return [folder / name for name in sorted(names, key=in_order)]


def _log(run: Path) -> Path:
    return run.with_name(f"{run.name}.log")


def _written(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
