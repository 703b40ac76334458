"""Sampling against distributions that are worked out one number at a time, and against a loop over each prompt."""

import math
from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest
import torch
from torch.testing import assert_close

from seqmodels.decode import Ids, Sampling, Search, distribution, pick, read_on, search
from seqmodels.decode.sample import draws
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.nn.heads import CategoricalHead
from seqmodels.types import BOS, EOS, PAD, UNK, pad

N, C = 40, 9
WAYS = [
    {},
    {"temperature": 0.3},
    {"temperature": 2.5},
    {"top_k": 3},
    {"top_k": 99},
    {"top_p": 0.7},
    {"top_p": 1.0},
    {"temperature": 0.7, "top_k": 5, "top_p": 0.5},
    {"top_p": 1e-9},
    {"temperature": 0},
    {"temperature": 1e-310},
]
every_way = pytest.mark.parametrize("way", [Sampling(**way) for way in WAYS], ids=str)


def by_hand(scores, way):
    """The distribution of one row, from plain numbers."""
    if way.temperature == 0:
        return [float(i == scores.index(max(scores))) for i in range(len(scores))]
    top = max(scores)
    weights = [math.exp((score - top) / way.temperature) if score < top else 1.0 for score in scores]
    order = sorted(range(len(scores)), key=lambda i: -scores[i])[: way.top_k]
    total = math.fsum(weights[i] for i in order)
    kept, mass = [], 0.0
    for i in order:
        if way.top_p is not None and kept and mass >= way.top_p:
            break
        kept.append(i)
        mass += weights[i] / total
    whole = math.fsum(weights[i] for i in kept)
    return [weights[i] / whole if i in kept else 0.0 for i in range(len(scores))]


def make_scores():
    return torch.randn(N, C, generator=torch.Generator().manual_seed(3), dtype=torch.float64) * 2


@every_way
def test_what_is_drawn_from_equals_the_distribution_worked_out_by_hand(way):
    scores = make_scores()
    wanted = torch.tensor([by_hand(row, way) for row in scores.tolist()], dtype=torch.float64)
    assert_close(distribution(scores, way), wanted, rtol=1e-9, atol=1e-12)


@every_way
def test_even_draws_fall_on_each_id_as_often_as_its_probability_says(way):
    grid = 5000
    row = make_scores()[:1]
    draws = (torch.arange(grid, dtype=torch.float64) + 0.5) / grid
    counts = Counter(pick(row.expand(grid, -1), draws, way).tolist())
    shares = torch.tensor([[counts[i] / grid for i in range(C)]], dtype=torch.float64)
    p = distribution(row, way)
    assert_close(shares, p, rtol=0, atol=1.5 / grid)
    assert not [i for i in counts if p[0, i] == 0]


@every_way
@pytest.mark.parametrize("draw", [0.0, 1 - 2**-53])
def test_the_first_and_the_last_draw_fall_on_what_can_be_drawn(way, draw):
    scores = make_scores()
    ids = pick(scores, torch.full((N,), draw, dtype=torch.float64), way)
    assert bool((distribution(scores, way).gather(1, ids[:, None]) > 0).all())


def test_logits_and_their_log_probabilities_are_the_same():
    scores = make_scores()
    way = Sampling(temperature=0.7, top_p=0.8)
    assert_close(distribution(scores, way), distribution(scores.log_softmax(dim=-1), way))


def test_of_equal_scores_top_k_keeps_k():
    assert int((distribution(torch.zeros(1, 6), Sampling(top_k=4)) > 0).sum()) == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [("temperature", -0.1), ("temperature", math.inf), ("temperature", math.nan), ("top_k", 0)]
    + [("top_p", wrong) for wrong in (0.0, 1.1, math.nan)],
)
def test_settings_out_of_range_are_refused(name, value):
    with pytest.raises(ValueError, match=f"{name}={value} found, wanted"):
        Sampling(**{name: value})


class Model(torch.nn.Module):
    """A language model of random weights that reads with a state; it counts how much it read."""

    def __init__(self, end=0.0):
        super().__init__()
        torch.manual_seed(4)
        self.embedder = TokenEmbedder(C, embedding_size=4)
        self.encoder = partial(RecurrentEncoder, hidden_size=6, cell="lstm")(4)
        self.head = CategoricalHead(6, C)
        self.double()
        with torch.no_grad():
            for weight in self.parameters():
                weight.mul_(3)
            self.head.scores.bias[EOS] += end
        self.tokens = []

    def forward(self, given, state):
        self.tokens.append(given.data.numel())
        outputs, state = self.encoder(self.embedder(given), state)
        last = outputs.data[torch.arange(len(given.lengths)), given.lengths - 1]
        return self.head.scores(last), state


