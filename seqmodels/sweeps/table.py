"""What a sweep came to, as a table."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

from optuna.study import Study
from rich.console import Console
from rich.table import Table
from rich.text import Text

from seqmodels.sweeps.trials import ranked

STATES = {"COMPLETE": "done", "FAIL": "failed"}


def show_trials(study: Study, objective: str) -> None:
    """Every trial with its state, the best first, those that failed with their last line."""
    trials = study.get_trials(deepcopy=False)
    keys = list(dict.fromkeys(key for trial in trials for key in trial.params))
    table = Table(title="trials", title_justify="left")
    for name in ("trial", "state"):
        table.add_column(name)
    for name in (objective, "seconds"):
        table.add_column(name, justify="right")
    for key in keys:
        table.add_column(key)
    order = {trial.number: place for place, trial in enumerate(ranked(study))}
    for trial in sorted(trials, key=lambda trial: (order.get(trial.number, len(trials)), trial.number)):
        value = "" if trial.value is None else f"{trial.value:.4f}"
        state = STATES.get(trial.state.name, trial.state.name.lower())
        seconds = f"{trial.user_attrs['seconds']:.0f}" if "seconds" in trial.user_attrs else ""
        table.add_row(str(trial.number), state, value, seconds, *(_shown(trial.params, key) for key in keys))
    _console().print(table)
    for trial in trials:
        if trial.state.name == "FAIL":
            end, error = trial.user_attrs.get("exit", ""), trial.user_attrs.get("error", "it left no word")
            _console().print(Text(f"trial {trial.number} failed ({end}): {error}"), soft_wrap=True)


def show_finalists(entries: Sequence[Mapping[str, Any]], objective: str) -> None:
    """Mean and standard deviation over seeds, on validation and on the test split."""
    names = [objective, objective.replace("val/", "test/", 1)]
    table = Table(title="finalists: mean ± standard deviation over seeds", title_justify="left")
    for name in ("rank", "trial", "seeds", *names):
        table.add_column(name, justify="right")
    table.add_column("words")
    for entry in entries:
        scores = [[float(found[name]) for found in entry["scores"].values() if name in found] for name in names]
        rank, words = str(entry["rank"] or ""), " ".join(entry["words"])
        table.add_row(rank, str(entry["number"]), str(len(entry["scores"])), *map(_spread, scores), Text(words))
    _console().print(table)
    for entry in entries:
        for seed, error in entry["errors"].items():
            _console().print(Text(f"finalist {entry['number']}, seed {seed} failed: {error}"), soft_wrap=True)


def _spread(scores: Sequence[float]) -> str:
    if not scores:
        return ""
    spread = f" ± {stdev(scores):.4f}" if len(scores) > 1 and all(map(math.isfinite, scores)) else ""
    return f"{fmean(scores):.4f}{spread}"


def _shown(params: Mapping[str, Any], key: str) -> Text:
    value = params.get(key, "")
    return Text(f"{value:.4g}" if isinstance(value, float) else str(value))


def _console() -> Console:
    out = Console()
    return out if out.is_terminal else Console(width=160)
