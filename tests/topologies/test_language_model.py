"""Models of the next token, whose state is carried from batch to batch."""

from functools import partial

import pytest
import torch
from test_topologies import fit, loader
from test_training import Rows

from seqmodels import Batch, Padded, Sizes
from seqmodels.data.streams import Streams
from seqmodels.learning import Learning
from seqmodels.nn.activity import ActivityPenalty
from seqmodels.nn.cells import PeepholeLSTMCell
from seqmodels.nn.embedders import OneHotEmbedder, TokenEmbedder
from seqmodels.nn.encoders import AttentiveEncoder, CellularEncoder, RecurrentEncoder, WindowEncoder
from seqmodels.nn.heads import CategoricalHead, CrfHead
from seqmodels.nn.recurrence import StackOptions
from seqmodels.topologies import LanguageModel
from seqmodels.types import pad

C, D, H = 11, 6, 8
TEXT = [37, 5, 1, 60]


def model(encoder=None, dropout=0.0, tied=False, activity=None, options=None, learning=None):
    encoder = encoder or partial(RecurrentEncoder, hidden_size=H, num_layers=2, dropout=dropout, options=options)
    embedder = partial(TokenEmbedder, embedding_size=D)
    return LanguageModel(embedder, encoder, CategoricalHead, Sizes(C, C), None, learning, tied, activity)


def batches(ids, lengths, plan, training=False):
    """Texts of these lengths, cut as a plan cuts them."""
    padded = ids([length + 1 for length in lengths], C).rows()
    found = []
    for pieces in plan.batches(lengths, training):
        inputs = pad([padded[p.example][p.start : p.stop] for p in pieces])
        targets = pad([padded[p.example][p.start + 1 : p.stop + 1] for p in pieces])
        if not pieces[0].scored:
            targets = Padded(targets.data, torch.zeros_like(targets.lengths))
        found.append(Batch(inputs, targets, torch.tensor([p.after for p in pieces])))
    whole = Batch(pad([text[:-1] for text in padded]), pad([text[1:] for text in padded]))
    return found, whole


def nats(evaluated):
    return sum(float(e.loss) * int(e.steps) for e in evaluated)


ENCODERS = {
    "lstm": None,
    "gru": partial(RecurrentEncoder, hidden_size=H, cell="gru"),
    "projected": partial(RecurrentEncoder, hidden_size=H, options=StackOptions(projection=5)),
    "widths differ": partial(RecurrentEncoder, hidden_size=[4, 7]),
    "a cell of its own": partial(CellularEncoder, cell=PeepholeLSTMCell, hidden_size=H),
    "looking back": partial(AttentiveEncoder, hidden_size=H, window=9, key_size=4),
}


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)
@pytest.mark.parametrize("plan", [Streams(eval_batch_size=n, steps=s).exact() for n, s in ((1, 7), (3, 4), (9, 100))])
@torch.no_grad()
def test_texts_in_windows_cost_what_they_cost_in_one_piece(encoder, plan, ids):
    one = model(encoder).double().eval()
    parts, whole = batches(ids, TEXT, plan)
    found = [one.evaluate(batch) for batch in parts]
    assert nats(found) == pytest.approx(nats([one.evaluate(whole)]), rel=1e-6)
    assert sum(int(e.steps) for e in found) == sum(TEXT)
    # And as a pass that was broken off leaves nothing behind.
    one.evaluate(parts[0])
    assert nats([one.evaluate(batch) for batch in parts]) == nats(found)


@torch.no_grad()
def test_streams_that_warm_up_for_long_enough_cost_the_same(ids):
    one = model().double().eval()
    parts, whole = batches(ids, TEXT, Streams(eval_batch_size=4, steps=10, warmup=100))
    found = [one.evaluate(batch) for batch in parts]
    assert int(found[0].steps) == 0
    assert float(found[0].loss) == 0
    assert nats(found) == pytest.approx(nats([one.evaluate(whole)]), rel=1e-6)


