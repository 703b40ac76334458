"""An epoch of the EWT tagger through the Trainer, against loops that do nothing else."""

import random
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer, seed_everything
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from bench.timing import Row, has_bfloat16, interleaved
from seqmodels.data import SequenceData, data_root
from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS
from seqmodels.run.compose import ConfigTree
from seqmodels.run.make import make_data, make_model, make_trainer
from seqmodels.run.plain import plain
from seqmodels.run.recipe import RecipeInCheckpoint, make_recipe
from seqmodels.topologies import Topology
from seqmodels.types import Batch, Padded, pad

RUNS, WIDTH, BATCH, RATE = 3, 256, 32, 1e-3
# What a user would write for a tagger that knows words alone. Averaged weights and clipping are left out on both
# sides: they belong to the recipe, and what is measured here is what the Trainer, metrics, progress bar, log and
# checkpoint cost.
TASK = [
    "task=pos_tagging",
    "run_dir=FOLDER",
    "fields.inputs._target_=seqmodels.text.Tokens",
    "+fields.inputs.lowercase=true",
    "+fields.inputs.min_freq=2",
    "augment=none",
    "batching.max_tokens=null",
    f"+batching.batch_size={BATCH}",
    "model/embedder=tokens",
    "model.embedder.embedding_size=128",
    "model.embedder.dropout=0.2",
    "model.head.dropout=0.2",
    f"model.encoder.hidden_size={WIDTH}",
    "encoder_dropout=0",
    "encoder_locked_dropout=false",
    "trainer.max_epochs=1",
    "scheduler=none",
    f"optim.lr={RATE}",
    "callbacks.weight_average=null",
    "trainer.gradient_clip_val=null",
]


class Clock(Callback):
    """Counts the time of training, saving and logging, and stands still during validation."""

    def __init__(self) -> None:
        self.total = self.since = 0.0

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.since = time.perf_counter()

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.total += time.perf_counter() - self.since

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.since = time.perf_counter()  # before the checkpoint is written: Lightning runs those callbacks last

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.total += time.perf_counter() - self.since


