"""Whether the whole of Amazon Fine Food Reviews can be read: a file of its size, the seconds and the memory it takes.

python scripts/full_size.py                  makes such a file, reads it, encodes it as `task=sentiment` does
python scripts/full_size.py --rows 50000     a smaller one
python scripts/full_size.py --keep FILE      keep the file that was made
"""

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from itertools import accumulate
from pathlib import Path

ROWS = 568_454  # of Kaggle's file, of which 393,579 texts are different
REPEATED = 0.307
WORDS, MEAN, SIGMA, LONGEST = 120_000, 3.95, 0.75, 3_000  # of a text's length, log-normal; 82 words on average
SCORES = {"5": 0.64, "4": 0.14, "1": 0.09, "3": 0.08, "2": 0.05}
SYLLABLES = ["ba", "co", "de", "fi", "gu", "ha", "le", "mo", "ni", "pa", "re", "so", "ta", "ve", "wi", "zu"]
HEADER = "Id,ProductId,UserId,ProfileName,HelpfulnessNumerator,HelpfulnessDenominator,Score,Time,Summary,Text"


def word(rank: int) -> str:
    """A word of its own for every rank, the frequent ones short."""
    said = ""
    while rank or not said:
        rank, place = divmod(rank, len(SYLLABLES))
        said += SYLLABLES[place]
    return said


def write_reviews(path: Path, rows: int, seed: int = 1) -> None:
    """A file like Reviews.csv: as many rows, as long, words by Zipf's law, as many texts that stand twice."""
    draw = random.Random(seed)
    words = [word(rank) for rank in range(WORDS)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(WORDS)))
    texts: list[tuple[str, str]] = []
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADER.split(","))
        for number in range(1, rows + 1):
            if texts and draw.random() < REPEATED:
                text, score = draw.choice(texts)
            else:
                length = min(LONGEST, max(3, round(draw.lognormvariate(MEAN, SIGMA))))
                said = draw.choices(words, cum_weights=weights, k=length)
                text = f'{" ".join(said)}. It is "good", I think.'
                score = draw.choices(list(SCORES), weights=list(SCORES.values()))[0]
                texts.append((text, score))
            start = [number, f"B{number % 74_258:09d}", f"U{number % 256_059}", "name", 1, 2]
            table.writerow([*start, score, 1_303_862_400, "A summary, or so", text])


def measure(path: Path, steps: str) -> dict[str, float | int | list[int] | list[str]]:
    """Read a file in this process, and encode it where that is asked for: seconds, and the most memory it took."""
    from seqmodels.run.build import IN_CONFIGS
    from seqmodels.run.compose import ConfigTree
    from seqmodels.run.make import make_data
    from seqmodels.run.plain import plain

    imported = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    config = plain(ConfigTree().compose(["task=sentiment", "run_dir=nowhere", f"data.path={path}"]))
    data = make_data(config, IN_CONFIGS)
    began, cpu = time.perf_counter(), time.process_time()
    if steps == "read":
        data.prepare_data()
    else:
        data.setup("fit")
    return {
        "steps": steps,
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "imports_mib": round(imported / 1024),
        "examples": [len(examples) for examples in data.splits],
        "told": data.faults.lines(),
    }


def main(words: list[str] | None = None) -> None:
    """Make the file, and measure each step in a process of its own, whose memory nothing else took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--keep", type=Path, help="where the file is made, and stays")
    parser.add_argument("--measure", nargs=2, metavar=("FILE", "STEPS"), help=argparse.SUPPRESS)
    flags = parser.parse_args(words)
    if flags.measure:
        print(json.dumps(measure(Path(flags.measure[0]), flags.measure[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = flags.keep or Path(folder) / "Reviews.csv"
        if not path.exists():
            write_reviews(path, flags.rows)
        print(f"{path}: {path.stat().st_size / 2**20:,.0f} MiB, {flags.rows:,} rows", flush=True)
        for steps in ("read", "encode"):
            subprocess.run([sys.executable, __file__, "--measure", str(path), steps], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
