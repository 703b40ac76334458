"""Measure this project's part-of-speech tagger against Flair's: the same sentences, the same model, one epoch.

From the raw UD English EWT file to trained weights, data preparation included, imports not. Each side runs in a process
and an environment of its own, in turn; ratios are of runs beside each other. `make bench-peers` makes Flair's
environment. Prints a table and writes bench-peers.json. Up to 15 minutes on two cores that others share.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.timing import clocks, others
from peers.figures import Pair, result, show
from peers.work import Report, Work, report_file

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from seqmodels.data import data_root  # noqa: E402
from seqmodels.errors import InputError  # noqa: E402
from seqmodels.run.build import IN_CONFIGS, build  # noqa: E402
from seqmodels.run.compose import ConfigTree  # noqa: E402
from seqmodels.run.plain import plain  # noqa: E402

TARGET = 2.0
PEERS = HERE.parent / ".venv-peers" / "bin" / "python"


def main() -> None:
    """Run both sides in turn and say what came out; exit code 2 if something that is needed is not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=positive, help="train on the first of them only; no target is set then")
    parser.add_argument("--repetitions", type=positive, default=3)
    parser.add_argument("--threads", type=positive, default=2)
    parser.add_argument("--peers", type=Path, default=PEERS, help="the Python that has Flair (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=Path("bench-peers.json"))
    words = parser.parse_args()
    try:
        check_peers(words.peers)
        with tempfile.TemporaryDirectory() as folder:
            texts = sentences(train_file(), words.sentences)
            before = clocks()
            pairs = compare(texts, Path(folder), words.repetitions, words.threads, words.peers)
            busy = others(before, clocks())
    except InputError as error:
        print("\n".join(f"bench-peers: {fault}" for fault in error.faults), file=sys.stderr)
        sys.exit(2)
    row = result(pairs, words.threads, None if words.sentences else TARGET, busy)
    words.output.write_text(json.dumps([row._asdict()], indent=2) + "\n", encoding="utf-8")
    show(pairs, row)
    print(f"written to {words.output}")


def positive(word: str) -> int:
    """A whole number, at least one."""
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{word} found, wanted at least 1")
    return number


def check_peers(python: Path) -> None:
    """Whether Flair's environment is there, told before anything is measured."""
    if not python.is_file():
        raise InputError(f"{python}: there is no such Python; `make bench-peers` makes it")
    found = subprocess.run([python, "-c", "import flair"], capture_output=True, text=True)  # noqa: S603
    if found.returncode:
        raise InputError(
            f"{python} cannot import flair; remove its environment and run `make bench-peers`:\n{found.stderr}"
        )


def train_file() -> Path:
    """EWT's training split in the data root, fetched if it is not there."""
    config = plain(ConfigTree().compose(["task=pos_tagging", "run_dir=nowhere"]))
    try:
        path: Path = build(config["data"]["train"], IN_CONFIGS, "data.train").fetch()
    except InputError as error:
        raise InputError(
            [*error.faults, f"set SEQMODELS_DATA to the folder with all data, now {data_root()}"]
        ) from error
    return path


def sentences(path: Path, count: int | None) -> list[str]:
    """The file's sentences as they are written there, all or the first."""
    return path.read_text(encoding="utf-8").strip("\n").split("\n\n")[:count]


def compare(texts: list[str], folder: Path, repetitions: int, threads: int, peers: Path) -> list[Pair]:
    """Both sides in turn, each being first by turns."""
    files = {"train.conllu": texts, "one.conllu": texts[:1]}
    for name, chosen in files.items():
        (folder / name).write_text("".join(f"{text}\n\n" for text in chosen), encoding="utf-8")
    programs = {"ours": Path(sys.executable), "flair": peers}
    pairs = []
    for run in range(repetitions):
        reports = {}
        for side in sorted(programs, reverse=run % 2 == 0):
            own = folder / f"{side}{run}"
            own.mkdir()
            work = Work(str(folder / "train.conllu"), str(folder / "one.conllu"), str(own), run + 1, threads)
            reports[side] = run_side(programs[side], HERE / "peers" / f"{side}_tagger.py", work)
            print(f"run {run + 1}: {side} {reports[side].seconds:.1f} s", file=sys.stderr, flush=True)
        pairs.append(Pair(reports["ours"], reports["flair"]))
    faults = list(differences(pairs[0]))
    if faults:
        raise InputError(faults)
    return pairs


def run_side(python: Path, script: Path, work: Work) -> Report:
    """One side in a process of its own; nothing in its surroundings differs from the other's."""
    told = os.environ | {
        "OMP_NUM_THREADS": str(work.threads),
        "MKL_NUM_THREADS": str(work.threads),
        # Flair keeps freed memory as our command line does, though nobody who runs it would have set this.
        "MALLOC_MMAP_THRESHOLD_": str(2**30),
        "MALLOC_TRIM_THRESHOLD_": str(2**30),
        "GOMP_SPINCOUNT": os.environ.get("GOMP_SPINCOUNT", "10000"),  # or a busy machine slows Flair more than us
        "CUDA_VISIBLE_DEVICES": "",
        "FLAIR_CACHE_ROOT": work.folder,
        "HF_HUB_OFFLINE": "1",
    }
    words = [python, script, json.dumps(work._asdict())]
    done = subprocess.run(words, env=told, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise InputError(f"{script.name} ended with exit code {done.returncode}:\n{done.stderr[-3000:]}")
    return Report(**json.loads(report_file(work.folder).read_text(encoding="utf-8")))


def differences(pair: Pair) -> Iterator[str]:
    """Where the two sides did not do the same work."""
    for name in ("sentences", "tokens", "words"):
        mine, theirs = getattr(pair.ours, name), getattr(pair.theirs, name)
        if mine != theirs:
            yield f"{mine} {name} with us, {theirs} with Flair: this is not the same work"


if __name__ == "__main__":
    main()
