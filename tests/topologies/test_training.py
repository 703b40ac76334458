"""A real training, step by step: what is logged of it, what guards a step, and when a plateau is looked for."""

import math
from functools import partial

import pytest
import torch
from pytorch_lightning import Callback
from test_topologies import C, encoder_decoder, fit, loader, many_to_many, weights_hash

from seqmodels import Batch
from seqmodels.learning import Learning, NonFinite, Plateau, WarmupCosine
from seqmodels.loggers import CsvLog

SGD = Learning(partial(torch.optim.SGD, lr=0.5))


@pytest.fixture
def ragged(ids):
    """Makes batches that have more target steps or fewer."""

    def make(count):
        lengths = [[1 + (i * j) % 5 for j in range(1, 4)] for i in range(count)]
        return [Batch(ids(each, C), ids(each, C)) for each in lengths]

    return make


class Watch(Callback):
    """Every batch's loss and its target steps, and every step's rate, weights and gradients."""

    def __init__(self):
        self.losses, self.rates, self.weights, self.validated = [], [], [], []

    def on_train_batch_end(self, trainer, model, outputs, batch, batch_idx):
        # Lightning shows the loss of a batch divided by how many make a step.
        self.losses.append((float(outputs["loss"]) * trainer.accumulate_grad_batches, int(model.steps(batch))))
        self.weights.append(weights_hash(model))

    def on_before_optimizer_step(self, trainer, model, optimizer):
        self.rates.append(optimizer.param_groups[0]["lr"])

    def on_validation_end(self, trainer, model):
        self.validated.append(float(trainer.callback_metrics["val/loss"]))


class Rows(CsvLog):
    """Keeps rows instead of writing them."""

    def __init__(self):
        super().__init__("")
        self.found = []

    def log_metrics(self, metrics, step=None):
        self.found.append({"step": step, **metrics})

    def of(self, name):
        return [row for row in self.found if name in row]


@pytest.mark.parametrize("every", [1, 2, 3, 5])
@pytest.mark.parametrize("gathered", [1, 2])
@pytest.mark.parametrize("make", [many_to_many, encoder_decoder])
def test_a_row_of_the_log_holds_the_mean_over_the_target_steps_since_the_row_before(make, gathered, every, ragged):
    watch, rows, batches, epochs = Watch(), Rows(), 7, 3
    learning = Learning(partial(torch.optim.SGD, lr=0.1), WarmupCosine)
    settings = {"accumulate_grad_batches": gathered, "max_epochs": epochs, "log_every_n_steps": every}
    fit(make(learning=learning), ragged(batches), callbacks=[watch], logger=[rows], **settings)

    each = math.ceil(batches / gathered)  # steps in an epoch
    ends = [epoch * batches + min(gathered * (i + 1), batches) for epoch in range(epochs) for i in range(each)]
    logged = rows.of("train/loss")
    assert [row["step"] for row in logged] == list(range(every - 1, epochs * each, every))
    begin = 0
    for row in logged:
        end = ends[row["step"]]
        parts = watch.losses[begin:end]
        wanted = sum(loss * steps for loss, steps in parts) / sum(steps for _, steps in parts)
        assert row["train/loss"] == pytest.approx(wanted)
        assert row["train/learning_rate"] == watch.rates[row["step"]]
        assert row["epoch"] == row["step"] // each
        begin = end


def test_validated_metrics_get_rows_of_their_own(ragged):
    watch, rows = Watch(), Rows()
    fit(many_to_many(), ragged(6), max_epochs=2, val_check_interval=3, callbacks=[watch], logger=[rows])
    checked, *validated = watch.validated
    assert [row["val/loss"] for row in rows.of("val/loss")] == pytest.approx(validated)
    assert len(validated) == 4
    assert checked not in validated, "the check before the training was logged"


