"""Two processes on one run, and one run in many kinds of processes."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from drills.resume import BASE, PLAIN, RANDOM, different, result
from drills.row import Row, row
from seqmodels.run.recipe import KEY
from seqmodels.storage import read_checkpoint_file

SCRIPTS = Path(__file__).parents[1]
TWO = ["device=ddp_cpu", "trainer.log_every_n_steps=1"]
COUNTS = {"train": 203, "val": 33, "test": 17}  # none of them divides by two
EXAMPLES = [f"data.{split}={count}" for split, count in COUNTS.items()]
MINUTE = 60


def drill(short: bool, folder: Path) -> Iterator[Row]:
    """A row a promise."""
    yield row("two processes: every example once, none twice, none left out", shares(folder))
    yield row("two processes: the loss of one with the same global batch, to 1e-5", {"loss": same_loss(folder)})
    yield row("a process that fails ends the run within a minute", failing(folder, (1,) if short else (0, 1)))
    if not short:
        yield row("two processes stopped, then resumed by two", interrupted(folder, 2))
        yield row("the same weights: processes, hash seeds, threads, workers", same_hash(folder))


def train(*words: str, **environment: str) -> subprocess.Popen[str]:
    """``seqmodels train`` as a user would start it."""
    paths = os.pathsep.join([str(SCRIPTS), str(SCRIPTS.parent)])
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "seqmodels", "train", "--trust", "drills", *words],
        env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def done(process: subprocess.Popen[str], seconds: float = 240) -> tuple[int, str]:
    """Its exit code and what it complained of."""
    try:
        _, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return -1, f"still running after {seconds:.0f} s"
    return process.returncode, err


def shares(folder: Path) -> dict[str, str | None]:
    run, seen = folder / "shares", folder / "seen"
    witness = ["+callbacks.witness._target_=drills.parts.Witness", f"+callbacks.witness.folder={seen}"]
    code, err = done(train(*BASE, *EXAMPLES, *TWO, *PLAIN, *witness, f"run_dir={run}"))
    if code:
        return {"run": f"exit code {code}: {err[-300:]}"}
    files = [[json.loads(line) for line in path.read_text().splitlines()] for path in sorted(seen.iterdir())]
    tokens = read_checkpoint_file(run / "checkpoints" / "last.ckpt")[KEY]["fields"]["inputs"]["learnt"]["tokens"]
    outcomes: dict[str, str | None] = {}
    for pass_ in ("train 0", "train 1", "train 2", "val 0", "val 1", "val 2", "test"):
        each = [Counter("".join(tokens[i] for i in ids) for name, ids in lines if name == pass_) for lines in files]
        met, wanted = sum(each, Counter()), COUNTS[pass_.split()[0]]
        # The last pass over the validation split is that of the best checkpoint, which counts as a later epoch.
        twice = [text for text, count in met.items() if count > 1]
        if len(met) != wanted or twice:
            outcomes[pass_] = f"{len(met)} of {wanted} examples met, {len(twice)} of them twice"
        else:
            outcomes[pass_] = None if all(each) else "a process that met none"
    return outcomes


def losses(run: Path) -> list[float]:
    """The training loss of every step."""
    with open(run / "logs" / "metrics.csv", encoding="utf-8", newline="") as file:
        return [float(line["train/loss"]) for line in csv.DictReader(file) if line["train/loss"]]


def same_loss(folder: Path) -> str | None:
    """Sequences of labels, so that the two processes have different numbers of target steps."""
    words = ["task=dates", *[word for word in BASE if not word.startswith("task=")], *EXAMPLES, *PLAIN]
    words += ["model.decoder.hidden_size=8", "trainer.log_every_n_steps=1"]
    one = train(*words, "batching.batch_size=32", f"run_dir={folder / 'one'}")
    code, err = done(one)
    if not code:
        code, err = done(train(*words, *TWO, "batching.batch_size=16", f"run_dir={folder / 'two'}"))
    if code:
        return f"exit code {code}: {err[-300:]}"
    pairs = list(zip(losses(folder / "one"), losses(folder / "two"), strict=True))
    worst = max(abs(a - b) for a, b in pairs)
    return None if len(pairs) == 21 and worst < 1e-5 else f"{len(pairs)} steps, up to {worst:.2g} apart"


def failing(folder: Path, ranks: tuple[int, ...]) -> dict[str, str | None]:
    outcomes: dict[str, str | None] = {}
    for rank in ranks:
        fails = ["+callbacks.fails._target_=drills.parts.Fails", f"+callbacks.fails.rank={rank}"]
        words = [*BASE, *EXAMPLES, *TWO, *fails, "+callbacks.fails.batch=2", f"run_dir={folder / f'failing-{rank}'}"]
        began = time.monotonic()
        code, err = done(train(*words), 2 * MINUTE)
        seconds = time.monotonic() - began
        right = code not in (0, -1) and seconds < MINUTE and "made to fail" in err
        outcomes[f"process {rank}"] = None if right else f"exit code {code} after {seconds:.0f} s: {err[-300:]}"
    return outcomes


def interrupted(folder: Path, count: int) -> dict[str, str | None]:
    words = [*BASE, *EXAMPLES, *TWO, *RANDOM, "data.train=403", "resume=last"]
    code, err = done(train(*words, f"run_dir={folder / 'not'}"))
    if code:
        return {"run": f"exit code {code}: {err[-300:]}"}
    outcomes: dict[str, str | None] = {}
    for number in range(count):
        run = folder / f"interrupted-{number}"
        process = train(*words, f"run_dir={run}")
        while not (run / "logs" / "metrics.csv").is_file() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(random.Random(number).uniform(0, 0.5))
        asked = (signal.SIGTERM, signal.SIGKILL)[number % 2]
        process.send_signal(asked)
        code, err = done(process)
        if code != (143, -9)[number % 2]:
            outcomes[f"{asked.name} {number}"] = f"exit code {code}: {err[-300:]}"
            continue
        code, err = done(train(*words, f"run_dir={run}"))
        wrong = f"resumed: exit code {code}: {err[-300:]}" if code else different(result(folder / "not"), result(run))
        outcomes[f"{asked.name} {number}"] = wrong
    return outcomes


def same_hash(folder: Path) -> dict[str, str | None]:
    kinds = {
        "the first": {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"},
        "again": {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"},
        "another hash seed": {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"},
        "any hash seed, two threads": {"PYTHONHASHSEED": "random", "OMP_NUM_THREADS": "2"},
    }
    # Large enough for torch to share the work out to threads.
    size = ["encoder_size=128", "model.embedder.embedding_size=64", "batching.batch_size=64", "data.train=600"]
    runs = [
        (f"{name}, {workers} workers", kinds[name], workers) for name, workers in zip(kinds, (0, 1, 2, 0), strict=True)
    ]
    runs += [("two threads, 2 workers", {"OMP_NUM_THREADS": "2"}, 2)]
    found = {}
    outcomes: dict[str, str | None] = {}
    for number, (name, environment, workers) in enumerate(runs):
        run = folder / f"same-{number}"
        words = [*BASE, *RANDOM, *size, f"batching.workers={workers}", f"run_dir={run}"]
        code, err = done(train(*words, **environment))
        found[name] = result(run) if not code else {"exit code": f"{code}: {err[-200:]}"}
        outcomes[name] = different(next(iter(found.values())), found[name])
    return outcomes
