"""greedy against a loop over one sentence at a time."""

from functools import partial

import pytest
import torch

from seqmodels import Encoded, Padded
from seqmodels.decode import greedy
from seqmodels.nn.decoders import RecurrentDecoder
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.types import BOS, EOS

H, C = 6, 8
LENGTHS = [3, 5, 1, 4, 4, 2, 5, 3, 1, 2, 4, 3]

every_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])


@pytest.fixture
def source(vectors):
    outputs = vectors(LENGTHS, H)
    return Encoded(outputs, (3 * torch.randn(1, len(LENGTHS), H, dtype=torch.float64),))


def make_decoder(cell="gru", end=1.0):
    """Random weights, large enough that what is written varies; a higher ``end`` makes it shorter."""
    decoder = RecurrentDecoder(H, C, partial(TokenEmbedder, embedding_size=4), cell=cell, hidden_size=H).double()
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.mul_(3)
        decoder.scores.bias.zero_()
        decoder.scores.bias[EOS] = end
    return decoder


def sentence(source, i):
    """Sentence i by itself, without padding."""
    row = source.outputs.rows()[i]
    return Encoded(Padded(row[None], torch.tensor([len(row)])), tuple(s[:, i : i + 1] for s in source.state))


def by_hand(decoder, alone, max_length, bos=BOS, eos=EOS):
    """The tokens of one sentence."""
    state, token, written = decoder.start(alone), bos, []
    while len(written) < max_length:
        scores, state = decoder.step(torch.tensor([token]), state)
        token = max(range(C), key=scores[0].tolist().__getitem__)
        if token == eos:
            break
        written.append(token)
    return written


@every_cell
@pytest.mark.parametrize("max_length", [1, 4, 15])
def test_greedy_equals_a_hand_loop_over_each_sentence(cell, max_length, source):
    decoder = make_decoder(cell)
    wanted = [by_hand(decoder, sentence(source, i), max_length) for i in range(len(LENGTHS))]
    found = greedy(decoder, source, max_length)
    assert [row.tolist() for row in found.rows()] == wanted
    assert found.data.shape == (len(LENGTHS), max(map(len, wanted)))
    if max_length == 15:  # the case must hold sentences that end at different steps, or it tests nothing
        assert len({len(tokens) for tokens in wanted}) > 2


def test_ids_of_the_beginning_and_the_end_may_be_chosen(source):
    decoder = make_decoder()
    wanted = [by_hand(decoder, sentence(source, i), 15, bos=6, eos=4) for i in range(len(LENGTHS))]
    found = greedy(decoder, source, 15, bos=6, eos=4)
    assert [row.tolist() for row in found.rows()] == wanted
    assert wanted != [by_hand(decoder, sentence(source, i), 15) for i in range(len(LENGTHS))]


def test_the_end_is_no_part_of_the_result_and_zeros_follow_it(source):
    found = greedy(make_decoder(), source, 15)
    assert not (found.data == EOS).any()
    assert (found.data[~found.mask] == 0).all()
    assert (~found.mask).any()


@every_cell
def test_batch_composition_changes_nothing(cell, source):
    decoder = make_decoder(cell)
    together = greedy(decoder, source, 15).rows()
    for i, row in enumerate(together):
        assert torch.equal(greedy(decoder, sentence(source, i), 15).data[0], row)


@pytest.mark.parametrize("max_length", [1, 3])
def test_a_sentence_without_an_end_is_cut_at_max_length(max_length, source):
    found = greedy(make_decoder(end=-1e6), source, max_length)
    assert found.data.shape == (len(LENGTHS), max_length)
    assert (found.lengths == max_length).all()


def test_an_immediate_end_gives_length_zero(source):
    found = greedy(make_decoder(end=1e6), source, 15)
    assert found.data.shape == (len(LENGTHS), 0)
    assert found.data.dtype == torch.int64
    assert (found.lengths == 0).all()


def test_greedy_keeps_no_graph(source):
    decoder, kept = make_decoder(), []
    decoder.scores.register_forward_hook(lambda _, given, scores: kept.append(scores.requires_grad))
    greedy(decoder, source, 15)
    assert kept
    assert not any(kept)
