"""WeightAverage in a real training, against an average kept by hand."""

from functools import partial
from types import SimpleNamespace

import pytest
import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.callbacks import ModelCheckpoint
from torch.testing import assert_close
from torch.utils.data import DataLoader

from seqmodels import Batch, Sizes
from seqmodels.callbacks import AveragedSgd, WeightAverage
from seqmodels.learning import Learning
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.nn.heads import CategoricalHead
from seqmodels.topologies import ManyToMany
from seqmodels.types import pad

DECAY = 0.28  # between (1 + 2)/(10 + 2) and (1 + 3)/(10 + 3): both sides of the minimum are met
STEPS, EPOCHS = 3, 2


def weights_of(model):
    return {name: p.detach().clone() for name, p in model.state_dict().items()}


class Watch(Callback):
    """The weights after every step, those that validation meets, and those that training goes on with."""

    def __init__(self):
        self.raw, self.validated, self.resumed = [], [], []

    def on_train_batch_start(self, trainer, model, batch, batch_idx):
        self.resumed.append(weights_of(model))

    def on_train_batch_end(self, trainer, model, outputs, batch, batch_idx):
        self.raw.append(weights_of(model))

    def on_validation_batch_start(self, trainer, model, batch, batch_idx, dataloader_idx=0):
        self.validated.append(weights_of(model))


def average(history):
    """The average after each step: the first weights as they are, then d·average + (1 - d)·weights."""
    averages = [history[0]]
    for n, weights in enumerate(history[1:], start=1):
        d = min(DECAY, (1 + n) / (10 + n))
        averages.append({name: d * averages[-1][name] + (1 - d) * value for name, value in weights.items()})
    return averages


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A short training with what was seen of it: (model, watch, checkpoint)."""
    torch.manual_seed(0)
    model = ManyToMany(
        partial(TokenEmbedder, embedding_size=4),
        partial(RecurrentEncoder, hidden_size=4, cell="gru"),
        CategoricalHead,
        Sizes(9, 3),
        learning=Learning(partial(torch.optim.SGD, lr=1.0)),
    )
    batches = DataLoader([random_batch() for _ in range(STEPS)], batch_size=None)
    watch, checkpoint = Watch(), ModelCheckpoint(tmp_path_factory.mktemp("run"))
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=EPOCHS,
        callbacks=[WeightAverage(DECAY), watch, checkpoint],
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    trainer.fit(model, batches, DataLoader([random_batch()], batch_size=None))
    return model, watch, torch.load(checkpoint.best_model_path, weights_only=True)


def random_batch():
    lengths = [4, 2, 3]
    return Batch(pad([torch.randint(4, 9, (n,)) for n in lengths]), pad([torch.randint(3, (n,)) for n in lengths]))


def test_the_trained_model_holds_the_average_of_its_weights(trained):
    model, watch, _ = trained
    assert len(watch.raw) == STEPS * EPOCHS
    assert_close(weights_of(model), average(watch.raw)[-1])


def test_validation_uses_the_averaged_weights(trained):
    _, watch, _ = trained
    after_epochs = average(watch.raw)[STEPS - 1 :: STEPS]
    assert_close(watch.validated, after_epochs)


def test_training_goes_on_with_the_raw_weights(trained):
    _, watch, _ = trained
    assert_close(watch.resumed[1:], watch.raw[:-1], rtol=0, atol=0)


def test_a_checkpoint_holds_the_average_and_beside_it_the_raw_weights(trained):
    _, watch, checkpoint = trained
    done = checkpoint["global_step"]
    assert done in (STEPS, STEPS * EPOCHS)
    assert_close(dict(checkpoint["state_dict"]), average(watch.raw)[done - 1])
    assert_close(dict(checkpoint["current_model_state"]), watch.raw[done - 1], rtol=0, atol=0)
    assert not torch.equal(watch.raw[done - 1]["head.scores.bias"], checkpoint["state_dict"]["head.scores.bias"])


@pytest.mark.parametrize("callback", [WeightAverage(), AveragedSgd()], ids=lambda one: type(one).__name__)
def test_the_average_lives_where_the_model_will_train(callback):
    # Lightning sets callbacks up while the model is still on the CPU.
    trainer = SimpleNamespace(strategy=SimpleNamespace(root_device=torch.device("meta")), callbacks=[callback])
    model = LightningModule()
    model.layer = torch.nn.Linear(2, 2)
    callback.setup(trainer, model, "fit")
    assert {p.device.type for p in callback._average_model.parameters()} == {"meta"}
