"""A page of what a model writes: its best, ordinary and worst sequences."""

from collections.abc import Sequence

from seqmodels.reports.align import filled
from seqmodels.reports.answers import Answers, Part
from seqmodels.reports.errors import distance

EACH = 10  # samples of a kind
HEAD = 8  # columns of what stands before a line


def likeness(wanted: str, said: str) -> float:
    """1 - edits / letters of the longer text: 1 for the same, 0 for nothing in common (Levenshtein distance).

    Example:
        >>> likeness("kitten", "sitten"), likeness("", "")
        (0.8333333333333334, 1.0)
    """
    longer = max(len(wanted), len(said))
    return 1.0 if wanted == said else 1 - distance(wanted, said) / longer


def sample_page(answers: Answers, part: Part, count: int = EACH) -> str:
    """Sequences that are most like what was wanted, those in the middle and those least like it.

    Of equally good ones the longer come first, since a short one is soon right; of equally bad ones too. The middle
    ones are spread evenly over all ranks, so that they show what is usual.

    Args:
        answers: to a split.
        part: the sequences.
        count: samples of each kind.

    Example:
        >>> from seqmodels.reports import Answers, Part, sample_page
        >>> part = Part("", "sequence", [["a", "dog"]], [["a", "cat"]], [("a dog", "a cat")])
        >>> print(sample_page(Answers([["ein", "Hund"]], ["ein Hund"], ["de:1"], [part]), part))
        1 example, likeness (1 - edits / letters of the longer text) 0.400 on average, 0 of 1 as wanted
        <BLANKLINE>
        all
        <BLANKLINE>
        de:1: 0.400
        input   ein Hund
        wanted  a dog
        said    a cat
        <BLANKLINE>
    """
    pairs = [part.written(i) for i in range(len(answers.origins))]
    scores = [likeness(*pair) for pair in pairs]
    longest = [max(map(len, pair)) for pair in pairs]
    order = sorted(range(len(pairs)), key=lambda i: (-scores[i], -longest[i], i))
    right, total = sum(score == 1 for score in scores), len(scores)
    mean = sum(scores) / max(1, total)
    lines = [
        f"{total:,} example{'s' * (total != 1)}, likeness (1 - edits / letters of the longer text) {mean:.3f} on "
        f"average, {right:,} of {total:,} as wanted"
    ]
    for name, chosen in _kinds(order, scores, longest, count):
        lines += ["", name]
        for i in chosen:
            lines += ["", f"{answers.origins[i]}: {scores[i]:.3f}"]
            lines += [filled("input", HEAD) + answers.texts[i]] if answers.texts[i] else []
            lines += [filled(head, HEAD) + text for head, text in zip(("wanted", "said"), pairs[i], strict=True)]
    return "\n".join(lines) + "\n"


def _kinds(
    order: Sequence[int], scores: Sequence[float], longest: Sequence[int], count: int
) -> list[tuple[str, Sequence[int]]]:
    """The best, some of all ranks, and the worst, none of them twice; all where there are few."""
    if len(order) <= 3 * count:
        return [("all", order)]
    worst = sorted(order, key=lambda i: (scores[i], -longest[i], i))[:count]
    best = [i for i in order if i not in set(worst)][:count]
    others = [i for i in order if i not in {*best, *worst}]
    between = [others[(2 * k + 1) * len(others) // (2 * count)] for k in range(count)]
    return [("the best", best), ("of all ranks between them, evenly spread", between), ("the worst", worst)]
