"""Measure this project's recurrences and training loop against what torch offers, in the same run.

Prints a table and writes bench.json. Timings are ratios: the machine may be shared. About 12 minutes on two cores.
"""

import argparse
import json
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from seqmodels.run.process import tune_process

tune_process()  # before torch is imported, as the command line does

import torch  # noqa: E402
from bench.decoder import output_layer  # noqa: E402
from bench.decoding import decoding  # noqa: E402
from bench.recurrences import against_packed, equal_lengths, layer_norm, long_minimal, rule  # noqa: E402
from bench.tagger import tagger  # noqa: E402
from bench.timing import BUSY_MEANS, Row  # noqa: E402
from bench.viterbi import viterbi  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

CASES = {
    "lstm": partial(against_packed, "LSTM"),
    "gru": partial(against_packed, "GRU"),
    "rnn": partial(against_packed, "RNN"),
    "equal": equal_lengths,
    "layer_norm": layer_norm,
    "mingru": long_minimal,
    "tagger": tagger,
    "output_layer": output_layer,
    "viterbi": viterbi,
    "decoding": decoding,
    "rule": rule,
}
EXTRA = {"rule"}  # only when named


def main() -> None:
    """Run the cases that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=sorted(CASES), help="run this case alone (repeatable)")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--output", type=Path, default=Path("bench.json"))
    words = parser.parse_args()
    if words.device == "cuda" and not torch.cuda.is_available():
        parser.error("--device cuda: torch sees no GPU here; leave it out")
    names = words.only or [name for name in CASES if name not in EXTRA]
    started = time.perf_counter()
    rows: list[Row] = []
    for name in names:
        rows += CASES[name](torch.device(words.device))
        print(f"{name}: done after {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
        words.output.write_text(json.dumps([row._asdict() for row in rows], indent=2) + "\n", encoding="utf-8")
    show(rows)
    print(f"{len(rows)} rows in {words.output}; {time.perf_counter() - started:.0f} s")


def show(rows: list[Row]) -> None:
    """The table."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    if not rows:
        return
    table = Table(title=f"{rows[0].device}, {rows[0].threads} threads, torch {torch.__version__}")
    for heading in ("case", "reference in the same run"):
        table.add_column(heading)
    for heading in ("ratio", "spread", "at least", "met"):
        table.add_column(heading, justify="right")
    for row in rows:
        low, high = row.spread
        target, met = ("", "") if row.target is None else (f"{row.target:.2f}×", "yes" if row.met else "no")
        table.add_row(row.name, row.reference, f"{row.ratio:.2f}×{row.mark}", f"{low:.2f}-{high:.2f}", target, met)
    console.print(table)
    if any(row.mark for row in rows):
        console.print(BUSY_MEANS)


if __name__ == "__main__":
    main()
