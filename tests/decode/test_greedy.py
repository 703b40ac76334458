"""A beam of one against a loop over one sentence at a time."""

import pytest
import torch

from seqmodels.decode import Ids, Search, begin, search
from seqmodels.types import BOS, EOS, PAD

C = 8
every_cell = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])


def greedy(decoder, sources, max_length=15, ids=None, bos=BOS):
    return search(begin(decoder, sources.encoded, bos), sources.read, Search(max_length=max_length), ids or Ids())


@torch.no_grad()
def by_hand(decoder, alone, max_length, bos=BOS, ids=None):
    """The tokens of one sentence and their log-probability with the end."""
    ids = ids or Ids()
    state, token, written, log_p = decoder.start(alone.encoded), bos, [], 0.0
    while len(written) < max_length:
        scores, state = decoder.step(torch.tensor([token]), state)
        row = scores[0].log_softmax(dim=-1).tolist()
        token = max((i for i in range(C) if i not in ids.never), key=row.__getitem__)
        log_p += row[token]
        if token == ids.eos:
            break
        written.append(token)
    return written, log_p


@every_cell
@pytest.mark.parametrize("max_length", [1, 4, 15])
def test_a_beam_of_one_equals_a_hand_loop_over_each_sentence(cell, max_length, sources, make_decoder):
    decoder = make_decoder(cell)
    wanted = [by_hand(decoder, sources.alone(i), max_length) for i in range(len(sources.read.lengths))]
    found = greedy(decoder, sources, max_length)
    assert [row.tolist() for row in found.best().rows()] == [tokens for tokens, _ in wanted]
    for i, (tokens, log_p) in enumerate(wanted):
        ended = len(tokens) < max_length
        assert bool(found.ended[i, 0]) == ended
        assert float(found.scores[i, 0]) == pytest.approx(log_p / (len(tokens) + ended), rel=1e-9)
    if max_length == 15:  # the case must hold sentences that end at different steps, or it tests nothing
        assert len({len(tokens) for tokens, _ in wanted}) > 2


def test_ids_of_the_beginning_and_the_end_may_be_chosen(sources, make_decoder):
    decoder, ids = make_decoder(), Ids(eos=4, never=(5,))
    every = range(len(sources.read.lengths))
    wanted = [by_hand(decoder, sources.alone(i), 15, bos=6, ids=ids)[0] for i in every]
    found = greedy(decoder, sources, 15, ids, bos=6)
    assert [row.tolist() for row in found.best().rows()] == wanted
    assert wanted != [by_hand(decoder, sources.alone(i), 15)[0] for i in every]


def test_the_end_is_no_part_of_the_result_and_zeros_follow_it(sources, make_decoder):
    best = greedy(make_decoder(), sources).best()
    assert not (best.data == EOS).any()
    assert (best.data[~best.mask] == 0).all()
    assert (~best.mask).any()
    assert best.data.shape[1] == int(best.lengths.max())


@every_cell
def test_batch_composition_changes_nothing(cell, sources, make_decoder):
    decoder = make_decoder(cell)
    together = greedy(decoder, sources).best().rows()
    for i, row in enumerate(together):
        assert torch.equal(greedy(decoder, sources.alone(i)).best().data[0], row)


@pytest.mark.parametrize("max_length", [1, 3])
def test_a_sentence_without_an_end_is_cut_at_max_length(max_length, sources, make_decoder):
    found = greedy(make_decoder(end=-1e6), sources, max_length)
    assert found.tokens.shape[1:] == (1, max_length)
    assert (found.lengths == max_length).all()
    assert not found.ended.any()


def test_an_immediate_end_gives_length_zero(sources, make_decoder):
    found = greedy(make_decoder(end=1e6), sources)
    assert found.best().data.shape == (12, 0)
    assert found.best().data.dtype == torch.int64
    assert (found.lengths == 0).all()
    assert found.ended.all()
    assert found.weights.shape == (12, 1, 0, 5)


def test_padding_and_the_beginning_are_never_written(sources, make_decoder):
    decoder = make_decoder()
    with torch.no_grad():
        decoder.scores.bias[[PAD, BOS]] = 1e3
    data = greedy(decoder, sources).best()
    assert not (data.data[data.mask] == BOS).any()
    assert not (data.data[data.mask] == PAD).any()


def test_a_search_keeps_no_graph(sources, make_decoder):
    decoder, kept = make_decoder(), []
    decoder.scores.register_forward_hook(lambda _, given, scores: kept.append(scores.requires_grad))
    search(begin(decoder, sources.encoded), sources.read, Search())
    assert len(kept) > 1
    assert not any(kept)


def test_finished_sentences_leave_the_batch(sources, make_decoder):
    decoder, rows = make_decoder(), []
    decoder.scores.register_forward_hook(lambda _, given, scores: rows.append(len(scores)))
    greedy(decoder, sources)
    assert rows == sorted(rows, reverse=True)
    assert rows[-1] < rows[0]