def poisoned(model, batch, value):
    """The same model, whose loss of one batch is multiplied by a value."""
    loss = model.loss
    model.loss = lambda given: loss(given) * (value if given.inputs.data is batch.inputs.data else 1)
    return model


class SpoilsGradient(Callback):
    """One number of one gradient is no number at one step."""

    def __init__(self, step, value):
        self.step = step
        self.value = value

    def on_after_backward(self, trainer, model):
        if trainer.global_step == self.step:
            model.head.scores.bias.grad[0] = self.value


NOT_FINITE = pytest.mark.parametrize("value", [float("nan"), float("inf")])


def same_start(make, **settings):
    torch.manual_seed(5)
    return make(**settings)


@NOT_FINITE
def test_a_loss_that_is_no_number_stops_the_training_before_its_step(value, ragged):
    batches, watch = ragged(5), Watch()
    wanted = same_start(many_to_many, learning=SGD)
    fit(wanted, batches[:3], max_epochs=1)
    model, rows = poisoned(same_start(many_to_many, learning=SGD), batches[3], value), Rows()
    with pytest.raises(NonFinite) as caught:
        fit(model, batches, callbacks=[watch], logger=[rows])
    assert caught.value.step == 4
    assert not math.isfinite(caught.value.loss)
    assert len(caught.value.largest) == 3
    assert {name for name, _ in caught.value.largest} < {name for name, _ in model.named_parameters()}
    assert weights_hash(model) == weights_hash(wanted)
    assert len(rows.found) == 3


@NOT_FINITE
def test_a_gradient_that_is_no_number_stops_the_training_and_is_named(value, ragged):
    batches = ragged(5)
    wanted, model = (same_start(many_to_many, learning=SGD) for _ in range(2))
    fit(wanted, batches[:2], max_epochs=1)
    with pytest.raises(NonFinite, match=r"step 3: loss [0-9.]+, largest gradient norms: head.scores.bias (nan|inf)"):
        fit(model, batches, callbacks=[SpoilsGradient(2, value)])
    assert weights_hash(model) == weights_hash(wanted)


@NOT_FINITE
@pytest.mark.parametrize("clip", [None, 0.1])
@pytest.mark.parametrize(
    "optimizer",
    [partial(torch.optim.SGD, lr=0.5, momentum=0.9, weight_decay=0.1), partial(torch.optim.AdamW, lr=0.01)],
    ids=["SGD", "AdamW"],
)
def test_a_step_that_is_left_out_is_as_if_its_batch_had_not_been(optimizer, clip, value, ragged):
    batches, settings = ragged(6), {"max_epochs": 1, "gradient_clip_val": clip}
    learning = Learning(optimizer, nonfinite="skip")
    wanted, watch, rows = same_start(many_to_many, learning=learning), Watch(), Rows()
    fit(wanted, [*batches[:2], *batches[3:]], val=batches[:1], **settings)
    model = poisoned(same_start(many_to_many, learning=learning), batches[2], value)
    fit(model, batches, val=batches[:1], callbacks=[watch], logger=[rows], **settings)
    assert watch.weights[2] == watch.weights[1]
    assert weights_hash(model) == weights_hash(wanted)
    assert (model.skipped, wanted.skipped) == (1, 0)
    assert all(math.isfinite(row["train/loss"]) for row in rows.of("train/loss"))
    assert [row["step"] for row in rows.of("train/loss")] == [0, 1, 3, 4, 5]


@NOT_FINITE
def test_with_gradients_of_several_batches_the_whole_step_is_left_out(value, ragged):
    batches, learning = ragged(6), Learning(partial(torch.optim.SGD, lr=0.5), nonfinite="skip")
    wanted, model = (same_start(many_to_many, learning=learning) for _ in range(2))
    fit(wanted, [*batches[:2], *batches[4:]], max_epochs=1, accumulate_grad_batches=2)
    fit(poisoned(model, batches[2], value), batches, val=batches[:1], max_epochs=1, accumulate_grad_batches=2)
    assert weights_hash(model) == weights_hash(wanted)
    assert model.skipped == 1


