"""Models that write together, against the mean of their probabilities worked out by hand."""

import itertools

import pytest
import torch
from torch.testing import assert_close

from seqmodels.decode import Found, Search, search, together
from seqmodels.types import BOS, EOS


@torch.no_grad()
def of_all(decoders, sources, how) -> Found:
    return search(together([sources.first(decoder) for decoder in decoders]), sources.read, how)


def test_one_model_alone_writes_as_it_does(sources, make_decoder):
    decoder, how = make_decoder(), Search(3, 3, max_length=10)
    alone, one = search(sources.first(decoder), sources.read, how), of_all([decoder], sources, how)
    assert_close(one, alone, rtol=1e-12, atol=1e-14)


@torch.no_grad()
def test_probabilities_and_weights_are_the_means_of_theirs(sources, make_decoder):
    decoders = [make_decoder("lstm", seed=1, end=0.0), make_decoder("gru", seed=2, end=0.0)]
    found = of_all(decoders, sources, Search(3, 3, length_penalty=0, max_length=6))
    assert len(set(found.lengths.flatten().tolist())) > 2
    for i, k in itertools.product(range(len(sources.read.lengths)), range(3)):
        tokens = found.tokens[i, k, : found.lengths[i, k]].tolist()
        states, total = [decoder.start(sources.alone(i).encoded) for decoder in decoders], 0.0
        for u, token in enumerate([*tokens, *([EOS] if found.ended[i, k] else [])]):
            given = torch.tensor([[BOS, *tokens][u]])
            said = [decoder.step(given, state) for decoder, state in zip(decoders, states, strict=True)]
            states = [state for _, state in said]
            total += float(torch.stack([scores.softmax(dim=-1) for scores, _ in said]).mean(dim=0)[0, token].log())
            if u < len(tokens):
                weights = torch.stack([state.weights[0] for state in states]).mean(dim=0)
                assert_close(found.weights[i, k, u, : len(weights)], weights, rtol=1e-9, atol=1e-12)
        assert float(found.scores[i, k]) == pytest.approx(total, rel=1e-9)


def test_the_batch_changes_nothing(sources, make_decoder):
    decoders, how = [make_decoder(seed=seed) for seed in (1, 2, 3)], Search(4, 2, max_length=12)
    found = of_all(decoders, sources, how)
    for i in range(len(sources.read.lengths)):
        alone = of_all(decoders, sources.alone(i), how)
        assert torch.equal(alone.lengths[0], found.lengths[i])
        assert_close(alone.scores[0], found.scores[i])
