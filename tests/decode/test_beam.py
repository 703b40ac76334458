"""Beams against every sequence that there is, against greedy search, and against themselves without short cuts."""

import itertools
import math

import pytest
import torch
from torch.testing import assert_close

from seqmodels.decode import Found, Ids, Next, ReadOnDraft, Search, begin, search
from seqmodels.types import BOS, EOS, PAD, Padded

LONGEST = 4
every_penalty = pytest.mark.parametrize("penalty", [0.0, 0.6, 2.0])
CASES = [
    (0.0, {}),
    (0.6, {}),
    (2.0, {}),
    (1.0, {"min_length": 2}),
    (0.0, {"no_repeat_ngram": 1}),
    (0.6, {"no_repeat_ngram": 2}),
    (1.0, {"min_length": 3, "no_repeat_ngram": 2}),
]
every_case = pytest.mark.parametrize(("penalty", "rules"), CASES, ids=str)


def find(decoder, sources, how, early=True) -> Found:
    return search(begin(decoder, sources.encoded), sources.read, how, early=early)


def allowed(tokens, how):
    n = how.no_repeat_ngram
    runs = [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)] if n else []
    return len(set(runs)) == len(runs)


def exhaustive(decoder, alone, how, size):
    """Every sequence that the rules allow with its score, those that end first, the best of them first."""
    ids = [i for i in range(size) if i not in (PAD, BOS, EOS)]
    every = [tokens for length in range(LONGEST + 1) for tokens in itertools.product(ids, repeat=length)]
    rows = torch.tensor([[BOS, *tokens, *[0] * (LONGEST - len(tokens))] for tokens in every])
    outputs = alone.encoded.outputs
    source = alone.encoded._replace(
        outputs=Padded(outputs.data.expand(len(every), -1, -1), outputs.lengths.expand(len(every))),
        state=tuple(part.expand(-1, len(every), -1).contiguous() for part in alone.encoded.state),
    )
    with torch.no_grad():
        scores = decoder(rows, source).log_softmax(dim=-1)
    ranked = []
    for i, tokens in enumerate(every):
        if not allowed(tokens, how):
            continue
        log_p = sum(float(scores[i, u, token]) for u, token in enumerate(tokens))
        if how.min_length <= len(tokens) < LONGEST:
            total = log_p + float(scores[i, len(tokens), EOS])
            ranked.append((True, total / (len(tokens) + 1) ** how.length_penalty, list(tokens)))
        if len(tokens) == LONGEST:
            ranked.append((False, log_p / LONGEST**how.length_penalty, list(tokens)))
    return sorted(ranked, key=lambda entry: (not entry[0], -entry[1]))


@every_case
def test_a_wide_beam_equals_exhaustive_search(penalty, rules, sources, make_decoder):
    size = 7
    decoder = make_decoder(size=size)
    how = Search(beam_size=400, count=20, length_penalty=penalty, max_length=LONGEST, **rules)
    found = find(decoder, sources, how)
    for i in range(0, len(sources.read.lengths), 4):
        wanted = exhaustive(decoder, sources.alone(i), how, size)[:20]
        there = [row[:n].tolist() for row, n in zip(found.tokens[i], found.lengths[i].tolist(), strict=True)]
        assert there[: len(wanted)] == [tokens for _, _, tokens in wanted]
        assert found.ended[i].tolist()[: len(wanted)] == [ended for ended, _, _ in wanted]
        assert found.scores[i].tolist()[: len(wanted)] == pytest.approx([score for _, score, _ in wanted], rel=1e-9)
        assert found.scores[i].tolist()[len(wanted) :] == [-math.inf] * (20 - len(wanted))
        assert there[len(wanted) :] == [[]] * (20 - len(wanted))


@every_case
@pytest.mark.parametrize(("beam", "count"), [(1, 1), (2, 1), (3, 3), (5, 2)])
def test_leaving_early_changes_nothing(penalty, rules, beam, count, sources, make_decoder):
    how = Search(beam, count, penalty, max_length=20, **rules)
    for seed, end in ((9, 1.0), (3, 0.0), (0, -1.0)):
        decoder = make_decoder(seed=seed, end=end)
        early, late = (find(decoder, sources, how, early) for early in (True, False))
        assert_close(early, late, rtol=1e-12, atol=1e-15)  # as the rows of a batch are not made alone


def test_leaving_early_saves_steps(sources, make_decoder):
    decoder, steps = make_decoder(), []
    decoder.scores.register_forward_hook(lambda _, given, scores: steps.append(len(scores)))
    how = Search(5, length_penalty=0.0, max_length=100)
    find(decoder, sources, how)
    early = sum(steps)
    steps.clear()
    find(decoder, sources, how, early=False)
    assert early < sum(steps)


@every_case
def test_the_batch_changes_nothing(penalty, rules, sources, make_decoder):
    decoder, how = make_decoder(), Search(4, 3, penalty, max_length=20, **rules)
    together = find(decoder, sources, how)
    for i in range(len(sources.read.lengths)):
        alone = find(decoder, sources.alone(i), how)
        n, steps = alone.tokens.shape[2], alone.weights.shape[3]
        assert torch.equal(alone.tokens[0], together.tokens[i, :, :n])
        assert torch.equal(alone.lengths[0], together.lengths[i])
        assert_close(alone.scores[0], together.scores[i], rtol=1e-9, atol=0)
        assert_close(alone.weights[0], together.weights[i, :, :n, :steps], rtol=1e-9, atol=1e-12)
        assert not together.tokens[i, :, n:].any()
        assert not together.weights[i, :, n:].any()
        assert not together.weights[i, :, :, steps:].any()


