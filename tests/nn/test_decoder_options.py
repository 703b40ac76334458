"""What a recurrent decoder can do besides its layers and attention."""

from functools import partial

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from seqmodels import Encoded, Padded
from seqmodels.nn.attention import CoverageAttention, DotAttention, LocationAttention
from seqmodels.nn.cells import Init, LayerNormLSTMCell, MinGRUCell, PeepholeLSTMCell
from seqmodels.nn.decoders import (
    AdaptiveScores,
    DecoderOptions,
    InputFeedingDecoder,
    RecurrentDecoder,
    ScheduledSampling,
)
from seqmodels.nn.embedders import OneHotEmbedder, TokenEmbedder
from seqmodels.nn.recurrence import StackOptions

H, C, E = 6, 40, 4
LENGTHS = [3, 5, 1]
KINDS = [RecurrentDecoder, InputFeedingDecoder]

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
embedder = partial(TokenEmbedder, embedding_size=E)


def make(kind=RecurrentDecoder, cell="gru", depth=2, dropout=0.0, **options):
    return kind(H, C, embedder, DotAttention, cell, H, depth, dropout, DecoderOptions(**options)).double()


@pytest.fixture
def source(vectors):
    outputs = vectors(LENGTHS, H)
    return Encoded(outputs, (torch.randn(1, 3, H, dtype=torch.float64),))


@pytest.fixture
def target():
    """What is read and what is to be written, with noise past the ends."""
    lengths = torch.tensor([7, 2, 5])
    return Padded(torch.randint(C, (3, 7)), lengths), Padded(torch.randint(C, (3, 7)), lengths)


def stepped(decoder, tokens, source):
    state, scores = decoder.start(source), []
    for token in tokens.unbind(1):
        step, state = decoder.step(token, state)
        scores.append(step)
    return torch.stack(scores, dim=1)


@pytest.mark.parametrize("cell", [LayerNormLSTMCell, PeepholeLSTMCell, MinGRUCell])
def test_any_cell_writes_the_same_at_once_and_step_by_step(cell, source):
    decoder, tokens = make(cell=cell, layers=StackOptions(residual=True)), torch.randint(C, (3, 6))
    assert_close(stepped(decoder, tokens, source), decoder(tokens, source), rtol=1e-10, atol=1e-10)


def test_residual_adds_the_layer_below(source):
    plain, residual = make(), make(layers=StackOptions(residual=True))
    residual.load_state_dict(plain.state_dict())
    tokens = Padded(torch.randint(C, (3, 1)), torch.ones(3).long())
    below, above, both = [], [], []
    plain.layers[0].register_forward_hook(lambda _, given, made: below.append(made.outputs.data))
    plain.layers[1].register_forward_hook(lambda _, given, made: above.append(made.outputs.data))
    plain.run(tokens, plain.start(source))
    both = residual.run(tokens, residual.start(source)).read[..., :H]
    assert_close(both, below[0] + above[0])


@every_kind
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_is_the_cross_entropy_of_all_scores_over_real_steps(kind, smoothing, source, target):
    decoder, (inputs, outputs) = make(kind), target
    scores = decoder(inputs.data, source)[outputs.mask]
    wanted = F.cross_entropy(scores, outputs.data[outputs.mask], label_smoothing=smoothing)
    loss = decoder.loss(inputs, outputs, source, smoothing)
    assert_close(loss, wanted)
    grads = [torch.autograd.grad(each, list(decoder.parameters())) for each in (loss, wanted)]
    assert_close(grads[0], grads[1], rtol=1e-10, atol=1e-12)


@every_kind
def test_what_stands_past_a_targets_end_changes_nothing(kind, source, target):
    decoder, (inputs, outputs) = make(kind), target
    clean = [Padded(part.data, part.lengths).zeroed() for part in target]
    assert_close(decoder.loss(inputs, outputs, source), decoder.loss(*clean, source), rtol=1e-12, atol=1e-12)


