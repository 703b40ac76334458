"""AveragedSgd in real trainings, against a mean kept by hand."""

import pytest
import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from torch.testing import assert_close
from torch.utils.data import DataLoader

from seqmodels.callbacks import AveragedSgd, Checkpoints, WeightAverage
from seqmodels.errors import InputError
from seqmodels.storage import CheckpointFiles, read_checkpoint_file

STEPS = 3  # an epoch, with a validation behind it


class Toy(LightningModule):
    """Learns numbers of two kinds, and is given the scores that its validations come to."""

    def __init__(self, scores):
        super().__init__()
        self.first = torch.nn.Parameter(torch.zeros(2))
        self.second = torch.nn.Parameter(torch.ones(1, dtype=torch.float64))
        self.given = list(scores)

    def training_step(self, batch, batch_idx):
        return (self.first - batch).square().sum() + (self.second + batch).square().sum()

    def validation_step(self, batch, batch_idx):
        pass

    def on_validation_epoch_end(self):
        self.log("val/score", self.given[self.current_epoch])

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


class Watch(Callback):
    """The weights after every step, and those that validation meets."""

    def __init__(self):
        self.raw, self.validated = [], []

    def on_train_batch_end(self, trainer, model, outputs, batch, batch_idx):
        self.raw.append(weights_of(model))

    def on_validation_batch_start(self, trainer, model, batch, batch_idx, dataloader_idx=0):
        self.validated.append(weights_of(model))


def weights_of(model):
    return {name: p.detach().clone() for name, p in model.state_dict().items()}


def fit(scores, folder, epochs=None, start=None, **settings):
    """(model, what was seen, the callback, the last checkpoint) of a training with these validated scores."""
    model, watch, callback = Toy(scores), Watch(), AveragedSgd("val/score", **settings)
    checkpoints = Checkpoints(str(folder), "val/score")
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=epochs or len(scores),
        callbacks=[callback, watch, checkpoints],
        plugins=[CheckpointFiles()],
        default_root_dir=folder,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    batches = DataLoader([torch.tensor(float(i)) for i in range(STEPS)], batch_size=None)
    trainer.fit(model, batches, DataLoader([torch.zeros(1)], batch_size=None), ckpt_path=start, weights_only=True)
    return model, watch, callback, folder / "last.ckpt"


def mean(history):
    return {name: torch.stack([weights[name] for weights in history]).mean(dim=0) for name in history[0]}


def triggered(scores, patience):
    """In which validation averaging begins, as the authors' program has it; None for never."""
    logs = []
    for t, score in enumerate(scores):
        if len(logs) > patience and score > min(logs[:-patience]):
            return t
        logs.append(score)
    return None


# (validated scores, patience, the validation in which it begins)
CASES = [
    ([5.0, 4.0, 3.0, 2.0, 1.0], 1, None),
    ([5.0, 4.0, 6.0, 2.0], 1, 2),
    ([5.0, 4.0, 4.5, 3.0, 2.0], 1, None),
    ([3.0, 4.0, 5.0, 3.0, 3.5, 1.0], 2, 4),
    ([3.0, 9.0, 9.0, 9.0, 1.0, 1.0], 3, None),
    ([3.0, 2.0, 2.5, 3.0, 2.6, 9.0, 1.0], 3, 5),
]


@pytest.mark.parametrize(("scores", "patience", "wanted"), CASES)
@pytest.mark.parametrize("mode", ["min", "max"])
def test_it_begins_when_a_score_is_worse_than_the_best_of_long_before(scores, patience, wanted, mode, tmp_path):
    assert triggered(scores, patience) == wanted
    given = scores if mode == "min" else [-score for score in scores]
    model, watch, callback, _ = fit(given, tmp_path, mode=mode, patience=patience)
    begun = None if wanted is None else (wanted + 1) * STEPS
    assert callback.begun == begun
    assert_close(weights_of(model), watch.raw[-1] if begun is None else mean(watch.raw[begun - 1 :]))


def test_validation_meets_the_raw_weights_before_and_the_mean_since(tmp_path):
    _, watch, callback, _ = fit([1.0, 2.0, 3.0, 4.0, 5.0], tmp_path, patience=1)
    assert callback.begun == 3 * STEPS
    ends = range(STEPS, 5 * STEPS + 1, STEPS)
    wanted = [
        watch.raw[end - 1] if end <= callback.begun else mean(watch.raw[callback.begun - 1 : end]) for end in ends
    ]
    assert_close(watch.validated, wanted)


@pytest.mark.parametrize("epochs", [1, 2, 3, 4])
def test_a_training_that_is_resumed_comes_out_the_same(epochs, tmp_path):
    scores = [1.0, 2.0, 3.0, 4.0, 5.0]
    whole, watch, _, last = fit(scores, tmp_path / "whole", patience=1)
    *_, half = fit(scores, tmp_path / "half", epochs, patience=1)
    model, seen, callback, end = fit(scores, tmp_path / "rest", start=half, patience=1)
    assert callback.scores == [-score for score in scores]
    assert_close(seen.raw, watch.raw[epochs * STEPS :], rtol=0, atol=0)
    assert_close(weights_of(model), weights_of(whole), rtol=0, atol=0)
    states = [read_checkpoint_file(path) for path in (last, end)]
    assert states[0]["callbacks"]["AveragedSgd"] == states[1]["callbacks"]["AveragedSgd"]
    assert_close(states[0]["current_model_state"], states[1]["current_model_state"], rtol=0, atol=0)


def test_a_metric_that_is_not_validated_is_told(tmp_path):
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=1,
        callbacks=[AveragedSgd("val/other")],
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    one = DataLoader([torch.zeros(1)], batch_size=None)
    with pytest.raises(InputError, match=r"monitor=val/other: no such metric was validated, wanted one of: val/score"):
        trainer.fit(Toy([1.0]), one, one)


def test_two_averages_at_once_are_refused():
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=1,
        callbacks=[WeightAverage(), AveragedSgd("val/score")],
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    one = DataLoader([torch.zeros(1)], batch_size=None)
    with pytest.raises(InputError, match="WeightAverage and AveragedSgd found, wanted one that averages"):
        trainer.fit(Toy([1.0]), one, one)
