"""Merges left out at random: none at 0, all at 1, and the text stays the same."""

from random import Random

import pytest

from seqmodels.text import Subwords

TEXTS = ["The quick brown fox jumps over the lazy dog's 'sunday'.", "Straße, 東京 🦊  12 o'clock\n", " the dog "]


def fitted(dropout):
    field = Subwords(vocab_size=200, dropout=dropout)
    field.fit([*TEXTS * 3, "sun sunday's lower low lowest"])
    return field


@pytest.mark.parametrize("text", TEXTS)
def test_with_nothing_left_out_it_is_byte_pair_encoding(text):
    field = fitted(1e-12)
    assert field.varies
    assert not fitted(0.0).varies
    ids = field.encode(text)
    assert field.vary(ids, Random(0)).tolist() == ids.tolist()


@pytest.mark.parametrize("text", TEXTS)
def test_with_everything_left_out_there_are_bytes(text):
    field = fitted(1.0)
    pieces = field.vary(field.encode(text), Random(0))
    assert len(pieces) == len(text.encode())
    assert field.decode(pieces.tolist()) == text


def test_the_text_stays_and_its_pieces_depend_on_the_draw_alone():
    field = fitted(0.3)
    ids = field.encode(TEXTS[0])
    found = [field.vary(ids, Random(seed)).tolist() for seed in range(20)]
    assert all(field.decode(pieces) == TEXTS[0] for pieces in found)
    assert found == [field.vary(ids, Random(seed)).tolist() for seed in range(20)]
    assert len(set(map(tuple, found))) > 10
    assert sum(map(len, found)) > 20 * len(ids)
