"""What holds for every topology, alone and in a real Trainer."""

import hashlib
from functools import partial

import pytest
import torch
from pytorch_lightning import Callback, Trainer, seed_everything
from torch.testing import assert_close
from torch.utils.data import DataLoader

from seqmodels import Batch, Padded, Sizes
from seqmodels.decode import Search
from seqmodels.learning import Learning, WarmupCosine
from seqmodels.metrics import Accuracy, ExactMatch
from seqmodels.nn.decoders import RecurrentDecoder
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.nn.heads import CategoricalHead, CrfHead, JointHead, PooledHead
from seqmodels.nn.pool import LastState, Max
from seqmodels.topologies import EncoderDecoder, ManyToMany, ManyToOne, Writer
from seqmodels.topologies.teacher_forcing import shift
from seqmodels.types import BOS, EOS, Size, pad

C, H = 9, 8
SIZES = Sizes(C, C)
PARTS = Size(C, parts={"tag": Size(C), "all": Size(2)})
LENGTHS = [3, 5, 1, 4]

embedder = partial(TokenEmbedder, embedding_size=6)
encoder = partial(RecurrentEncoder, hidden_size=H, cell="gru", bidirectional=True)
decoder = partial(RecurrentDecoder, embedder=embedder, cell="gru", hidden_size=H)


def many_to_many(**settings):
    return ManyToMany(embedder, encoder, CategoricalHead, SIZES, **settings)


def many_to_one(**settings):
    return ManyToOne(embedder, encoder, LastState, CategoricalHead, SIZES, **settings)


def encoder_decoder(**settings):
    return EncoderDecoder(embedder, encoder, decoder, SIZES, search=Search(max_length=6), **settings)


TARGET_LENGTHS = {many_to_many: LENGTHS, many_to_one: [1] * 4, encoder_decoder: [2, 1, 4, 3]}
every_topology = pytest.mark.parametrize("make", TARGET_LENGTHS, ids=lambda make: make.__name__)


@pytest.fixture
def batches(ids):
    """Makes random batches for a topology."""

    def make_batches(make, count=1):
        return [Batch(ids(LENGTHS, C), ids(TARGET_LENGTHS[make], C)) for _ in range(count)]

    return make_batches


def fit(model, train, val=None, **settings):
    """Train for real, on the CPU and in silence; validated on what it learns from if nothing else is given."""
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    defaults = {"accelerator": "cpu", "max_epochs": 2, "log_every_n_steps": 1, "enable_model_summary": False}
    trainer = Trainer(**(quiet | defaults | settings))
    trainer.fit(model, loader(train), loader(val or train))
    return trainer


def loader(batches):
    return DataLoader(list(batches), batch_size=None)


def weights_hash(model):
    digest = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        digest.update(name.encode() + value.numpy().tobytes())
    return digest.hexdigest()


@every_topology
@pytest.mark.parametrize("more", [0, 3], ids=["tight", "wide"])
def test_noise_in_padding_changes_neither_loss_nor_gradients_nor_predictions(make, more, batches, noisy):
    model, (batch,) = make().double(), batches(make)
    results = []
    for targets in (batch.targets, noisy(batch.targets, 5)):
        for inputs in (batch.inputs, noisy(batch.inputs, 7, more)):
            evaluated = model.evaluate(Batch(inputs, targets))
            loss = model.loss(Batch(inputs, targets))
            grads = torch.autograd.grad(loss, list(model.parameters()))
            answers = [row.tolist() for row in model(inputs).rows()]
            assert answers == [row.tolist() for row in evaluated.predictions.rows()]
            results.append((answers, loss, evaluated.loss, evaluated.steps, grads))
            if make is many_to_many and more:  # its targets are as wide as its inputs
                break
    for other in results[1:]:
        assert_close(other, results[0], rtol=1e-10, atol=1e-10)