def test_a_step_that_is_left_out_is_left_out_of_the_log_too(ragged):
    batches, watch, rows = ragged(6), Watch(), Rows()
    learning = Learning(partial(torch.optim.SGD, lr=0.5), nonfinite="skip")
    model = poisoned(many_to_many(learning=learning), batches[2], float("nan"))
    fit(model, batches, val=batches[:1], max_epochs=1, log_every_n_steps=3, callbacks=[watch], logger=[rows])
    (row,) = rows.of("train/loss")  # the third step was to be logged, and was not made: it comes with the next
    parts = [entry for i, entry in enumerate(watch.losses) if i != 2]
    wanted = sum(loss * steps for loss, steps in parts) / sum(steps for _, steps in parts)
    assert (row["step"], row["train/loss"]) == (5, pytest.approx(wanted))


@pytest.mark.parametrize("way", ["norm", "value", None])
def test_gradients_are_clipped_as_torch_does_it(way, ragged):
    batches, model, wanted = ragged(4), *(same_start(many_to_many, learning=SGD) for _ in range(2))
    fit(model, batches, max_epochs=1, gradient_clip_val=0.05, gradient_clip_algorithm=way)
    optimizer = torch.optim.SGD(wanted.parameters(), lr=0.5)
    for batch in batches:
        optimizer.zero_grad()
        wanted.loss(batch).backward()
        clip = torch.nn.utils.clip_grad_value_ if way == "value" else torch.nn.utils.clip_grad_norm_
        clip(wanted.parameters(), 0.05)
        optimizer.step()
    torch.testing.assert_close(model.state_dict(), wanted.state_dict())


@pytest.mark.parametrize("interval", [1.0, 0.5])
def test_a_plateau_is_looked_for_after_every_validation(interval, ragged, monkeypatch):
    seen, step = [], Plateau.step

    def noted(self, metric, *more):
        seen.append(metric)
        step(self, metric, *more)

    monkeypatch.setattr(Plateau, "step", noted)
    plateau, lr = partial(Plateau, factor=0.5, patience=0), 30.0  # so high that the loss goes up and down
    watch, model = Watch(), many_to_many(learning=Learning(partial(torch.optim.SGD, lr=lr), plateau))
    settings = {"max_epochs": 5, "val_check_interval": interval, "num_sanity_val_steps": 1}
    trainer = fit(model, ragged(4), callbacks=[watch], **settings)
    validated = watch.validated[1:]  # the check before the training is none
    assert seen == pytest.approx(validated)
    assert len(seen) == 5 / interval
    trainer.validate(model, loader(ragged(1)), verbose=False)
    assert len(seen) == len(validated), "a validation that is no part of a training lowers nothing"

    other = torch.optim.SGD(model.parameters(), lr=lr)
    schedule, rates = plateau(other, 20), []
    every = int(4 * interval)
    for i in range(20):
        rates.append(other.param_groups[0]["lr"])
        if (i + 1) % every == 0:
            schedule.step(validated[i // every])
    assert watch.rates == rates
    assert len(set(rates)) > 1


def test_what_the_next_row_will_say_goes_into_a_checkpoint_and_comes_back(ragged):
    model, again = many_to_many(), many_to_many()
    fit(model, ragged(5), max_epochs=1, log_every_n_steps=3)
    assert model.running_loss.sums is not None
    model.skipped = 2
    checkpoint = {}
    model.on_save_checkpoint(checkpoint)
    fit(again, ragged(1), max_epochs=1)
    again.on_load_checkpoint(checkpoint)
    assert torch.equal(again.running_loss.sums, model.running_loss.sums)
    assert again.skipped == 2
    fit(again, ragged(2), max_epochs=1, log_every_n_steps=9)
    assert again.skipped == 0, "another training begins anew"
