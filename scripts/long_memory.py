"""Which recurrences remember how far back: one picture and one table of finished runs.

Train them with `seqmodels train -m experiment=long_memory task=adding,copy_memory,parity,digit_rows
model/encoder=rnn,irnn,lstm_forget_0,lstm_forget_1,lstm_chrono,gru,mingru`, then name the folders that they lie in:
python scripts/long_memory.py runs/adding/multirun/... runs/copy_memory/multirun/... --output docs/long_memory.png
"""

import argparse
import sys
from pathlib import Path

from memory.picture import picture
from memory.solved import remembered, table
from scores.runs import find_runs

from seqmodels.errors import InputError
from seqmodels.storage import replacing


def main(words: list[str] | None = None) -> int:
    """Write the picture and print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", metavar="FOLDER", nargs="+", help="of a run, or one in which runs lie")
    parser.add_argument("--output", type=Path, default=Path("long_memory.png"), help="the picture")
    flags = parser.parse_args(words)
    try:
        found = remembered(find_runs(flags.runs))
    except InputError as error:
        print(*(f"long_memory: {fault}" for fault in error.faults), sep="\n", file=sys.stderr)
        return 2
    with replacing(flags.output) as beside:
        beside.write_bytes(picture(found, "Who remembers how far back"))
    print(table(found))
    print(f"written: {flags.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