@every_kind
def test_plain_scores_are_of_state_and_context_alone(kind, source):
    decoder = make(kind, deep=False)
    tokens = Padded(torch.randint(C, (3, 4)), torch.full((3,), 4))
    read = decoder.run(tokens, decoder.start(source)).read[..., : 2 * H]
    wanted = read @ decoder.scores.weight.T + decoder.scores.bias
    assert_close(decoder(tokens.data, source), wanted)


@every_kind
@pytest.mark.parametrize("deep", [True, False])
def test_tied_scores_are_the_embeddings_and_stay_so_when_loaded(kind, deep, source):
    one, other = make(kind, tied="target", deep=deep), make(kind, tied="target", deep=deep)
    assert one.scores.weight is one.embedder.table.weight
    weights = {name: tensor.clone() for name, tensor in one.state_dict().items()}
    other.load_state_dict(weights, assign=True)
    assert other.scores.weight is other.embedder.table.weight
    tokens = torch.randint(C, (3, 4))
    assert_close(one(tokens, source), other(tokens, source))
    assert sum(p.numel() == C * E for p in one.parameters()) == 1


def test_tied_scores_are_refused_where_nothing_fits():
    with pytest.raises(ValueError, match="OneHotEmbedder found, wanted model/embedder=tokens"):
        RecurrentDecoder(H, C, OneHotEmbedder, options=DecoderOptions(tied="target"))
    with pytest.raises(ValueError, match="frozen=true found"):
        RecurrentDecoder(H, C, partial(TokenEmbedder, frozen=True), options=DecoderOptions(tied="target"))
    with pytest.raises(ValueError, match="set tied=none"):
        make(tied="target", scores=partial(AdaptiveScores, divisor=2.0))


@pytest.mark.parametrize("attention", [LocationAttention, CoverageAttention])
def test_the_fast_decoder_refuses_attention_that_looks_back(attention):
    with pytest.raises(ValueError, match=r"choose InputFeedingDecoder \(model/decoder=lstm_looking_back\)"):
        RecurrentDecoder(H, C, embedder, attention)


@every_kind
def test_adaptive_scores_are_log_probabilities_and_their_loss_the_targets(kind, source, target):
    decoder, (inputs, outputs) = make(kind, scores=partial(AdaptiveScores, divisor=2.0)), target
    scores = decoder(inputs.data, source)
    assert_close(scores.exp().sum(dim=-1), torch.ones(3, 7, dtype=torch.float64))
    wanted = -scores[outputs.mask].gather(1, outputs.data[outputs.mask][:, None]).mean()
    assert_close(decoder.loss(inputs, outputs, source), wanted)
    assert_close(stepped(decoder, inputs.data, source), scores, rtol=1e-10, atol=1e-10)
    with pytest.raises(ValueError, match="set label_smoothing=0"):
        decoder.loss(inputs, outputs, source, 0.1)


def test_locked_dropout_is_the_same_at_every_step(source, target):
    decoder = make(dropout=0.5, layers=StackOptions(locked_dropout=True), embedding_dropout=0.5)
    tokens = Padded(target[0].data, torch.full((3,), 7))
    zero = decoder.run(tokens, decoder.start(source)).read == 0
    for part in (zero[..., :H], zero[..., -E:]):
        assert (part == part[:, :1]).all()
        assert 0 < part.double().mean() < 1
    free = make(dropout=0.5, embedding_dropout=0.5)
    zero = free.run(tokens, free.start(source)).read == 0
    assert (zero[..., :H] != zero[:, :1, :H]).any()


def test_word_dropout_of_the_target_acts_in_training_only(source, target):
    reader = partial(TokenEmbedder, embedding_size=E, word_dropout=0.5)
    decoder = RecurrentDecoder(H, C, reader, hidden_size=H).double()
    tokens = target[0].data
    assert not torch.equal(decoder(tokens, source), decoder(tokens, source))
    decoder.eval()
    assert torch.equal(decoder(tokens, source), decoder(tokens, source))