@every_topology
def test_an_example_alone_is_judged_as_in_a_batch(make, batches):
    model, (batch,) = make().double(), batches(make)
    together = model.evaluate(batch)
    costs, steps = [], []
    for i, (said, read, wanted) in enumerate(
        zip(together.predictions.rows(), batch.inputs.rows(), batch.targets.rows(), strict=True)
    ):
        alone = model.evaluate(Batch(pad([read]), pad([wanted])))
        assert torch.equal(alone.predictions.data[0], said), i
        costs.append(alone.loss * alone.steps)
        steps.append(alone.steps)
    assert sum(steps) == together.steps == model.steps(batch)
    assert_close(sum(costs) / sum(steps), together.loss, rtol=1e-10, atol=1e-10)


@every_topology
def test_a_split_without_targets_cannot_be_scored(make, batches):
    (batch,) = batches(make)
    with pytest.raises(ValueError, match="a val batch has no targets"):
        make().validation_step(Batch(batch.inputs), 0)


def test_a_causal_model_refuses_an_encoder_that_sees_the_future():
    with pytest.raises(ValueError, match=r"model\.encoder\.bidirectional=false"):
        many_to_many(causal=True)


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (CrfHead, C),
        (partial(JointHead, heads={"tag": CategoricalHead, "all": partial(PooledHead, pool=Max)}), PARTS),
    ],
)
def test_a_causal_model_refuses_a_head_that_sees_the_future(head, size):
    one_way = partial(encoder, bidirectional=False)
    with pytest.raises(ValueError, match="weighs what may follow, so it sees the future: set model/head=categorical"):
        ManyToMany(embedder, one_way, head, Sizes(C, size), causal=True)
    ManyToMany(embedder, one_way, head, Sizes(C, size))


def test_a_causal_model_sees_no_later_step(ids):
    one_way = partial(encoder, bidirectional=False)
    model, inputs = ManyToMany(embedder, one_way, CategoricalHead, SIZES, causal=True), ids([6], C)
    scores = model.scores(inputs).data
    for t in range(6):
        changed = torch.cat([inputs.data[:, :t], 15 - inputs.data[:, t:] - 3], dim=1)
        assert torch.equal(model.scores(Padded(changed, inputs.lengths)).data[:, :t], scores[:, :t])


@pytest.mark.parametrize("noise", [0, 7])
def test_shift_puts_the_beginning_before_a_target_and_the_end_behind_it(noise, ids, noisy):
    targets = ids([2, 1, 4, 4], C)
    shifted = shift(noisy(targets, noise, 2))
    rows = [row.tolist() for row in targets.rows()]
    assert [row.tolist() for row in shifted.inputs.rows()] == [[BOS, *row] for row in rows]
    assert [row.tolist() for row in shifted.outputs.rows()] == [[*row, EOS] for row in rows]
    assert (shifted.outputs.data[~shifted.outputs.mask] == 0).all()


def test_label_smoothing_acts_on_the_training_loss_only(batches):
    (batch,) = batches(encoder_decoder)
    plain, smooth = encoder_decoder(), encoder_decoder(label_smoothing=0.2)
    smooth.load_state_dict(plain.state_dict())
    shifted = shift(batch.targets)
    scores = plain.decoder(shifted.inputs.data, plain.encode(batch.inputs))
    logs = torch.cat(Padded(scores.log_softmax(dim=-1), shifted.outputs.lengths).rows())
    wanted = torch.cat(shifted.outputs.rows())
    hard, spread = -logs[range(len(wanted)), wanted].mean(), -logs.mean()
    assert_close(smooth.loss(batch), 0.8 * hard + 0.2 * spread)
    for unsmoothed in (plain.loss(batch), plain.evaluate(batch).loss, smooth.evaluate(batch).loss):
        assert_close(unsmoothed, hard)


def test_predictions_are_cut_at_max_length(batches):
    (batch,) = batches(encoder_decoder)
    model = encoder_decoder()
    with torch.no_grad():
        model.decoder.scores.bias[EOS] = -1e6
    assert (model(batch.inputs).lengths == 6).all()


@pytest.mark.parametrize(("bias", "share"), [(-1e6, 1.0), (1e6, 0.0)])
def test_the_share_of_answers_that_were_cut_is_scored(bias, share, batches):
    model = encoder_decoder()
    with torch.no_grad():
        model.decoder.scores.bias[EOS] = bias
    trainer = fit(model, batches(encoder_decoder), max_epochs=0)
    (scores,) = trainer.validate(model, loader(batches(encoder_decoder, 2)), verbose=False)
    assert scores["val/cut"] == share


