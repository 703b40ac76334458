"""How gradients vanish, or do not: one picture and one table of several models before and after training.

Train them with `seqmodels train -m experiment=gradient_flow model/encoder=rnn,irnn,gru,lstm_forget_1 seed=1,2,3`, then
name the folder that the runs lie in:
python scripts/gradient_flow.py runs/adding/multirun/... --output docs/gradient_flow.png
"""

import argparse
import sys
from pathlib import Path

from memory.flows import curves_of, table
from scores.runs import find_runs

from seqmodels.errors import InputError
from seqmodels.reports.gradient_flow import gradient_csv, gradient_picture, reading
from seqmodels.storage import replacing


def main(words: list[str] | None = None) -> int:
    """Write the picture and its numbers, print what they say; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", metavar="FOLDER", nargs="+", help="of a run, or one in which runs lie")
    parser.add_argument("--output", type=Path, default=Path("gradient_flow.png"), help="the picture; a .csv beside it")
    parser.add_argument("--seeds", type=int, default=20, help="models at initialisation (default: 20)")
    parser.add_argument("--examples", type=int, default=20, help="validation examples for each model (default: 20)")
    flags = parser.parse_args(words)
    try:
        curves = curves_of(find_runs(flags.runs), flags.seeds, flags.examples)
    except InputError as error:
        print(*(f"gradient_flow: {fault}" for fault in error.faults), sep="\n", file=sys.stderr)
        return 2
    title = "How much of the loss at the end comes back to each step"
    for path, content in (
        (flags.output, gradient_picture(curves, title)),
        (flags.output.with_suffix(".csv"), gradient_csv(curves).encode()),
    ):
        with replacing(path) as beside:
            beside.write_bytes(content)
    print(*map(reading, curves), table(curves), f"written: {flags.output}", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