@torch.no_grad()
def test_training_windows_cost_what_the_pieces_cost_that_they_are_cut_from(ids):
    one = model().double()
    parts, _ = batches(ids, [90], Streams(3, steps=10), training=True)
    assert all(int(batch.targets.lengths.sum()) == 30 for batch in parts)
    total = sum(float(one.loss(batch)) * 30 for batch in parts)
    pieces, rows = [], []
    for batch in parts:
        now = []
        for after, read, wanted in zip(batch.continues, batch.inputs.rows(), batch.targets.rows(), strict=True):
            if after < 0:
                pieces.append(([], []))
            now.append(pieces[-1] if after < 0 else rows[after])
            now[-1][0].append(read)
            now[-1][1].append(wanted)
        rows = now
    inputs, targets = (pad([torch.cat(piece[side]) for piece in pieces]) for side in (0, 1))
    assert total == pytest.approx(nats([one.evaluate(Batch(inputs, targets))]), rel=1e-6)


def test_gradients_end_where_the_batch_begins(ids):
    one = model()
    parts, _ = batches(ids, [40], Streams(2, steps=10), training=True)
    losses = [one.loss(batch) for batch in parts[:2]]
    losses[1].backward()
    assert not any(part.requires_grad for part in one.carried)
    losses[0].backward()  # the graph of the first batch was not touched


@torch.no_grad()
def test_a_validation_in_between_changes_nothing(ids):
    one = model()
    parts, whole = batches(ids, [60], Streams(2, steps=10), training=True)
    alone = [float(one.loss(batch)) for batch in parts]
    between = []
    for batch in parts:
        one.eval().evaluate(whole)
        between.append(float(one.train().loss(batch)))
    assert between == alone


@torch.no_grad()
def test_what_stands_behind_the_ends_changes_nothing(ids, noisy):
    one = model().eval()
    parts, _ = batches(ids, TEXT, Streams(eval_batch_size=3, steps=9).exact())
    wanted = [one.evaluate(batch) for batch in parts]
    for batch, before in zip(parts, wanted, strict=True):
        dirty = Batch(noisy(batch.inputs, C - 1), noisy(batch.targets, C - 1), batch.continues)
        after = one.evaluate(dirty)
        assert float(after.loss) == pytest.approx(float(before.loss), rel=1e-6)
        assert torch.equal(after.predictions.data, before.predictions.zeroed().data)


@torch.no_grad()
def test_it_predicts_each_next_token(ids):
    one = model().eval()
    _, whole = batches(ids, TEXT, Streams())
    assert torch.equal(one.evaluate(whole).predictions.data, one(whole.inputs).data)


@pytest.mark.parametrize(
    ("encoder", "words"),
    [
        (partial(RecurrentEncoder, bidirectional=True), "sees later steps, so the token that it should predict"),
        (partial(RecurrentEncoder, options=StackOptions(learn_state=True)), "learn_state=true found"),
        (partial(WindowEncoder, width=0), "WindowEncoder found, which cannot read on"),
    ],
)
def test_an_encoder_that_cannot_be_read_on_with_is_refused(encoder, words):
    with pytest.raises(ValueError, match=words):
        model(encoder)


@torch.no_grad()
def test_label_smoothing_acts_on_the_training_loss_only(ids):
    heads = [partial(CategoricalHead, label_smoothing=smoothing) for smoothing in (0.0, 0.3)]
    one, other = (LanguageModel(TokenEmbedder, RecurrentEncoder, head, Sizes(C, C)).eval() for head in heads)
    other.load_state_dict(one.state_dict())
    _, whole = batches(ids, TEXT, Streams())
    assert torch.equal(one.evaluate(whole).loss, other.evaluate(whole).loss)
    assert not torch.equal(one.loss(whole), other.loss(whole))


def test_a_head_that_weighs_what_follows_is_refused():
    # p(y_t | x_t, y_{t+1}): of a text whose every other token repeats the one before it would know both for nothing.
    with pytest.raises(ValueError, match="head: CrfHead found, whose score of a token depends on later ones"):
        LanguageModel(TokenEmbedder, RecurrentEncoder, CrfHead, Sizes(C, C))


def test_other_targets_than_inputs_are_refused():
    with pytest.raises(ValueError, match="5 input ids and 6 targets found"):
        LanguageModel(TokenEmbedder, RecurrentEncoder, CategoricalHead, Sizes(5, 6))


