"""``seqmodels rerun``: run a finished run again from its folder, and hold both against each other."""

import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from seqmodels.errors import InputError
from seqmodels.run.cli import run
from seqmodels.run.differences import config_differences
from seqmodels.run.folder import new_run_folder, read_json
from seqmodels.run.plain import plain
from seqmodels.run.resume import words_of
from seqmodels.run.words import quoted
from seqmodels.run.yaml_guard import check_yaml

FILES = ("config.yaml", "overrides.yaml", "environment.json", "metrics.json")
FACTS = ("versions", "platform", "device", "cpu", "threads", "git_commit", "data_sha256", "seed")
DIFFERENT = 1  # the exit code
TIMES = ("seconds",)  # of the metrics, what is another one every time


class Rerun(NamedTuple):
    """A run and the same run again.

    Args:
        folder: of the second one.
        results: what it came to that the first one did not, a line each; none if they are identical.
        causes: what it did not have in common with the first one, a line each.
        weights: sha256 of the second one's.
        metrics: how many were compared.
    """

    folder: Path
    results: list[str]
    causes: list[str]
    weights: str
    metrics: int


def rerun(name: str, output: str | None = None, config_dir: str | None = None, trust: Sequence[str] = ()) -> Rerun:
    """Run it again by the command line, the number of threads and the folder's settings that it had; nothing is
    written into its folder.

    Args:
        name: the folder of a finished run.
        output: the new run's folder; one of its own among the runs of its task if not given.
        config_dir: the folder of configs that the run was given.
        trust: packages whose classes its config may name.

    Raises:
        InputError: there is no such run, it is not finished, or it cannot be run again.
    """
    folder = _finished(name)
    facts, metrics = read_json(folder / "environment.json"), read_json(folder / "metrics.json")
    if not isinstance(metrics, dict) or not isinstance(facts, dict) or not isinstance(facts.get("weights_sha256"), str):
        raise InputError(f"{folder}: no weights_sha256 in environment.json; wanted a finished run of `seqmodels train`")
    new = _new_folder(folder, output)
    flags = ["--config-dir", config_dir] if config_dir is not None else []
    flags += [word for package in trust for word in ("--trust", package)]
    with _threads(facts.get("threads")):
        code = run(["train", *flags, *words_of(folder, []), f"run_dir={quoted(str(new))}"])
    if code:
        raise InputError(f"{folder} could not be run again in {new} (exit code {code}, see above)")
    return compared(folder, new)


def compared(folder: Path, new: Path) -> Rerun:
    """What two finished runs came to, and what they did not have in common."""
    before, now = read_json(folder / "environment.json"), read_json(new / "environment.json")
    metrics, again = read_json(folder / "metrics.json"), read_json(new / "metrics.json")
    results = list(_different({"weights": before["weights_sha256"]}, {"weights": now["weights_sha256"]}))
    names = [name for name in metrics if name not in TIMES]
    results += _different(*({name: found[name] for name in names if name in found} for found in (metrics, again)))
    causes = list(_different(_flat(before), _flat(now)))
    if str(before.get("git_commit")).endswith("+changes") and before.get("git_commit") == now.get("git_commit"):
        causes.append(f"git_commit: {now['git_commit']} in both, with changes that were not committed: they may differ")
    causes += [f"metrics.json: {name} is there now, and was not" for name in again if name not in metrics]
    settings = plain(OmegaConf.load(new / "config.yaml"), hide_environment=True)  # type: ignore[arg-type]
    causes += [f"config {line}" for line in config_differences(folder, settings)]
    return Rerun(new, results, causes, str(now["weights_sha256"]), len(names))


def show_rerun(name: str, done: Rerun) -> int:
    """Print whether both are identical, and what is not as it was; the exit code."""
    if done.results:
        print(f"not identical: {name} and {done.folder}", *done.results, sep="\n  ")
        none = "nothing that a run records: versions, cpu, device, threads, commit, data, seed and config are the same"
        print("what else is not the same:", *(done.causes or [none]), sep="\n  ")
        return DIFFERENT
    print(
        f"identical: the weights (sha256 {done.weights[:12]}...) and {done.metrics} metrics of {name} and {done.folder}"
    )
    if done.causes:
        print("though this is not the same:", *done.causes, sep="\n  ")
    return 0


def _finished(name: str) -> Path:
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise InputError(f"{name}: no such folder (looked from {Path.cwd()}); wanted a finished run's folder")
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing == ["metrics.json"]:
        raise InputError(
            f"{name}: no metrics.json: the run is not finished; `seqmodels train resume={name}` goes on with it"
        )
    if missing:
        raise InputError(f"{name}: no {' and no '.join(missing)}; wanted a finished run's folder")
    return folder


def _new_folder(folder: Path, output: str | None) -> Path:
    """Where the new run goes: not into the old one's folder."""
    if output is not None:
        new = Path(output).expanduser().absolute()
        if folder.resolve() in (new.resolve(), *new.resolve().parents):
            raise InputError(f"--output {output}: it lies in the run's own folder, which stays as it is; name another")
        return new
    path = folder / "config.yaml"
    check_yaml(path)
    try:
        config = OmegaConf.load(path)
        runs, name = str(config.runs), str(config.name)
    except (OSError, ValueError, YAMLError, OmegaConfBaseException) as error:
        raise InputError(f"{path}: cannot be read ({' '.join(str(error).split())})") from error
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise InputError(f"{path}: name: {name!r} found, wanted a name for a folder")
    return new_run_folder(runs, name).absolute()


@contextmanager
def _threads(count: Any) -> Iterator[None]:
    """Compute by as many threads as the run did, in the processes that Lightning starts too."""
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        yield
        return
    before, variable = torch.get_num_threads(), os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = str(count)
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        if variable is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = variable


def _flat(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a result may depend on, each by its name."""
    found: dict[str, Any] = {}
    for name in FACTS:
        value = facts.get(name)
        found |= {f"{name} {part}": v for part, v in value.items()} if isinstance(value, Mapping) else {name: value}
    return found


def _different(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """A line for every value that is not the same; no number is the same as no number."""
    for name in dict.fromkeys([*before, *now]):
        values = [found.get(name, "not there") for found in (before, now)]
        if values[0] != values[1] and not all(isinstance(v, float) and math.isnan(v) for v in values):
            yield f"{name}: {values[0]} in the run, {values[1]} now"