@torch.no_grad()
@every_penalty
def test_sequences_have_the_scores_and_weights_of_reading_them_again(penalty, sources, make_decoder):
    decoder, how = make_decoder(), Search(4, 4, penalty, max_length=12)
    found = find(decoder, sources, how)
    assert len(set(found.lengths.flatten().tolist())) > 3
    for i, k in itertools.product(range(len(sources.read.lengths)), range(4)):
        length, total, state = int(found.lengths[i, k]), 0.0, decoder.start(sources.alone(i).encoded)
        tokens = found.tokens[i, k, :length].tolist()
        for u, token in enumerate([*tokens, *([EOS] if found.ended[i, k] else [])]):
            scores, state = decoder.step(torch.tensor([[BOS, *tokens][u]]), state)
            total += float(scores[0].log_softmax(dim=-1)[token])
            if u < length:
                seen = found.weights[i, k, u, : state.weights.shape[1]]
                assert_close(seen, state.weights[0], rtol=1e-9, atol=1e-12)
        steps = length + int(found.ended[i, k])
        assert float(found.scores[i, k]) == pytest.approx(total / steps**penalty, rel=1e-9)


def test_the_best_of_a_source_come_first_and_differ(sources, make_decoder):
    found = find(make_decoder(), sources, Search(6, 6, max_length=10))
    assert (found.scores[:, :-1] >= found.scores[:, 1:])[found.ended[:, 1:]].all()
    for tokens, lengths in zip(found.tokens, found.lengths.tolist(), strict=True):
        assert len({tuple(row[:n].tolist()) for row, n in zip(tokens, lengths, strict=True)}) == 6


def test_fewer_are_found_than_there_are_in_the_beam_without_another_search(sources, make_decoder):
    decoder = make_decoder()
    few, many = (find(decoder, sources, Search(5, count, max_length=12)) for count in (2, 5))
    assert torch.equal(few.lengths, many.lengths[:, :2])
    assert_close(few.scores, many.scores[:, :2], rtol=0, atol=0)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_no_run_of_tokens_comes_twice(n, sources, make_decoder):
    decoder = make_decoder(end=-3.0)
    found = find(decoder, sources, Search(3, 3, max_length=15, no_repeat_ngram=n))
    free = find(decoder, sources, Search(3, 3, max_length=15))
    for result, ruled in ((found, True), (free, False)):
        rows = [row[:k].tolist() for row, k in zip(result.tokens.flatten(0, 1), result.lengths.flatten(), strict=True)]
        assert all(allowed(row, Search(no_repeat_ngram=n)) for row in rows) == ruled


def test_where_the_rules_leave_nothing_a_sequence_ends(sources, make_decoder):
    found = find(make_decoder(size=6), sources, Search(2, max_length=15, min_length=9, no_repeat_ngram=1))
    assert (found.lengths <= 3).all()  # <unk>, 4 and 5
    assert found.ended.all()


def told(rows):
    """A model that says the same whatever was written: log p of these probabilities."""

    def read(tokens, state):
        return state[0][0].clone(), state

    scores = torch.tensor(rows, dtype=torch.float64).log()
    return Next(scores.clone(), ReadOnDraft(read, (scores[None],))), Padded(
        torch.ones(len(rows), 1, dtype=torch.int64), torch.ones(len(rows), dtype=torch.int64)
    )


def test_of_equal_tokens_the_lowest_ids_are_written():
    first, read = told([[0.1] * 10, [0.0] * 4 + [1 / 6] * 6])
    found = search(first, read, Search(3, 3, max_length=1, length_penalty=0), Ids(eos=3, never=(0, 2)))
    assert found.tokens[:, :, 0].tolist() == [[0, 1, 4], [4, 5, 6]]  # what ends at once comes first
    assert found.lengths.tolist() == [[0, 1, 1], [1, 1, 1]]


def test_an_end_outside_the_beam_ends_nothing():
    first, read = told([[0, 0, 0, 0.2, 0.5, 0.3]])
    found = search(first, read, Search(2, 2, max_length=1))
    assert found.tokens[0, :, 0].tolist() == [4, 5]
    assert not found.ended.any()


def test_scores_that_are_no_numbers_find_nothing():
    first, read = told([[0.1] * 10, [math.nan] * 10])
    found = search(first, read, Search(2, 2, max_length=3))
    assert found.scores[0].isfinite().all()
    assert found.scores[1].tolist() == [-math.inf] * 2
    assert found.lengths[1].tolist() == [0, 0]


def test_half_precision_adds_up_in_single():
    first, read = told([[0.1] * 10])
    half = Next(first.scores.bfloat16(), first.draft)
    assert search(half, read, Search(max_length=1)).scores.dtype == torch.float32


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"beam_size": 0}, "beam_size=0 found, wanted 1 or more"),
        ({"count": 0}, "count=0 found, wanted 1 or more"),
        ({"max_length": 0}, "max_length=0 found, wanted 1 or more"),
        ({"min_length": -1}, "min_length=-1 found, wanted 0 or more"),
        ({"no_repeat_ngram": -1}, "no_repeat_ngram=-1 found, wanted 0 or more"),
        ({"length_penalty": -0.5}, "length_penalty=-0.5 found, wanted 0 to 10"),
        ({"length_penalty": math.nan}, "length_penalty=nan found, wanted 0 to 10"),
        ({"count": 3, "beam_size": 2}, "count=3 found, wanted at most the beam_size, 2"),
        ({"max_length": 5, "min_length": 6}, "min_length=6 found, wanted at most the max_length, 5"),
    ],
)
def test_settings_out_of_range_are_refused(settings, fault):
    with pytest.raises(ValueError, match=f"^{fault}"):
        Search(**settings)