@torch.no_grad()
def test_tied_weights_are_one_and_stay_one_when_loaded(ids):
    one, other = (model(partial(RecurrentEncoder, hidden_size=D), tied=True) for _ in range(2))
    untied = model(partial(RecurrentEncoder, hidden_size=D))
    assert one.embedder.table.weight is one.head.scores.weight
    count = [sum(p.numel() for p in each.parameters()) for each in (one, untied)]
    assert count[1] - count[0] == C * D
    one.load_state_dict(other.state_dict(), assign=True)
    assert one.embedder.table.weight is one.head.scores.weight
    parts, _ = batches(ids, [40], Streams(2, steps=10), training=True)
    assert float(one.loss(parts[0])) == float(other.loss(parts[0]))


def test_a_projection_gives_tied_weights_their_width():
    one = model(partial(RecurrentEncoder, hidden_size=H, options=StackOptions(projection=D)), tied=True)
    assert one.head.scores.weight.shape == (C, D)


def test_what_cannot_be_tied_is_refused():
    with pytest.raises(ValueError, match=r"set model.encoder.options.projection=6 or model.embedder.embedding_size=8"):
        model(tied=True)
    with pytest.raises(ValueError, match="OneHotEmbedder and CategoricalHead found"):
        LanguageModel(OneHotEmbedder, RecurrentEncoder, CategoricalHead, Sizes(C, C), tied=True)
    frozen = partial(TokenEmbedder, embedding_size=H, frozen=True)
    with pytest.raises(ValueError, match="frozen=true found"):
        LanguageModel(frozen, partial(RecurrentEncoder, hidden_size=H), CategoricalHead, Sizes(C, C), tied=True)


@torch.no_grad()
def test_penalties_are_of_training_alone(ids):
    parts, _ = batches(ids, [40], Streams(2, steps=10), training=True)
    one = model(activity=ActivityPenalty(alpha=3.0, beta=2.0))
    with_it = one.loss(parts[0])
    _, penalty = one.activity(one.encoder(one.embedder(parts[0].inputs)).outputs)
    one.activity = None
    assert float(with_it) == pytest.approx(float(one.loss(parts[0]) + penalty), rel=1e-5)
    assert float(penalty) > 0
    one.eval()
    without = one.evaluate(parts[0]).loss
    one.activity = ActivityPenalty(alpha=3.0, beta=2.0)
    assert float(one.evaluate(parts[0]).loss) == float(without)


def test_a_row_of_the_log_says_the_loss_and_apart_from_it_the_penalty(ids):
    parts, _ = batches(ids, [60], Streams(2, steps=10), training=True)
    fixed = partial(torch.optim.SGD, lr=0.0)
    one, bare, rows, others = model(activity=ActivityPenalty(alpha=3.0, beta=2.0)), model(), Rows(), Rows()
    bare.load_state_dict(one.state_dict())
    for each, log in ((one, rows), (bare, others)):
        each.learning = Learning(fixed)
        fit(each, parts, max_epochs=1, log_every_n_steps=3, logger=[log])
    assert [row["train/loss"] for row in rows.found if "train/loss" in row] == pytest.approx(
        [row["train/loss"] for row in others.found if "train/loss" in row]
    )
    assert all(row["train/penalty"] > 0 for row in rows.found if "train/loss" in row)
    assert not any("train/penalty" in row for row in others.found)


def test_it_learns_and_says_perplexity_and_bits(ids, tmp_path):
    torch.manual_seed(1)
    one = model(learning=Learning(partial(torch.optim.Adam, lr=0.05)))
    one.tokens_per_character = {"val": 0.5}
    text = torch.arange(4, 4 + 5).repeat(20)
    plan = Streams(2, 2, steps=10)
    found = []
    for pieces in plan.batches([len(text) - 1], True):
        rows = [(text[p.start : p.stop], text[p.start + 1 : p.stop + 1]) for p in pieces]
        inputs, targets = (pad(list(side)) for side in zip(*rows, strict=True))
        found.append(Batch(inputs, targets, torch.tensor([p.after for p in pieces])))
    trainer = fit(one, found, max_epochs=20)
    (scores,) = trainer.validate(one, loader(found), verbose=False)
    assert scores["val/perplexity"] < 1.2
    assert scores["val/perplexity"] == pytest.approx(torch.tensor(scores["val/loss"]).exp().item(), rel=1e-5)
    assert scores["val/bits_per_character"] == pytest.approx(scores["val/loss"] * 0.5 / 0.693147, rel=1e-5)
