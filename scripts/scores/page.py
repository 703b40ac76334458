"""RESULTS.md, from the rows."""

from collections.abc import Sequence

from scores.rows import Row

HEAD = """\
# Results

Written by `make results` from the folders of finished runs; nothing here is written by hand (`results.json` has the
same rows). Scores are of the test split, by the checkpoint that the validation split chose: the mean over the runs of a
row ± their standard deviation (n - 1); the runs differ in their seed, or in what the row's name says. Rates are
fractions. The floor is what a trivial method reaches on the same examples; anchors are what others published. Minutes
are of one training, on a machine that may have been shared; of models that answer together, of all of them.
"""


def page(rows: Sequence[Row]) -> str:
    """The whole document.

    Args:
        rows: as results.json has them.
    """
    parts = [HEAD, _table(SCORES, rows), *_short(rows), "## How each was made\n", _table(MADE, rows), *_anchors(rows)]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _score(row: Row) -> str:
    alone = " (one seed)" if len(row["seeds"]) == 1 else " (one score)"
    spread = f" ± {row['spread']:.4f}" if row["spread"] is not None else alone
    return f"{row['score']:.4f}{spread}"


def _floor(row: Row) -> str:
    score = row["floor"]["score"]
    return f"{score:.4f} ({row['floor']['name']})" if score is not None else ""


def _target(row: Row) -> str:
    if row["target"] is None:
        return row.get("of") or "none"
    sign = "≥" if row["better"] == "more" else "≤"
    said = [f"{sign} {row['target']:g}"]
    said += [f"within {row['within']:g} min"] if row["within"] is not None else []
    said += [f"({row['of']})"] if row.get("of") else []
    return " ".join(said) + (f"; goal {row['goal']:g}" if row["goal"] is not None else "")


def _met(row: Row) -> str:
    return {None: "", True: "yes", False: "**no**"}[row["met"]]


def _names(row: Row) -> str:
    return "; ".join(f"{anchor['name']}: {anchor['score']}" for anchor in row["anchors"]) or "none published"


def _commit(row: Row) -> str:
    return ", ".join(f"{commit[:9]}{'+changes' * commit.endswith('+changes')}" for commit in row["commit"].split(", "))


SCORES = {
    "task": lambda row: row["task"],
    "data": lambda row: row["data"],
    "metric": lambda row: row["metric"] + (" (less is better)" if row["better"] == "less" else ""),
    "score": _score,
    "floor": _floor,
    "target": _target,
    "met": _met,
    "anchors": _names,
    "parameters": lambda row: f"{row['parameters']:,}",
    "minutes": lambda row: f"{row['minutes']:g}",
}
MADE = {
    "task": lambda row: row["task"],
    "metric": lambda row: row["metric"],
    "command": lambda row: f"`{row['command']}`",
    "device": lambda row: row["device"],
    "commit": _commit,
}


def _table(columns: dict, rows: Sequence[Row]) -> str:
    lines = [list(columns), ["---"] * len(columns)]
    lines += [[str(read(row)).replace("|", "\\|") for read in columns.values()] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _short(rows: Sequence[Row]) -> list[str]:
    """What does not reach its target, and by how much."""
    lines = []
    for row in rows:
        label = f"{row['task']}, {row['metric']}"
        gap = None if row["target"] is None else (row["score"] - row["target"]) * (1 if row["better"] == "more" else -1)
        if gap is None and row.get("of"):
            lines.append(f"- {label}: its target, {row['of']}, is not known: that row has no figure yet.\n")
        elif gap is not None and gap < 0:
            lines.append(f"- {label}: {row['score']:.4f} is {-gap:.4f} short of its target of {row['target']:g}.\n")
        elif row["met"] is False:
            lines.append(f"- {label}: it took {row['minutes']:g} minutes, and its target allows {row['within']:g}.\n")
    return ["## Short of the target\n", "".join(lines)] if lines else []


def _anchors(rows: Sequence[Row]) -> list[str]:
    """Where the anchors come from."""
    said = dict.fromkeys(
        f"- {anchor['name']}, {anchor['score']} ({row['data']}): {anchor['source']}.\n"
        for row in rows
        for anchor in row["anchors"]
    )
    return ["## Where the anchors come from\n", "".join(said)] if said else []
