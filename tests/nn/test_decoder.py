"""RecurrentDecoder: the whole target at once, step by step, and by its written equations."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Encoded, Padded
from seqmodels.nn.attention import AdditiveAttention, DotAttention, GeneralAttention
from seqmodels.nn.decoders import RecurrentDecoder
from seqmodels.nn.embedders import TokenEmbedder

H, C = 6, 9
LENGTHS = [3, 5, 1]

every_cell = pytest.mark.parametrize("cell", ["rnn", "rnn_relu", "lstm", "gru", "gru_reset_before"])
every_depth = pytest.mark.parametrize("layers", [1, 2, 3])
every_attention = pytest.mark.parametrize("attention", [AdditiveAttention, DotAttention, GeneralAttention])


def make_decoder(cell="lstm", layers=1, attention=AdditiveAttention, **settings):
    embedder = partial(TokenEmbedder, embedding_size=4)
    return RecurrentDecoder(H, C, embedder, attention, cell, hidden_size=H, num_layers=layers, **settings).double()


def encoded(outputs: Padded) -> Encoded:
    state = torch.randn(2, len(outputs.data), H, dtype=torch.float64)
    return Encoded(outputs, (state, torch.full_like(state, 50.0)))  # only the first tensor of a state is read


def stepped(decoder, tokens, source):
    state, scores = decoder.start(source), []
    for token in tokens.unbind(1):
        step, state = decoder.step(token, state)
        scores.append(step)
    return torch.stack(scores, dim=1)


@every_cell
@every_depth
@every_attention
def test_the_whole_target_at_once_equals_stepping_through_it(cell, layers, attention, vectors):
    decoder, source = make_decoder(cell, layers, attention), encoded(vectors(LENGTHS, H))
    tokens = torch.randint(C, (3, 7))
    at_once = decoder(tokens, source)
    assert at_once.shape == (3, 7, C)
    assert_close(stepped(decoder, tokens, source), at_once, rtol=1e-10, atol=1e-10)


@every_cell
@every_attention
def test_scores_never_depend_on_later_tokens(cell, attention, vectors):
    decoder, source = make_decoder(cell, 2, attention), encoded(vectors(LENGTHS, H))
    tokens = torch.randint(C, (3, 7))
    for u in range(1, 7):
        changed = torch.cat([tokens[:, :u], (tokens[:, u:] + 1) % C], dim=1)
        before, after = decoder(tokens, source), decoder(changed, source)
        assert_close(before[:, :u], after[:, :u], rtol=1e-12, atol=1e-12)
        assert (before[:, u] != after[:, u]).any()


@every_cell
@every_attention
@pytest.mark.parametrize("noise", [1e6, float("inf"), float("nan")], ids=str)
def test_noise_in_the_sources_padding_changes_nothing(cell, attention, noise, vectors, noisy):
    decoder, source = make_decoder(cell, 2, attention), encoded(vectors(LENGTHS, H))
    tokens, results = torch.randint(C, (3, 7)), []
    for outputs in (source.outputs, noisy(source.outputs, noise, 2)):
        scores = decoder(tokens, Encoded(outputs, source.state))
        results.append((scores, torch.autograd.grad(scores.pow(2).sum(), list(decoder.parameters()))))
    assert_close(results[0], results[1], rtol=1e-10, atol=1e-10)


@every_cell
@every_attention
def test_a_sequence_alone_equals_itself_in_company(cell, attention, vectors):
    decoder, source = make_decoder(cell, 2, attention), encoded(vectors(LENGTHS, H))
    tokens = torch.randint(C, (3, 7))
    together = decoder(tokens, source)
    for i, row in enumerate(source.outputs.rows()):
        state = tuple(s[:, i : i + 1] for s in source.state)
        alone = decoder(tokens[i : i + 1], Encoded(Padded(row[None], torch.tensor([len(row)])), state))
        assert_close(alone[0], together[i], rtol=1e-10, atol=1e-10)


@every_depth
def test_scores_are_what_the_written_equations_give(layers, vectors):
    decoder, source = make_decoder("rnn", layers), encoded(vectors(LENGTHS, H))
    tokens, scores = torch.randint(C, (3, 4)), []
    memory = decoder.attention.prepare(source.outputs)
    bridged = torch.tanh(source.state[0][-1] @ decoder.bridge.all.weight.T + decoder.bridge.all.bias)
    states = list(bridged.split(H, dim=1))
    for token in tokens.unbind(1):
        e = decoder.embedder.table.weight[token]
        inputs = e
        for i, f in enumerate(decoder.layers):
            w, u, b, c = (f.state_dict()[f"{n}_l0"] for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            pre = inputs @ w.T + b + states[i] @ u.T + c
            states[i] = torch.tanh(pre)
            if i == 0:
                context = decoder.attention(states[0][:, None], memory).context[:, 0]
            inputs = torch.cat([states[i], context], dim=1)
        deep = torch.tanh(decoder.deep(torch.cat([inputs, e], dim=1)))
        scores.append(decoder.scores(deep))
    assert_close(decoder(tokens, source), torch.stack(scores, dim=1), rtol=1e-10, atol=1e-10)


@every_cell
def test_every_weight_and_the_source_get_a_gradient(cell, vectors):
    decoder, source = make_decoder(cell, 2), encoded(vectors(LENGTHS, H))
    outputs, first = source.outputs.data.requires_grad_(), source.state[0].requires_grad_()
    decoder(torch.arange(C).expand(3, C), source).pow(2).sum().backward()
    assert all((p.grad != 0).any() for p in (*decoder.parameters(), outputs, first))


def test_a_step_leaves_the_state_before_it_usable(vectors):
    # Beam search steps from one state more than once.
    decoder, source = make_decoder("lstm", 2), encoded(vectors(LENGTHS, H))
    state = decoder.start(source)
    tokens = torch.tensor([4, 5, 6])
    first, _ = decoder.step(tokens, state)
    decoder.step(tokens + 1, state)
    again, _ = decoder.step(tokens, state)
    assert torch.equal(first, again)


def test_dropout_acts_in_training_only(vectors):
    decoder, source = make_decoder("gru", 2, dropout=0.5), encoded(vectors(LENGTHS, H))
    tokens = torch.randint(C, (3, 7))
    assert not torch.equal(decoder(tokens, source), decoder(tokens, source))
    decoder.eval()
    assert torch.equal(decoder(tokens, source), decoder(tokens, source))


def test_dropout_acts_after_every_layer_and_before_the_scores(vectors):
    decoder, source = make_decoder("gru", 2, dropout=0.5), encoded(vectors(LENGTHS, H))
    read = []
    for reader in (decoder.layers[1], decoder.deep, decoder.scores):
        reader.register_forward_pre_hook(
            lambda _, given: read.append((given[0].data if isinstance(given[0], Padded) else given[0])[..., :H])
        )
    decoder(torch.randint(C, (3, 7)), source)
    assert [bool(0.2 < (hidden == 0).double().mean() < 0.8) for hidden in read] == [True] * 3


def test_an_unknown_cell_is_refused():
    with pytest.raises(ValueError, match="choose one of: rnn, rnn_relu, lstm, gru"):
        make_decoder("transformer")


@every_cell
@every_attention
def test_several_sequences_for_one_source_are_written_as_if_each_had_its_own(cell, attention, vectors):
    decoder, source = make_decoder(cell, 2, attention), encoded(vectors(LENGTHS, H))
    twice = torch.arange(3).repeat_interleave(2)
    copied = Encoded(Padded(*(part[twice] for part in source.outputs)), tuple(part[:, twice] for part in source.state))
    state, alone = decoder.start(source).rows(twice), decoder.start(copied)
    for tokens in torch.randint(C, (4, 6)):
        scores, state = decoder.step(tokens, state)
        wanted, alone = decoder.step(tokens, alone)
        assert_close((scores, state.weights), (wanted, alone.weights), rtol=1e-10, atol=1e-10)


def test_sources_that_leave_take_their_sequences_along(vectors):
    decoder, source = make_decoder("lstm", 2), encoded(vectors(LENGTHS, H))
    state = decoder.start(source).rows(torch.arange(3).repeat_interleave(2))
    tokens = torch.randint(C, (6,))
    _, state = decoder.step(tokens, state)
    wanted, _ = decoder.step(tokens, state)
    scores, left = decoder.step(tokens[[4, 5, 0, 1]], state.sources(torch.tensor([2, 0])))
    assert_close(scores, wanted[[4, 5, 0, 1]], rtol=1e-10, atol=1e-10)
    assert len(left.memory.mask) == 2