@every_topology
def test_a_training_logs_its_loss_and_the_scores_of_the_whole_validation_split(make, batches):
    model, train, val = make(metrics={"whole": ExactMatch()}), batches(make, 3), batches(make, 2)
    trainer = fit(model, train, val)
    further = {"val/perplexity", "val/cut"} if isinstance(model, Writer) else set()
    assert set(trainer.callback_metrics) == {"train/loss", "val/loss", "val/whole"} | further
    with torch.no_grad():
        judged = [model.eval().evaluate(batch) for batch in val]
    loss = sum(e.loss * e.steps for e in judged) / sum(e.steps for e in judged)
    assert_close(trainer.logged_metrics["val/loss"], loss)
    metric = ExactMatch()
    for evaluated, batch in zip(judged, val, strict=True):
        metric.update(evaluated.predictions, batch.targets)
    assert_close(trainer.logged_metrics["val/whole"], metric.compute().float())


def test_a_test_split_is_scored_under_its_own_name_and_predictions_come_batch_by_batch(batches):
    model, val = many_to_many(metrics={"accuracy": Accuracy()}), batches(many_to_many, 2)
    trainer = fit(model, val, val)
    (tested,) = trainer.test(model, loader(val), verbose=False)
    assert tested == pytest.approx(
        {
            name.replace("val/", "test/"): float(v)
            for name, v in trainer.validate(model, loader(val), verbose=False)[0].items()
        }
    )
    assert set(tested) == {"test/loss", "test/accuracy"}
    predicted = trainer.predict(model, loader(val))
    assert all(torch.equal(p.data, model(batch.inputs).data) for p, batch in zip(predicted, val, strict=True))


class Watch(Callback):
    """The loss of every step and the rate it is taken with, and what was logged by then."""

    def __init__(self):
        self.losses, self.rates, self.logged = [], [], []

    def on_before_optimizer_step(self, trainer, model, optimizer):
        self.rates.append(optimizer.param_groups[0]["lr"])

    def on_train_batch_end(self, trainer, model, outputs, batch, batch_idx):
        self.losses.append(float(outputs["loss"]))
        self.logged.append(float(trainer.callback_metrics.get("train/loss", float("nan"))))


@pytest.mark.parametrize("every", [1, 2, 3])
@pytest.mark.parametrize("accumulated", [1, 2])
def test_the_logged_training_loss_is_the_mean_since_it_was_last_logged(every, accumulated, batches):
    watch, data = Watch(), batches(many_to_many, 6 * accumulated)
    settings = {"log_every_n_steps": every, "accumulate_grad_batches": accumulated}
    fit(many_to_many(), data, max_epochs=1, callbacks=[watch], **settings)
    span = every * accumulated
    for end in range(span, len(data) + 1, span):
        # Lightning shows the loss of a batch divided by how many make a step.
        mean = sum(watch.losses[end - span : end]) * accumulated / span
        assert watch.logged[end - 1] == pytest.approx(mean)


def test_a_training_that_logs_no_steps_runs(batches):
    trainer = fit(many_to_many(), batches(many_to_many, 2), log_every_n_steps=0)
    assert "train/loss" not in trainer.callback_metrics


def test_a_schedule_spans_the_whole_training(batches):
    learning = Learning(partial(torch.optim.SGD, lr=1.0), partial(WarmupCosine, warmup=0.5, floor=0.1))
    watch = Watch()
    fit(many_to_many(learning=learning), batches(many_to_many, 5), max_epochs=2, callbacks=[watch])
    assert len(watch.rates) == 10
    assert watch.rates[4] == 1.0
    assert watch.rates[-1] == pytest.approx(0.1)


@every_topology
def test_the_same_seed_trains_the_same_weights_and_another_seed_others(make, batches):
    data = batches(make, 2)

    def trained(seed):
        seed_everything(seed, verbose=False)
        model = make()
        fit(model, data, max_epochs=1)
        return weights_hash(model)

    assert trained(1) == trained(1)
    assert trained(1) != trained(2)