class CommonTagger(nn.Module):
    """The tagger of the tutorials, with the widths and dropout of ours."""

    def __init__(self, inputs: int, targets: int, embedding: int, dropout: float):
        super().__init__()
        self.embedding = nn.Embedding(inputs, embedding, padding_idx=0)
        self.lstm = nn.LSTM(embedding, WIDTH, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(2 * WIDTH, targets)
        self.dropout = nn.Dropout(dropout)

    def loss(self, batch: Batch) -> Tensor:
        """Cross entropy over real steps."""
        assert batch.targets is not None
        x = self.dropout(self.embedding(batch.inputs.data))  # (B, T, D)
        steps = pack_padded_sequence(x, batch.inputs.lengths.cpu(), batch_first=True, enforce_sorted=False)
        outputs, _ = pad_packed_sequence(self.lstm(steps)[0], batch_first=True)  # (B, T, 2H)
        scores = self.linear(self.dropout(outputs)).flatten(0, 1)  # (B * T, C)
        targets = batch.targets.data.masked_fill(~batch.targets.mask, -100).flatten()  # (B * T,)
        return nn.functional.cross_entropy(scores, targets)


def tagger(device: torch.device) -> list[Row]:
    """The tagger's epoch, four ways."""
    settings = _settings(device)
    data = make_data(settings, IN_CONFIGS)
    try:
        data.setup("fit")
    except InputError as error:
        print(f"tagger: left out, UD English EWT cannot be read: {error}. Set SEQMODELS_DATA (now {data_root()}).")
        return []
    common, plain_adam, fused = (
        "the common recipe, bare",
        "the same model and batches, bare, Adam",
        "the same, fused Adam",
    )
    variants = {
        common: lambda run: _common(settings, data, run, device),
        plain_adam: lambda run: _bare(settings, data, run, device, False),
        fused: lambda run: _bare(settings, data, run, device, True),
        "Trainer": lambda run: _trained(settings, data, run),
    }
    if has_bfloat16(device):
        half = _settings(device, "++trainer.precision=bf16-mixed")
        variants["Trainer, bf16"] = lambda run: _trained(half, data, run)
    _trained(settings, data, 0)  # warm
    found = interleaved(variants, RUNS)
    rows = [
        found.row("EWT tagger, a training epoch", "Trainer", common, device, 4.0),
        found.row("EWT tagger through the Trainer", "Trainer", plain_adam, device, 1.0),
        found.row("EWT tagger through the Trainer", "Trainer", fused, device, 1 / 1.06),
    ]
    if "Trainer, bf16" in variants:
        rows.insert(1, found.row("EWT tagger, a training epoch, bf16", "Trainer, bf16", common, device, 6.0))
    return rows


def _settings(device: torch.device, *more: str) -> dict[str, Any]:
    tree = ConfigTree()
    return plain(tree.compose([*TASK, f"device={'gpu' if device.type == 'cuda' else 'cpu'}", *more]))


def _trained(settings: dict[str, Any], data: SequenceData, run: int) -> float:
    """Seconds of an epoch through the Trainer that ``seqmodels train`` makes, all its files written."""
    with tempfile.TemporaryDirectory() as folder:
        placed = _placed(settings, settings["run_dir"], folder)
        carrier, clock = RecipeInCheckpoint(), Clock()
        trainer = make_trainer(placed, [carrier], IN_CONFIGS)
        trainer.callbacks.insert(0, clock)
        data.seed = run
        carrier.recipe = make_recipe(placed, data)
        trainer.fit(_model(settings, data, run), datamodule=data)
        if not list(Path(folder).rglob("*.ckpt")) or not list(Path(folder).rglob("metrics.csv")):
            raise AssertionError("the Trainer was to write a checkpoint and a log")
    return clock.total


def _placed(value: Any, old: str, new: str) -> Any:
    """Settings with another run folder."""
    if isinstance(value, dict):
        return {key: _placed(item, old, new) for key, item in value.items()}
    return value.replace(old, new) if isinstance(value, str) else value


def _model(settings: dict[str, Any], data: SequenceData, run: int) -> Topology:
    seed_everything(run, verbose=False)
    return make_model(settings, data, IN_CONFIGS)


def _bare(settings: dict[str, Any], data: SequenceData, run: int, device: torch.device, fused: bool) -> float:
    model = _model(settings, data, run).to(device)
    data.seed = run
    adam = torch.optim.Adam(model.parameters(), lr=RATE, fused=fused or None)
    return _epoch(model, model.loss, data.train_dataloader(), adam, device)


def _common(settings: dict[str, Any], data: SequenceData, run: int, device: torch.device) -> float:
    inputs, targets = data.encoded["train"].inputs, data.encoded["train"].targets
    order = list(range(len(inputs)))
    random.Random(run).shuffle(order)
    cut = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    batches = (Batch(pad([inputs[i] for i in some]), pad([targets[i] for i in some])) for some in cut)
    embedder, head = settings["model"]["embedder"], settings["model"]["head"]
    assert embedder["dropout"] == head["dropout"]
    model = CommonTagger(data.sizes.inputs, data.sizes.targets, embedder["embedding_size"], head["dropout"]).to(device)
    return _epoch(model, model.loss, batches, torch.optim.Adam(model.parameters(), lr=RATE), device)


def _epoch(
    model: nn.Module,
    loss: Callable[[Batch], Tensor],
    batches: Iterable[Batch],
    optimizer: torch.optim.Optimizer,
    device: torch.device,
) -> float:
    model.train()
    started = time.perf_counter()
    for batch in batches:
        assert batch.targets is not None
        on = Batch(*(Padded(*(tensor.to(device) for tensor in part)) for part in (batch.inputs, batch.targets)))
        optimizer.zero_grad()
        value = loss(on)
        value.backward()
        optimizer.step()
    value.item()
    return time.perf_counter() - started
