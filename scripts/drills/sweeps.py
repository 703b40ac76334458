"""Sweeps whose trials and whose own process end in every way, and many processes on one study."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial

from drills.child import finish, start, until
from drills.postgres import server, why_not
from drills.resume import BASE, PLAIN
from drills.row import Row, row
from seqmodels.sweeps.child import PROGRAM
from seqmodels.sweeps.definition import Definition, read_definition, sqlite_beside, write_definition
from seqmodels.sweeps.study import close_study, open_study
from seqmodels.sweeps.sweep import sweep

LONG = 1200.0  # seconds that twelve real runs may take on cores that others use, too
STANDIN = (sys.executable, "-S", str(Path(__file__).with_name("standin.py")))
FINE = [f"fine-{i}" for i in range(6)]
FAULTS = ["raise", "exit", "SIGKILL", "SIGTERM", "memory", "nan"]
KINDS = [kind for pair in zip(FINE, FAULTS, strict=True) for kind in pair]
# What the study says of each: of a run that gets SIGTERM by itself, ours ends with 143, and the stand-in by the signal.
EXITS = {"raise": {1}, "exit": {5}, "SIGKILL": {"SIGKILL"}, "SIGTERM": {"SIGTERM", 143}, "memory": {1, 2}, "nan": {0}}
SAID = {"raise": "ZeroDivisionError", "exit": "", "memory": "emory", "nan": "nan is no number"}


def drill(short: bool, folder: Path) -> Iterator[Row]:
    """A row a promise; the short version has stand-ins for the runs."""
    yield row("sweep: trials that raise, exit, are killed; its own process killed, resumed", broken(folder, short))
    yield row("sweep: two processes on one SQLite study", together(folder / "sqlite", sqlite_beside(folder / "sqlite")))
    if reason := why_not():
        yield Row(f"sweep: two processes on one PostgreSQL study (left out: {reason})", 0, 0, [])
    else:
        with server() as url:
            yield row("sweep: two processes on one PostgreSQL study", together(folder / "postgres", url))
    stops = {name: stopped(folder / name, getattr(signal, name)) for name in ("SIGINT", "SIGTERM")}
    yield row("sweep: SIGINT and SIGTERM passed on, then resumed", stops)


def definition(folder: Path, **settings: Any) -> Definition:
    """A sweep of stand-ins in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    given = {"name": "drill", "overrides": [], "space": {"kind": {"choices": KINDS}}, "sampler": "grid", "workers": 2}
    given |= {"storage": sqlite_beside(folder), "study_name": "drill", "trials": len(KINDS), **settings}
    made = Definition(**given)
    write_definition(made, folder)
    return made


def real(folder: Path) -> Definition:
    """The same twelve, trained."""
    words = [*BASE, *PLAIN, "report=false", f"+callbacks.faulty.seen={folder}/seen/${{callbacks.faulty.kind}}"]
    words += ["+callbacks.faulty._target_=drills.parts.Faulty"]
    space = {"+callbacks.faulty.kind": {"choices": KINDS}}
    return definition(folder, overrides=words, space=space, trust=["drills"])


def act(folder: Path, program: Sequence[str] = STANDIN) -> None:
    """A process of a sweep, to its exit code."""
    code = sweep(read_definition(folder), folder, program)
    sys.stdout.flush()
    os._exit(code)


def broken(folder: Path, short: bool) -> dict[str, str | None]:
    """What became of every trial, and of the sweep, whose process was killed when a third of them had ended."""
    place = folder / "broken"
    made = definition(place, overrides=["steps=30"]) if short else real(place)
    program = STANDIN if short else PROGRAM
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, (Path(__file__).parents[1], Path(__file__).parents[2])))
    process = start(act, place, program, out=folder / "broken.txt")
    until(lambda: len(list(place.glob("trials/*/seed-1/metrics.json"))) >= 3, process, LONG)
    process.kill()
    finish(process)
    before = {trial.number: trial for trial in trials_of(made, place)}
    code = finish(start(act, place, program, out=folder / "resumed.txt"), LONG)
    trials = trials_of(made, place)
    outcomes = {kind_of(trial): wrong_with(trial, before.get(trial.number)) for trial in trials}
    missing = set(KINDS) - set(outcomes)
    outcomes["all"] = f"{sorted(missing)} are not there" if missing or len(trials) != len(KINDS) else None
    running = [trial for trial in before.values() if trial.state.name == "RUNNING"]
    outcomes["killed in the midst"] = None if running else "nothing was under way when the process was killed"
    outcomes["twice"] = twice(place, before, short)
    outcomes["exit code"] = None if code == 1 else f"{code}, wanted 1: {(folder / 'resumed.txt').read_text()[-500:]}"
    return outcomes


