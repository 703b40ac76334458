"""What the order of words is worth: one picture and one table of finished runs.

Train them, then name the folders that they lie in:
seqmodels train -m experiment=order_matters data=trec,trec_shuffled seed=1,2,3,4,5
seqmodels train -m task=word_order model/encoder=lstm,bag seed=1,2,3,4,5
python scripts/order_matters.py runs/question_type/multirun runs/word_order/multirun --output docs/order_matters.png
"""

import argparse
import sys
from pathlib import Path

from order.measured import QUESTIONS, difference, is_shuffled, moved, reached, table
from order.picture import picture
from scores.runs import find_runs

from seqmodels.errors import InputError
from seqmodels.storage import replacing


def main(words: list[str] | None = None) -> int:
    """Write the picture and print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", metavar="FOLDER", nargs="+", help="of a run, or one in which runs lie")
    parser.add_argument("--output", type=Path, default=Path("order_matters.png"), help="the picture")
    flags = parser.parse_args(words)
    try:
        runs = find_runs(flags.runs)
        found = reached(runs)
        gain = difference(found)
        shifts = moved(next(run for run in runs if run.task == QUESTIONS and not is_shuffled(run)))
    except InputError as error:
        print(*(f"order_matters: {fault}" for fault in error.faults), sep="\n", file=sys.stderr)
        return 2
    with replacing(flags.output) as beside:
        beside.write_bytes(picture(found, gain, "What the order of words is worth"))
    print(table(found, shifts, gain))
    print(f"\nwritten: {flags.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