def sample(model, prompts, length, way, never=(PAD, UNK, BOS)):
    """What a model writes behind prompts."""
    return written(model, prompts, Search(max_length=length, sampling=way), never).best()


def written(model, prompts, how, never=(PAD, UNK, BOS)):
    """All that a search finds."""
    return search(read_on(model, prompts), prompts, how, Ids(never=never))


PROMPTS = [[5, 6, 7], [4], [8, 8, 4, 5, 6], [5, 6, 7, 8], [6], [7, 4]]
LENGTH = 25


def make_prompts(prompts=PROMPTS):
    return pad([torch.tensor(prompt) for prompt in prompts])


def test_greedy_equals_reading_everything_anew_for_every_token():
    model = Model()
    found = sample(model, make_prompts(), LENGTH, Sampling(temperature=0))
    for prompt, row in zip(PROMPTS, found.rows(), strict=True):
        text = list(prompt)
        for _ in range(LENGTH):
            scores, _ = model(pad([torch.tensor(text)]), None)
            scores[:, [PAD, UNK, BOS]] = -math.inf
            token = int(scores.argmax())
            if token == EOS:
                break
            text.append(token)
        assert row.tolist() == text[len(prompt) :]
    assert len(set(found.lengths.tolist())) > 1 or not bool((found.lengths < LENGTH).any())


def test_the_prompt_is_read_once():
    model = Model(end=-99)
    sample(model, make_prompts(), LENGTH, Sampling())
    assert model.tokens == [len(PROMPTS) * 5] + [len(PROMPTS)] * (LENGTH - 1)


@pytest.mark.parametrize("way", [Sampling(), Sampling(temperature=0.8, top_p=0.9), Sampling(top_k=3, seed=7)], ids=str)
def test_a_prompt_is_gone_on_with_in_the_same_way_whatever_stands_beside_it(way):
    model = Model()
    together = [row.tolist() for row in sample(model, make_prompts(), LENGTH, way).rows()]
    alone = [sample(model, make_prompts([prompt]), LENGTH, way).data[0].tolist() for prompt in PROMPTS]
    backwards = [row.tolist() for row in sample(model, make_prompts(PROMPTS[::-1]), LENGTH, way).rows()][::-1]
    assert together == alone == backwards


def test_another_seed_gives_another_text_and_the_same_one_the_same():
    model = Model(end=-99)
    texts = [sample(model, make_prompts(), LENGTH, Sampling(seed=seed)).data.tolist() for seed in (1, 2, 1)]
    assert texts[0] == texts[2] != texts[1]
    assert len({tuple(row) for row in texts[0]}) == len(PROMPTS)


def test_a_text_ends_with_the_end_which_is_no_part_of_it():
    found = sample(Model(end=3), make_prompts(), LENGTH, Sampling())
    assert 0 < int(found.lengths.min()) < int(found.lengths.max()) or 0 in found.lengths
    assert not bool((found.data == EOS).any())
    assert bool((found.data[~found.mask] == 0).all())
    assert found.data.shape[1] == int(found.lengths.max())


def test_a_text_that_ends_at_once_has_length_zero():
    found = sample(Model(end=1e9), make_prompts(), LENGTH, Sampling())
    assert found.data.shape == (len(PROMPTS), 0)
    assert found.lengths.tolist() == [0] * len(PROMPTS)


def test_what_is_never_to_be_drawn_is_not():
    model = Model()
    with torch.no_grad():
        model.head.scores.bias[[PAD, UNK, BOS, EOS]] = 50.0
    found = sample(model, make_prompts(), LENGTH, Sampling(temperature=5.0), never=(PAD, UNK, BOS, EOS))
    assert found.lengths.tolist() == [LENGTH] * len(PROMPTS)
    assert int(found.data.min()) > EOS


def texts_of(found):
    return [
        [tuple(row[:n].tolist()) for row, n in zip(*of, strict=True)]
        for of in zip(found.tokens, found.lengths.tolist(), strict=True)
    ]