def test_weight_drop_zoneout_and_first_weights_are_the_layers_own(source, target):
    torch.manual_seed(3)
    decoder = make(layers=StackOptions(weight_drop=0.5, zoneout=0.1, init=Init(recurrent="orthogonal")))
    tokens = target[0].data
    assert not torch.equal(decoder(tokens, source), decoder(tokens, source))
    decoder.eval()
    assert torch.equal(decoder(tokens, source), decoder(tokens, source))
    recurrent = decoder.layers[0].state_dict()["weight_hh_l0"][:H]
    assert_close(recurrent @ recurrent.T, torch.eye(H, dtype=torch.float64), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"tied": "both"}, "choose one of: none, target, source_and_target"),
        ({"embedding_dropout": 1.0}, "embedding_dropout=1.0 found"),
        ({"layers": StackOptions(learn_state=True)}, "begins with what its bridge makes"),
        ({"layers": StackOptions(input_dropout=0.1)}, "set embedding_dropout"),
        ({"layers": StackOptions(projection=3)}, "which is for encoders"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        DecoderOptions(**settings)


def test_the_share_of_shown_tokens_falls_as_it_is_written():
    linear = ScheduledSampling("linear", steps=100, least=0.2)
    assert [linear.shown(i) for i in (0, 50, 100, 10**6)] == pytest.approx([1.0, 0.6, 0.2, 0.2])
    sigmoid = ScheduledSampling("inverse_sigmoid", steps=100, least=0.2)
    assert sigmoid.shown(0) == pytest.approx(100 / 101)
    assert sigmoid.shown(300) == pytest.approx(100 / (100 + 2.718281828**3))
    assert sigmoid.shown(10**9) == 0.2
    assert all(sigmoid.shown(i) >= sigmoid.shown(i + 1) for i in range(0, 1000, 10))


@pytest.mark.parametrize("settings", [{"decay": "cosine"}, {"steps": 0}, {"least": 1.0}])
def test_a_schedule_that_makes_no_sense_is_refused(settings):
    (name,) = settings
    with pytest.raises(ValueError, match=f"^{name}="):
        ScheduledSampling(**settings)


@every_kind
def test_scheduled_sampling_reads_what_the_decoder_would_say(kind, source, target):
    decoder, (inputs, outputs) = make(kind, sampling=ScheduledSampling(steps=10, least=0.0)), target
    best = decoder(inputs.data, source).argmax(dim=-1)
    said = torch.cat([inputs.data[:, :1], best[:, :-1]], dim=1)  # step 10: nothing but the beginning is shown
    wanted = decoder.loss(Padded(said, inputs.lengths), outputs, source, step=0)
    assert_close(decoder.loss(inputs, outputs, source, step=10), wanted)
    decoder.eval()
    assert_close(decoder.loss(inputs, outputs, source, step=10), decoder.loss(inputs, outputs, source))


def test_a_half_sampled_target_has_each_token_from_one_or_the_other(source, target):
    decoder, (inputs, _) = make(sampling=ScheduledSampling(steps=10, least=0.5)), target
    best = decoder(inputs.data, source).argmax(dim=-1)
    said = torch.cat([inputs.data[:, :1], best[:, :-1]], dim=1)
    hidden = decoder.options.sampling.hidden(inputs, 10)
    mixed = decoder._sampled(inputs, source, hidden)
    assert not hidden[:, 0].any()
    assert not hidden[~inputs.mask].any()
    assert hidden.any()
    assert torch.equal(mixed.data, torch.where(hidden, said, inputs.data))


def test_scores_of_state_and_context_alone_add_no_noise_to_the_state(source, target):
    decoder, read = make(dropout=0.5, depth=1, deep=False, layers=StackOptions(locked_dropout=True)), []
    decoder.scores.register_forward_pre_hook(lambda _, given: read.append(given[0]))
    decoder(target[0].data, source)
    ((hidden, context),) = (features.split([H, features.shape[-1] - H], dim=-1) for features in read)
    assert torch.equal(hidden == 0, (hidden[:, :1] == 0).expand_as(hidden))  # the same numbers at every step
    assert (context == 0).any()
