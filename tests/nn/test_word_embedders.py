"""What embedders make of words in columns: each against a loop over single words."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.embedders import (
    CharacterCnn,
    CharacterRnn,
    FeatureEmbedder,
    JoinedEmbedder,
    OneHotEmbedder,
    TokenEmbedder,
    WordPartsEmbedder,
    characters,
)
from seqmodels.types import PAD, Size, pad

SIZE = Size(
    12, parts={"words": Size(12), "prefix1": Size(7), "suffix2": Size(6), "shape": Size(5), "characters": Size(9)}
)
LENGTHS = [3, 5, 1]
FIXED = 4  # columns before the letters

EMBEDDERS = {
    "tokens": partial(TokenEmbedder, embedding_size=6),
    "one_hot": OneHotEmbedder,
    "parts": partial(WordPartsEmbedder, embedding_size=4),
    "cnn": partial(CharacterCnn, filters=6, embedding_size=4),
    "rnn": partial(CharacterRnn, hidden_size=3, embedding_size=4),
    "gru": partial(CharacterRnn, hidden_size=3, embedding_size=4, cell="gru"),
    "joined": partial(
        JoinedEmbedder, embedders={"words": TokenEmbedder, "cnn": CharacterCnn, "parts": WordPartsEmbedder}
    ),
}
every_embedder = pytest.mark.parametrize("name", EMBEDDERS)


def word(letters: int) -> list[int]:
    fixed = [int(torch.randint(4, size, ())) for size in (12, 7, 6, 5)]
    return fixed + [int(c) for c in torch.randint(4, 9, (letters,))]


def make_words(lengths=LENGTHS) -> Padded:
    rows = []
    for length in lengths:
        words = [word(int(torch.randint(1, 8, ()))) for _ in range(length)]
        width = max(map(len, words))
        rows.append(torch.tensor([w + [PAD] * (width - len(w)) for w in words]))
    return pad(rows)


@every_embedder
def test_vectors_are_as_wide_as_promised_and_zero_past_the_ends(name):
    embedder, words = EMBEDDERS[name](SIZE), make_words()
    found = embedder(words)
    assert found.data.shape == (3, 5, embedder.output_size)
    assert torch.equal(found.lengths, words.lengths)
    assert (found.data[~words.mask] == 0).all()


@every_embedder
def test_a_word_alone_is_itself_in_a_batch(name):
    embedder, words = EMBEDDERS[name](SIZE).double(), make_words()
    found = embedder(words)
    for row, vectors in zip(words.rows(), found.rows(), strict=True):
        for ids, vector in zip(row, vectors, strict=True):
            letters = int((ids[FIXED:] != PAD).sum())
            alone = embedder(pad([ids[None, : FIXED + letters]]))
            assert_close(vector, alone.data[0, 0], rtol=1e-6, atol=1e-6)


@every_embedder
def test_noise_in_padding_and_more_columns_of_padding_change_nothing(name):
    embedder, words = EMBEDDERS[name](SIZE).double(), make_words()
    noisy = torch.where(words.mask[..., None], words.data, 3)
    wider = torch.cat([words.data, torch.full((*words.data.shape[:2], 3), PAD)], dim=2)
    assert_close(embedder(words).data, embedder(Padded(noisy, words.lengths)).data)
    assert_close(embedder(words).data, embedder(Padded(wider, words.lengths)).data)


def test_a_word_without_letters_is_taken():
    words = pad([torch.tensor([[5, 4, 4, 4]])])
    for name in ("cnn", "rnn"):
        assert torch.isfinite(EMBEDDERS[name](SIZE)(words).data).all()


def test_the_convolution_is_the_largest_of_products_with_windows():
    embedder, words = CharacterCnn(SIZE, filters=6, embedding_size=4).double(), make_words([1])
    letters = words.data[0, 0, FIXED:]
    vectors = [torch.zeros(4).double(), *embedder.letters.table(letters), torch.zeros(4).double()]
    windows = [torch.cat(vectors[i : i + 3]) for i in range(len(letters))]
    wanted = torch.stack([embedder.filters(window) for window in windows]).amax(dim=0)
    assert_close(embedder(words).data[0, 0], wanted)


def test_the_recurrence_ends_where_the_word_does():
    embedder, words = CharacterRnn(SIZE, hidden_size=3, embedding_size=4).double(), make_words([1])
    letters = words.data[:, 0, FIXED:]
    lstm = torch.nn.LSTM(4, 3, bidirectional=True, batch_first=True).double()
    lstm.load_state_dict(embedder.encoder.recurrence.state_dict())
    _, (state, _) = lstm(embedder.letters.table(letters))
    assert_close(embedder(words).data[0, 0], torch.cat([state[0, 0], state[1, 0]]))


def test_parts_have_vectors_of_their_own():
    embedder, words = WordPartsEmbedder(SIZE, 4), make_words([2])
    prefixes, suffixes, shapes = embedder.table.weight.split([7, 6, 5])
    for ids, vector in zip(words.data[0], embedder(words).data[0], strict=True):
        assert_close(vector, torch.cat([prefixes[ids[1]], suffixes[ids[2]], shapes[ids[3]]]))
    assert WordPartsEmbedder(SIZE, 4, parts=["shape"]).output_size == 4


def test_joined_is_side_by_side():
    embedder, words = EMBEDDERS["joined"](SIZE), make_words()
    apart = [part(words).data for part in embedder.embedders.values()]
    assert_close(embedder(words).data, torch.cat(apart, dim=-1))


def test_joined_is_as_long_as_its_parts_are(vectors):
    strided = partial(FeatureEmbedder, embedding_size=3, stride=2)
    embedder, frames = JoinedEmbedder(4, {"one": strided, "other": strided}), vectors([5, 2], 4)
    found = embedder(frames)
    assert found.lengths.tolist() == embedder.steps(frames.lengths).tolist() == [3, 1]
    assert (found.data[~found.mask] == 0).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: CharacterCnn(10), "CharacterCnn reads 'characters', and the inputs have one column alone"),
        (lambda: CharacterRnn(Size(4, parts={"words": Size(4)})), "the inputs have words"),
        (lambda: WordPartsEmbedder(10), "reads 'prefix1'"),
        (lambda: WordPartsEmbedder(SIZE, parts=["suffix9"]), "reads 'suffix9'"),
        (lambda: WordPartsEmbedder(SIZE, parts=["suffix1", "characters"]), "parts: characters found, wanted prefixes"),
        (lambda: CharacterCnn(SIZE, width=2), "width=2 found, wanted an odd number"),
        (lambda: JoinedEmbedder(SIZE, {}), "wanted at least one"),
    ],
)
def test_inputs_that_lack_what_is_read_are_refused_with_what_to_change(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_frozen_vectors_stay_and_the_others_are_learnt():
    table, found = torch.randn(6, 3), torch.tensor([False, False, True, True, False, False])
    embedder = TokenEmbedder(6, 3, frozen=True)
    embedder.load_vectors(table, found)
    optimizer = torch.optim.AdamW(embedder.parameters(), lr=0.1, weight_decay=0.5)
    before = embedder.table.weight.detach().clone()
    ids = Padded(torch.arange(6)[None], torch.tensor([6]))
    for _ in range(3):
        optimizer.zero_grad()
        embedder(ids).data.square().sum().backward()
        optimizer.step()
    vectors = embedder(ids).data[0].detach()
    assert_close(vectors[found], table[found])
    assert (vectors[~found] != before[~found]).all()


def test_tuned_vectors_begin_as_they_were_and_change():
    table, found = torch.randn(6, 3), torch.tensor([False, False, True, True, False, False])
    embedder = TokenEmbedder(6, 3)
    embedder.load_vectors(table, found)
    ids = Padded(torch.arange(6)[None], torch.tensor([6]))
    assert_close(embedder(ids).data[0].detach()[found], table[found])
    embedder(ids).data.sum().backward()
    assert (embedder.table.weight.grad[found] != 0).all()


@pytest.mark.parametrize("factor", [characters.MIX, 1, 0])
def test_words_are_told_apart_even_where_their_numbers_are_the_same(factor, monkeypatch):
    monkeypatch.setattr(characters, "MIX", factor)
    rows = torch.randint(0, 3, (200, 4), generator=torch.Generator().manual_seed(0))
    once, which = characters.each_once(rows)
    assert torch.equal(once[which], rows)
    assert sorted(once.tolist()) == torch.unique(rows, dim=0).tolist()
