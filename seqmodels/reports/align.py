"""Words over their labels, in columns that a terminal shows straight, however wide its letters are."""

import unicodedata
from collections.abc import Iterator, Sequence

GAP = 2  # blanks between two columns


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes (Unicode annex 11: wide letters two, combining marks none).

    Example:
        >>> from seqmodels.reports import width_of
        >>> width_of("dog"), width_of("犬"), width_of("n\\u0303")
        (3, 2, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def aligned(rows: Sequence[Sequence[str]], width: int | None = None, heads: Sequence[str] | None = None) -> list[str]:
    """Rows of words as lines in which those of the same place begin at the same column.

    Args:
        rows: of the same number of words.
        width: of the terminal; longer rows go on in another block of lines, behind an empty line. None: any.
        heads: what stands before every row, again in every block.

    Returns:
        The lines, without blanks at their ends.

    Example:
        >>> from seqmodels.reports import aligned
        >>> aligned([["the", "犬", "barks"], ["DET", "NOUN", "VERB"]])
        ['the  犬    barks', 'DET  NOUN  VERB']
    """
    before = max(map(width_of, heads)) + GAP if heads else 0
    names = heads or [""] * len(rows)
    places = [max(map(width_of, words)) for words in zip(*rows, strict=True)]
    lines: list[str] = []
    for start, stop in _blocks(places, None if width is None else max(1, width - before)):
        lines += [""] if lines else []
        for name, row in zip(names, rows, strict=True):
            words = [filled(word, place + GAP) for word, place in zip(row[start:stop], places[start:stop], strict=True)]
            lines.append((filled(name, before) + "".join(words)).rstrip())
    return lines


def filled(text: str, width: int) -> str:
    """A text with blanks behind it up to a width."""
    return text + " " * (width - width_of(text))


def _blocks(places: Sequence[int], width: int | None) -> Iterator[tuple[int, int]]:
    """Which columns stand in the same block: as many as fit, at least one."""
    start = used = 0
    for i, place in enumerate(places):
        if width is not None and i > start and used + place > width:
            yield start, i
            start, used = i, 0
        used += place + GAP
    if places:
        yield start, len(places)