def test_several_texts_are_drawn_for_a_prompt_each_by_itself():
    model, how = Model(), Search(count=5, max_length=LENGTH, sampling=Sampling())
    found = texts_of(written(model, make_prompts(), how))
    assert all(len(set(texts)) > 1 for texts in found)
    assert found == [texts_of(written(model, make_prompts([prompt]), how))[0] for prompt in PROMPTS]
    fewer = texts_of(written(model, make_prompts(), Search(count=2, max_length=LENGTH, sampling=Sampling())))
    assert fewer == [texts[:2] for texts in found]


def test_drawn_texts_have_their_log_probability_by_the_model():
    model, how = Model(), Search(count=3, length_penalty=0, max_length=8, sampling=Sampling(temperature=0.5))
    found = written(model, make_prompts(), how)
    for i, texts in enumerate(texts_of(found)):
        for k, tokens in enumerate(texts):
            said = [*tokens, *([EOS] if found.ended[i, k] else [])]
            text, total = list(PROMPTS[i]), 0.0
            with torch.no_grad():
                for token in said:
                    total += float(model(pad([torch.tensor(text)]), None)[0].log_softmax(dim=-1)[0, token])
                    text.append(token)
            assert float(found.scores[i, k]) == pytest.approx(total)


def test_a_language_model_writes_by_a_beam_too():
    model, how = Model(), Search(4, 4, max_length=6)
    found = written(model, make_prompts(), how)
    greedy = written(model, make_prompts(), Search(max_length=6))
    best = sample(model, make_prompts(), 6, Sampling(temperature=0))
    assert torch.equal(greedy.best().data, best.data)
    assert (found.scores[:, 0] >= greedy.scores[:, 0])[found.ended[:, 0] == greedy.ended[:, 0]].all()
    assert found.weights.shape == (len(PROMPTS), 4, found.tokens.shape[2], 0)


def test_drawing_obeys_the_rules():
    how = Search(count=20, max_length=12, min_length=4, no_repeat_ngram=2, sampling=Sampling())
    for texts in texts_of(written(Model(end=2), make_prompts(), how)):
        assert all(len(text) >= 4 for text in texts)
        assert all(len(set(pairwise(text))) == len(text) - 1 for text in texts)


def test_sources_of_decoders_draw_by_what_was_read(sources, make_decoder):
    decoder, how = make_decoder(), Search(count=3, max_length=12, sampling=Sampling(seed=5))
    together = search(sources.first(decoder), sources.read, how)
    for i in range(len(sources.read.lengths)):
        alone = search(sources.alone(i).first(decoder), sources.alone(i).read, how)
        assert texts_of(alone)[0] == texts_of(together)[i]


def test_zeros_behind_the_columns_of_a_batch_change_no_draws():
    alone = pad([torch.tensor([[5, 1, 2], [6, 3, 0]])])
    beside = pad([torch.tensor([[5, 1, 2], [6, 3, 0]]), torch.tensor([[7, 1, 2, 3]])])
    both = [draws(Sampling(), rows, 1, 4)[0] for rows in (alone, beside)]
    assert torch.equal(*both)


def test_sampling_and_a_beam_contradict_each_other():
    with pytest.raises(ValueError, match="beam_size=2 found, but sampling draws and has no beam; choose one"):
        Search(2, sampling=Sampling())


def test_scores_that_are_no_numbers_draw_nothing():
    def read(tokens, state):
        return torch.full((len(tokens.lengths), C), math.nan), state or (torch.zeros(1, len(tokens.lengths), 1),)

    found = written(read, make_prompts(), Search(count=2, max_length=3, sampling=Sampling()))
    assert found.scores.tolist() == [[-math.inf] * 2] * len(PROMPTS)
    assert not found.lengths.any()


def test_what_was_drawn_before_is_not_drawn_again():
    model, how = Model(), Search(count=6, max_length=LENGTH, sampling=Sampling())
    first, prompts = texts_of(written(model, make_prompts(), how)), make_prompts()
    before = torch.tensor([2, 0, *[1] * (len(PROMPTS) - 2)])
    with torch.no_grad():
        again = search(
            read_on(model, prompts), prompts, replace(how, count=2), Ids(never=(PAD, UNK, BOS)), repeats=before
        )
    assert texts_of(again) == [texts[2 * n : 2 * n + 2] for texts, n in zip(first, before.tolist(), strict=True)]
