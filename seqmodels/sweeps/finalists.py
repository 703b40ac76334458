"""The best trials once more, from seeds that no trial had, and tested.

``finalists.json`` is a list, the best first: ``rank`` (1 is the best on validation; null for one that was among the
best when the sweep had fewer trials), ``number`` (of the trial), ``value`` (of the trial), ``params``, ``words``,
``scores`` (metrics.json by seed) and ``errors`` (the last line by seed).
"""

import json
from pathlib import Path
from typing import Any

from optuna.study import Study

from seqmodels.storage import write_text
from seqmodels.sweeps.child import End, Run, metrics_of
from seqmodels.sweeps.definition import Definition
from seqmodels.sweeps.job import Counts, Job, Queue
from seqmodels.sweeps.locks import locked, try_lock
from seqmodels.sweeps.space import words
from seqmodels.sweeps.study import TAKING
from seqmodels.sweeps.trial import end_fault, run_of
from seqmodels.sweeps.trials import ranked

FINALISTS, FILE = "finalists", "finalists.json"


class FinalistJob(Job):
    """One seed of a finalist.

    Args:
        run: to do.
        place: the file of all finalists.
        entry: number and seed of this one.
        lock: see ``Job``.
    """

    def __init__(self, run: Run, place: Path, entry: tuple[int, int], lock: int):
        super().__init__(lock)
        self.run, self.place, self.entry, self.over = run, place, entry, False

    def next(self) -> Run | None:
        metrics = metrics_of(self.run.folder)
        if metrics is not None and not self.over:
            self._write("scores", metrics)
        return None if self.over else self.run

    def ended(self, run: Run, end: End) -> None:
        if fault := end_fault(run, end):
            self.told = f"finalist {self.entry[0]}, seed {self.entry[1]} failed ({end.name}): {fault}"
            self._write("errors", fault)

    def beat(self) -> None:
        """None: its lock is all that others look at."""

    def _write(self, kind: str, value: Any) -> None:
        self.over = True
        number, seed = self.entry
        with locked(self.place.parent / TAKING):
            entries = json.loads(self.place.read_text(encoding="utf-8"))
            for entry in entries:
                if entry["number"] == number:
                    entry[kind][str(seed)] = value
            write_text(self.place, json.dumps(entries, indent=2, ensure_ascii=False) + "\n")


class Finalists(Queue):
    """The best trials of a sweep that is done, each from every seed.

    Args:
        study: with the trials.
        definition: of the sweep.
        folder: of the sweep.
    """

    what = "finalists' runs"

    def __init__(self, study: Study, definition: Definition, folder: Path):
        self.definition, self.folder, self.place = definition, folder, folder / FILE
        with locked(folder / TAKING):
            before = read_finalists(folder)
            chosen = [_entry(trial, definition) for trial in ranked(study)[: definition.finalists]]
            entries = _ranked_with(before, chosen)
            if entries != before:
                write_text(self.place, json.dumps(entries, indent=2, ensure_ascii=False) + "\n")

    def take(self) -> Job | None:
        for entry in self._chosen():
            for seed in self.definition.final_seeds():
                folder = self.folder / FINALISTS / f"{entry['number']:04d}" / f"seed-{seed}"
                if _over(entry, seed) or (lock := try_lock(folder.with_name(f".{folder.name}.lock"))) is None:
                    continue
                run = run_of(entry["words"], seed, folder, self.definition)
                return FinalistJob(run, self.place, (entry["number"], seed), lock)
        return None

    def counts(self) -> Counts:
        seeds = [str(seed) for seed in self.definition.final_seeds()]
        chosen = self._chosen()
        done = sum(seed in entry["scores"] for entry in chosen for seed in seeds)
        failed = sum(seed in entry["errors"] for entry in chosen for seed in seeds)
        return Counts(len(chosen) * len(seeds), done, failed=failed)

    def _chosen(self) -> list[dict[str, Any]]:
        return [entry for entry in read_finalists(self.folder) if entry["rank"] is not None]


def read_finalists(folder: Path) -> list[dict[str, Any]]:
    """What stands in finalists.json; nothing if there is none."""
    place = folder / FILE
    return json.loads(place.read_text(encoding="utf-8")) if place.is_file() else []


def _entry(trial: Any, definition: Definition) -> dict[str, Any]:
    said = {"rank": None, "number": trial.number, "value": trial.value, "params": trial.params}
    return {**said, "words": [*definition.overrides, *words(trial.params)], "scores": {}, "errors": {}}


def _ranked_with(before: list[dict[str, Any]], chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are chosen now, with what they came to before, and behind them those that were and are not."""
    known = {entry["number"]: entry for entry in before}
    now = [{**known.get(entry["number"], entry), "rank": rank} for rank, entry in enumerate(chosen, 1)]
    numbers = {entry["number"] for entry in now}
    return now + [{**entry, "rank": None} for entry in before if entry["number"] not in numbers]


def _over(entry: dict[str, Any], seed: int) -> bool:
    return str(seed) in entry["scores"] or str(seed) in entry["errors"]
