"""``make results``: put finished runs into results.json and RESULTS.md.

Name their folders, or folders that they lie in: make results ARGS="runs/pos_tagging/multirun/2026-11-23_09-30-00".
All runs of a row are wanted at once; a row of which no run is named stays as it is.
"""

import argparse
import json
import sys
from pathlib import Path

from scores.page import page
from scores.rows import merged, rows_of
from scores.runs import find_runs
from scores.wanted import read_wanted

from seqmodels.errors import InputError
from seqmodels.storage import write_text


def main(words: list[str] | None = None) -> int:
    """Write both files; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", metavar="FOLDER", nargs="*", help="of a run, or one in which runs lie")
    parser.add_argument("--commits-differ", action="store_true", help="take runs of one row from different commits")
    parser.add_argument("--folder", type=Path, default=Path("."), help="where results.json and RESULTS.md lie")
    flags = parser.parse_args(words)
    target = flags.folder / "results.json"
    try:
        wanted = read_wanted()
        before = json.loads(target.read_text(encoding="utf-8")) if target.is_file() else []
        new = rows_of(find_runs(flags.runs), wanted, flags.commits_differ)
    except InputError as error:
        print(*(f"results: {fault}" for fault in error.faults), sep="\n", file=sys.stderr)
        return 2
    rows = merged(before, new, wanted)
    write_text(target, json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    write_text(flags.folder / "RESULTS.md", page(rows))
    for task, metric in sorted(
        {(row["task"], row["metric"]) for row in before} - {(r["task"], r["metric"]) for r in rows}
    ):
        print(f"left out, since rows.yaml has it no longer: {task}, {metric}")
    print(f"{len(new)} rows from runs, {len(rows)} in all: {target} and {flags.folder / 'RESULTS.md'}")
    for row in rows:
        if row["met"] is False:
            within = "" if row["within"] is None else f" within {row['within']:g} minutes, of {row['minutes']:g}"
            said = f"{row['task']}, {row['metric']}: {row['score']:.4f}, wanted {row['target']:g}{within}"
            print(f"short of its target: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