def trials_of(made: Definition, folder: Path) -> list[FrozenTrial]:
    study = open_study(made, folder)
    trials = study.get_trials()
    close_study(study)
    return trials


def kind_of(trial: FrozenTrial) -> str:
    given = trial.params or trial.system_attrs["fixed_params"]
    return str(next(iter(given.values())))


def wrong_with(trial: FrozenTrial, before: FrozenTrial | None) -> str | None:
    """What is wrong with how a trial ended, and with whether it was let alone if it had ended before."""
    kind, said = kind_of(trial), trial.user_attrs
    if before is not None and before.state.is_finished() and before != trial:
        return f"it had ended ({before.state.name}), and is another one now ({trial.state.name})"
    if kind not in FAULTS:
        right = trial.state.name == "COMPLETE" and trial.value is not None and trial.value > 0
        return None if right else f"{trial.state.name} {trial.value}: {said.get('error')}"
    right = (
        trial.state.name == "FAIL" and said.get("exit") in EXITS[kind] and SAID.get(kind, "") in said.get("error", "")
    )
    return None if right else f"{trial.state.name}, exit {said.get('exit')}: {said.get('error')}"


def twice(place: Path, before: dict[int, FrozenTrial], short: bool) -> str | None:
    """Whether a step was made twice in a trial that had ended, or from the beginning in one that was cut off."""
    files = place.glob("trials/*/seed-1/steps") if short else place.glob("seen/*")
    ended = {kind_of(trial) for trial in before.values() if trial.state.is_finished()}
    numbers = {f"{trial.number:04d}": kind_of(trial) for trial in before.values()}
    for file in files:
        kind = numbers[file.parts[-3]] if short else file.name
        made = Counter(file.read_text().splitlines())
        again = [step for step, count in made.items() if count > 1]
        # A step whose checkpoint was under way when it was cut off is made again.
        if len(again) > (0 if kind in ended else 1):
            return f"{kind}: steps {again} were made twice"
    return None


def together(folder: Path, storage: str) -> dict[str, str | None]:
    """Two processes that begin at once, with stand-ins: every number once, none lost, none trained twice."""
    space = {"score": {"low": 0.1, "high": 0.9}}
    made = definition(folder, space=space, overrides=["kind=fine"], sampler="tpe", trials=16, storage=storage)
    processes = [start(act, folder, out=folder.with_suffix(f".{i}.txt")) for i in range(2)]
    codes = [finish(process) for process in processes]
    trials = trials_of(made, folder)
    starts = [len(file.read_text().split()) for file in folder.glob("trials/*/seed-1/starts")]
    logs = [folder.with_suffix(f".{i}.txt").read_text() for i in range(2)]
    numbers = sorted(trial.number for trial in trials)
    wrong = [trial.number for trial in trials if trial.state.name != "COMPLETE"]
    return {
        "exit codes": None if codes == [0, 0] else f"{codes}: {logs[0][-300:]} {logs[1][-300:]}",
        "numbers": None if numbers == list(range(16)) else f"{numbers} found",
        "finished": None if not wrong else f"{wrong} are not",
        "trained once": None if starts == [1] * 16 else f"{starts} times",
        "values differ": None if len({trial.value for trial in trials}) == 16 else "two trials drew the same",
    }


def stopped(folder: Path, number: signal.Signals) -> str | None:
    """Whether a sweep that is asked to stop has its runs stop, and is whole when it goes on."""
    made = definition(folder, overrides=["steps=40"], space={"kind": {"choices": FINE[:3]}}, trials=3)
    process = start(act, folder, out=folder.with_suffix(".txt"))
    until(lambda: len(list(folder.glob("trials/*/seed-1/steps"))) == 2, process)
    time.sleep(0.2)
    assert process.pid is not None
    os.kill(process.pid, number)
    code = finish(process)
    if code != 128 + number:
        return f"exit code {code}: {folder.with_suffix('.txt').read_text()[-300:]}"
    pids = [int(pid) for file in folder.glob("trials/*/seed-1/starts") for pid in file.read_text().split()]
    if alive := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        return f"{alive} still run"
    code = finish(start(act, folder, out=folder.with_suffix(".resumed.txt")))
    states = [trial.state.name for trial in trials_of(made, folder)]
    steps = [len(file.read_text().split()) for file in folder.glob("trials/*/seed-1/steps")]
    right = code == 0 and states == ["COMPLETE"] * 3 and steps == [40] * 3
    return None if right else f"exit code {code}, states {states}, steps {steps}"
