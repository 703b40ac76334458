"""InputFeedingDecoder: the whole target at once, step by step, and by its written equations."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Encoded, Padded
from seqmodels.nn.attention import (
    AdditiveAttention,
    CoverageAttention,
    DotAttention,
    LocationAttention,
    MultiHeadAttention,
    UniformAttention,
)
from seqmodels.nn.cells import LayerNormLSTMCell, MinGRUCell
from seqmodels.nn.decoders import DecoderOptions, InputFeedingDecoder
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.nn.recurrence import StackOptions

H, C = 6, 9
LENGTHS = [3, 5, 1]
KINDS = {
    "additive": AdditiveAttention,
    "dot": DotAttention,
    "multi_head": partial(MultiHeadAttention, heads=2, attention_size=4),
    "uniform": UniformAttention,
    "location": partial(LocationAttention, attention_size=4, filters=2, kernel_size=3),
    "coverage": partial(CoverageAttention, attention_size=4, coverage_loss=0.5),
}
CELLS = ["rnn", "lstm", "gru", "gru_reset_before", LayerNormLSTMCell, MinGRUCell]

every_cell = pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell if isinstance(cell, str) else cell.__name__)
every_kind = pytest.mark.parametrize("kind", KINDS)


def make_decoder(kind="additive", cell="lstm", layers=2, dropout=0.0, options=None):
    embedder = partial(TokenEmbedder, embedding_size=4)
    return InputFeedingDecoder(H, C, embedder, KINDS[kind], cell, H, layers, dropout, options).double()


def encoded(outputs: Padded) -> Encoded:
    return Encoded(outputs, (torch.randn(2, len(outputs.data), H, dtype=torch.float64),))


def stepped(decoder, tokens, source):
    state, scores = decoder.start(source), []
    for token in tokens.unbind(1):
        step, state = decoder.step(token, state)
        scores.append(step)
    return torch.stack(scores, dim=1)


@every_cell
@pytest.mark.parametrize("layers", [1, 3])
def test_the_whole_target_at_once_equals_stepping_through_it(cell, layers, vectors):
    options = DecoderOptions(layers=StackOptions(residual=True))
    decoder, source = make_decoder("location", cell, layers, options=options), encoded(vectors(LENGTHS, H))
    tokens = torch.randint(C, (3, 7))
    at_once = decoder(tokens, source)
    assert at_once.shape == (3, 7, C)
    assert_close(stepped(decoder, tokens, source), at_once, rtol=1e-10, atol=1e-10)


@every_kind
@pytest.mark.parametrize("noise", [1e6, float("nan")], ids=str)
def test_noise_in_the_sources_padding_changes_nothing(kind, noise, vectors, noisy):
    decoder, source = make_decoder(kind), encoded(vectors(LENGTHS, H))
    tokens, results = torch.randint(C, (3, 5)), []
    for outputs in (source.outputs, noisy(source.outputs, noise, 2)):
        scores = decoder(tokens, Encoded(outputs, source.state))
        parameters = [p for p in decoder.parameters() if p.requires_grad]
        results.append((scores, torch.autograd.grad(scores.pow(2).sum(), parameters)))
    assert_close(results[0], results[1], rtol=1e-10, atol=1e-10)


@every_kind
def test_a_sequence_alone_equals_itself_in_company(kind, vectors):
    decoder, source = make_decoder(kind), encoded(vectors(LENGTHS, H))
    tokens = torch.randint(C, (3, 5))
    together = decoder(tokens, source)
    for i, row in enumerate(source.outputs.rows()):
        state = tuple(s[:, i : i + 1] for s in source.state)
        alone = decoder(tokens[i : i + 1], Encoded(Padded(row[None], torch.tensor([len(row)])), state))
        assert_close(alone[0], together[i], rtol=1e-10, atol=1e-10)


@every_kind
def test_several_sequences_for_one_source_are_written_as_if_each_had_its_own(kind, vectors):
    decoder, source = make_decoder(kind), encoded(vectors(LENGTHS, H))
    twice = torch.arange(3).repeat_interleave(2)
    copied = Encoded(Padded(*(part[twice] for part in source.outputs)), tuple(part[:, twice] for part in source.state))
    state, alone = decoder.start(source).rows(twice), decoder.start(copied)
    for tokens in torch.randint(C, (4, 6)):
        scores, state = decoder.step(tokens, state)
        wanted, alone = decoder.step(tokens, alone)
        assert_close((scores, state.weights), (wanted, alone.weights), rtol=1e-10, atol=1e-10)


@every_kind
def test_sources_that_leave_take_their_sequences_along(kind, vectors):
    decoder, source = make_decoder(kind), encoded(vectors(LENGTHS, H))
    state = decoder.start(source).rows(torch.arange(3).repeat_interleave(2))
    _, state = decoder.step(torch.randint(C, (6,)), state)
    tokens = torch.randint(C, (6,))
    wanted, _ = decoder.step(tokens, state)
    scores, _ = decoder.step(tokens[[4, 5, 0, 1]], state.sources(torch.tensor([2, 0])))
    assert_close(scores, wanted[[4, 5, 0, 1]], rtol=1e-10, atol=1e-10)


def test_scores_are_what_the_written_equations_give(vectors):
    decoder, source = make_decoder("additive", "rnn", 2), encoded(vectors(LENGTHS, H))
    tokens, scores = torch.randint(C, (3, 4)), []
    memory = decoder.attention.prepare(source.outputs)
    bridged = torch.tanh(source.state[0][-1] @ decoder.bridge.all.weight.T + decoder.bridge.all.bias)
    states, context = list(bridged.split(H, dim=1)), torch.zeros(3, H, dtype=torch.float64)
    for token in tokens.unbind(1):
        e = decoder.embedder.table.weight[token]
        inputs = torch.cat([e, context], dim=1)
        for i, f in enumerate(decoder.layers):
            w, u, b, c = (f.state_dict()[f"{n}_l0"] for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            states[i] = inputs = torch.tanh(inputs @ w.T + b + states[i] @ u.T + c)
        context = decoder.attention(inputs[:, None], memory).context[:, 0]
        deep = torch.tanh(decoder.deep(torch.cat([inputs, context, e], dim=1)))
        scores.append(deep @ decoder.scores.weight.T + decoder.scores.bias)
    assert_close(decoder(tokens, source), torch.stack(scores, dim=1), rtol=1e-10, atol=1e-10)


@every_cell
def test_every_weight_and_the_source_get_a_gradient(cell, vectors):
    decoder, source = make_decoder("location", cell), encoded(vectors(LENGTHS, H))
    outputs, first = source.outputs.data.requires_grad_(), source.state[0].requires_grad_()
    decoder(torch.arange(C).expand(3, C), source).pow(2).sum().backward()
    assert all((p.grad != 0).any() for p in (*decoder.parameters(), outputs, first))


def test_coverage_is_the_sum_of_all_weights_so_far_and_its_loss_that_of_the_smaller_ones(vectors):
    decoder, source = make_decoder("coverage"), encoded(vectors(LENGTHS, H))
    tokens, lengths = torch.randint(C, (3, 4)), torch.tensor([4, 2, 3])
    state, covered, costs = decoder.start(source), torch.zeros(3, 5, dtype=torch.float64), []
    for token in tokens.unbind(1):
        assert_close(state.fed[1], covered)
        _, state = decoder.step(token, state)
        costs.append(0.5 * torch.minimum(state.weights, covered).sum(dim=1))
        covered = covered + state.weights
    inputs, outputs = Padded(tokens, lengths), Padded(torch.randint(C, (3, 4)), lengths)
    extra = decoder.loss(inputs, outputs, source) - decoder.eval().loss(inputs, outputs, source)
    assert_close(extra, torch.stack(costs, dim=1)[inputs.mask].mean())


def test_locked_dropout_is_the_same_at_every_step_and_weight_drop_for_a_whole_target(vectors):
    layers = StackOptions(locked_dropout=True, weight_drop=0.5)
    decoder = make_decoder("additive", "gru", dropout=0.5, options=DecoderOptions(layers=layers, embedding_dropout=0.5))
    source, tokens = encoded(vectors(LENGTHS, H)), Padded(torch.randint(C, (3, 7)), torch.tensor([7, 7, 7]))
    read = decoder.run(tokens, decoder.start(source)).read
    zero = read == 0
    for part in (zero[..., :H], zero[..., -4:]):
        assert (part == part[:, :1]).all()
        assert 0 < part.double().mean() < 1
    decoder.eval()
    assert torch.equal(decoder(tokens.data, source), decoder(tokens.data, source))


def test_zoneout_is_refused():
    with pytest.raises(ValueError, match=r"zoneout=0\.1 found, which RecurrentDecoder alone can do"):
        make_decoder(options=DecoderOptions(layers=StackOptions(zoneout=0.1)))
