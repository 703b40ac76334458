"""When checkpoints are saved: held against a rule that is written down once more, step by step."""

import time
from itertools import pairwise

import pytest
import torch
from pytorch_lightning import LightningModule, Trainer
from torch.utils.data import DataLoader

from seqmodels.callbacks import Checkpoints
from seqmodels.errors import InputError
from seqmodels.storage import CheckpointFiles, read_checkpoint_file

BATCHES, EPOCHS = 7, 3


class Toy(LightningModule):
    """Learns one number, and is given the scores that its validations come to."""

    def __init__(self, scores=()):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.scores = list(scores)
        self.validated = []  # (optimiser step, score)

    def training_step(self, batch, batch_idx):
        return (self.weight - batch).square().sum()

    def validation_step(self, batch, batch_idx):
        pass

    def on_validation_epoch_end(self):
        score = self.scores[len(self.validated) % len(self.scores)] if self.scores else 0.0
        self.validated.append((self.trainer.global_step, score))
        self.log("val/score", score)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)


def fit(model, checkpoints, *others, start=None, **settings):
    """Train a toy for real."""
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "num_sanity_val_steps": 0}
    given = {"accelerator": "cpu", "max_epochs": EPOCHS, "plugins": [CheckpointFiles()]} | quiet | settings
    trainer = Trainer(callbacks=[*others, checkpoints], default_root_dir=checkpoints.folder, **given)
    batches = DataLoader([torch.tensor([float(i)]) for i in range(BATCHES)], batch_size=None)
    trainer.fit(model, batches, DataLoader([torch.zeros(1)], batch_size=None), ckpt_path=start, weights_only=True)
    return trainer


@pytest.fixture
def saves(monkeypatch):
    """Where every checkpoint was saved: (epoch, batches of it that were done, optimiser steps that were done)."""
    places, save = [], Checkpoints.save

    def noted(self, trainer):
        done = trainer.fit_loop.epoch_loop.batch_progress.current.processed
        save(self, trainer)
        places.append((trainer.current_epoch, done, trainer.global_step))

    monkeypatch.setattr(Checkpoints, "save", noted)
    return places


def ruled(gathered, validated, every, last):
    """Where checkpoints must be: never while gradients are gathered, nor between a batch and its validation."""
    places, step = [], 0
    for epoch in range(EPOCHS):
        for batch in range(1, BATCHES + 1):
            end = batch == BATCHES
            made = end or batch % gathered == 0
            step += made
            due = every is not None and step - last >= every
            if end or (made and (batch % validated == 0 or due)):
                places.append((epoch, batch, step))
                last = step
    return places


@pytest.mark.parametrize("every", [None, 1, 2, 3, 100])
@pytest.mark.parametrize("validated", [1, 2, 3, 7])
@pytest.mark.parametrize("gathered", [1, 2, 3, 10])
def test_saved_is_after_validations_and_epochs_and_as_often_as_asked_for(gathered, validated, every, saves, tmp_path):
    checkpoints = Checkpoints(str(tmp_path), "val/score", save_every=every)
    wanted = ruled(gathered, validated, every, checkpoints.step)
    fit(Toy(), checkpoints, accumulate_grad_batches=gathered, val_check_interval=validated)
    assert saves == wanted


def test_the_first_one_comes_after_as_many_steps_as_asked_for(saves, tmp_path):
    fit(Toy(), Checkpoints(str(tmp_path), "val/score", save_every=3), max_epochs=1)
    assert [step for *_, step in saves] == [3, 6, 7]


def test_saved_is_when_the_time_has_come(saves, tmp_path, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    class Slow(Toy):
        def training_step(self, batch, batch_idx):
            now[0] += 1
            return super().training_step(batch, batch_idx)

    fit(Slow(), Checkpoints(str(tmp_path), "val/score", save_every="3 s"), max_epochs=2)
    assert saves == [(epoch, batch, 7 * epoch + batch) for epoch in (0, 1) for batch in (3, 6, 7)]


def test_the_seconds_of_training_are_counted_over_interruptions(tmp_path, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    class Slow(Toy):
        def training_step(self, batch, batch_idx):
            now[0] += 1
            return super().training_step(batch, batch_idx)

    first = Checkpoints(str(tmp_path), "val/score")
    fit(Slow(), first, max_epochs=1)
    assert first.seconds == BATCHES
    now[0] += 10_000
    second = Checkpoints(str(tmp_path), "val/score")
    fit(Slow(), second, start=tmp_path / "last.ckpt", max_epochs=3)
    assert second.seconds == 3 * BATCHES


def test_previous_is_what_last_was_before(saves, tmp_path, monkeypatch):
    contents, noted = [], Checkpoints.save

    def read(self, trainer):
        noted(self, trainer)
        contents.append({path.name: path.read_bytes() for path in tmp_path.glob("*.ckpt")})

    monkeypatch.setattr(Checkpoints, "save", read)
    fit(Toy(), Checkpoints(str(tmp_path), "val/score", save_every=2))
    assert len(contents) > 6
    assert "previous.ckpt" not in contents[0]
    for before, after in pairwise(contents):
        assert after["previous.ckpt"] == before["last.ckpt"]
    for (*_, step), content in zip(saves, contents, strict=True):
        (tmp_path / "copy").write_bytes(content["last.ckpt"])
        state = read_checkpoint_file(tmp_path / "copy")
        assert state["global_step"] == step
        assert state["callbacks"]["Checkpoints"]["whole"], "a training must be able to go on from it"


def test_a_monitor_that_was_not_validated_is_told(tmp_path):
    with pytest.raises(InputError, match="monitor=val/nothing: no such metric was validated, wanted one of: val/score"):
        fit(Toy(), Checkpoints(str(tmp_path), "val/nothing"))


def test_validating_a_model_saves_nothing(tmp_path):
    model = Toy()
    trainer = Trainer(
        accelerator="cpu", logger=False, enable_progress_bar=False, callbacks=[Checkpoints(str(tmp_path), "val/score")]
    )
    trainer.validate(model, DataLoader([torch.zeros(1)], batch_size=None), verbose=False)
    assert model.validated
    assert not list(tmp_path.iterdir())
