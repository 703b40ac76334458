"""Every example that a model gets wrong, the worst first."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from seqmodels.reports.align import aligned, filled
from seqmodels.reports.answers import Answers, Part

WIDTH = 120
LONG = 10**7  # entries of a table of distances, which take about 0.1 s
HEAD = 8  # columns of what stands before a line


class _Wrong(NamedTuple):
    """How much of an example is wrong: steps, labels or edits, of how many."""

    place: int
    wrong: int
    total: int


def error_report(answers: Answers) -> str:
    """All wrong examples: how many, then each with its origin, those with the most wrong steps first.

    Of as many wrong steps, the larger share of them comes first, then the order of the data. A label of the whole
    counts as a step, and in a sequence every edit (Levenshtein distance).

    Example:
        >>> from seqmodels.reports import Answers, Part, error_report
        >>> part = Part("", "steps", wanted=[["DET", "NOUN"]], said=[["DET", "VERB"]])
        >>> print(error_report(Answers([["the", "dog"]], ["the dog"], ["a.conllu:1"], [part])))
        1 of 1 examples wrong (100.00 %), 1 of 2 labels; the most wrong labels first, then the largest share
        <BLANKLINE>
        a.conllu:1: 1 of 2 wrong
                the  dog
        wanted  DET  NOUN
        said    DET  VERB
                     ^^^^
        <BLANKLINE>
    """
    counted = [_counted(answers.parts, i) for i in range(len(answers.origins))]
    wrong = sorted((c for c in counted if c.wrong), key=lambda c: (-c.wrong, -c.wrong / c.total, c.place))
    lines = [f"{len(wrong):,} of {len(counted):,} examples wrong ({100 * len(wrong) / max(1, len(counted)):.2f} %)"]
    edits, units = sum(c.wrong for c in counted), sum(c.total for c in counted)
    if [part.kind for part in answers.parts] == ["label"]:
        lines[0] += ", in the order of the data"
    elif _sequences(answers):
        lines[0] += f", {edits:,} edits in {units:,} units; the most edits first, then the largest share"
    else:
        lines[0] += f", {edits:,} of {units:,} labels; the most wrong labels first, then the largest share"
    for found in wrong:
        lines += ["", *_shown(answers, found)]
    return "\n".join(lines) + "\n"


def _sequences(answers: Answers) -> bool:
    return any(part.kind == "sequence" for part in answers.parts)


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """The least number of units to put in, take out or replace (Levenshtein 1966), a row of the table at a time.

    Of sequences that are longer than some thousand units, the places at which they differ.

    Example:
        >>> from seqmodels.reports import distance
        >>> distance("kitten", "sitting")
        3
    """
    if len(one) * len(other) > LONG:
        return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))
    ids = {unit: i for i, unit in enumerate(dict.fromkeys([*one, *other]))}
    across = np.array([ids[unit] for unit in other], dtype=np.int64)  # (U,)
    steps = np.arange(len(other) + 1)
    row = steps.copy()
    for i, unit in enumerate(one, start=1):
        taken = np.minimum(row[1:] + 1, row[:-1] + (across != ids[unit]))
        # What is put in: from the least of all places before, a unit a step.
        row = np.minimum.accumulate(np.concatenate([[i], taken]) - steps) + steps
    return int(row[-1])


def _counted(parts: Sequence[Part], place: int) -> _Wrong:
    wrong = total = 0
    for part in parts:
        wanted, said = part.wanted[place], part.said[place]
        if part.kind == "sequence":
            wrong += max(distance(wanted, said), not part.right(place))  # capitals alone are no edit of pieces
        else:
            wrong += sum(a != b for a, b in zip(wanted, said, strict=True))
        total += len(wanted)
    return _Wrong(place, wrong, max(1, total))


def _shown(answers: Answers, found: _Wrong) -> list[str]:
    place, words = found.place, answers.inputs[found.place]
    steps = [part for part in answers.parts if part.kind == "steps"]
    lines = [answers.origins[place]]
    if _sequences(answers):
        lines[0] += f": {found.wrong} edit{'s' if found.wrong > 1 else ''} in {found.total}"
    elif found.total > 1:
        lines[0] += f": {found.wrong} of {found.total} wrong"
    if steps:
        lines += _columns(steps, words, place)
    elif answers.texts[place]:
        lines.append(filled("input", HEAD) + answers.texts[place])
    for part in answers.parts:
        if part.kind != "steps":
            name = f"{part.name} " if part.name else ""
            heads = [f"{name}wanted", f"{name}said"]
            wide = max(HEAD, *(len(head) + 2 for head in heads))
            wanted, said = part.written(place)
            wrong = part.name and not part.right(place)
            lines += [filled(heads[0], wide) + wanted, filled(heads[1], wide) + said + "  <- wrong" * bool(wrong)]
    return lines


def _columns(steps: Sequence[Part], words: list[str], place: int) -> list[str]:
    """Words over the labels that were wanted and said, what is wrong marked below."""
    count = len(steps[0].wanted[place])
    heads, rows = [""], [words or [str(i + 1) for i in range(count)]]
    for part in steps:
        wanted, said = part.wanted[place], part.said[place]
        name = f"{part.name} " if part.name else ""
        heads += [f"{name}wanted", f"{name}said", ""]
        marks = ["^" * max(len(a), len(b)) if a != b else "" for a, b in zip(wanted, said, strict=True)]
        rows += [wanted, said, marks]
    lines = aligned(rows, WIDTH, heads)
    # A block without an error has an empty line for its marks, and one behind it: one is enough.
    return [line for i, line in enumerate(lines) if line or (i + 1 < len(lines) and lines[i + 1])]
