"""Every step of a run, taken for the one at which it was interrupted: does the rest come out the same, bit for bit?"""

import contextlib
import hashlib
import io
import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from omegaconf import DictConfig

from drills.row import Row, row
from seqmodels.callbacks import Checkpoints
from seqmodels.run.compose import ConfigTree, repair
from seqmodels.run.process import quiet
from seqmodels.run.train import train
from seqmodels.storage import read_checkpoint_file

BASE = [
    "task=date_language",
    "data.train=90",
    "data.val=20",
    "data.test=20",
    "data.locales=[en_US,de,fr,ru]",
    "batching.batch_size=16",
]
BASE += ["encoder_size=8", "model.embedder.embedding_size=8"]
OFTEN = ["device=cpu", "callbacks.progress=null", "trainer.max_epochs=3", "trainer.log_every_n_steps=2"]
OFTEN += ["save_every=1 steps", "optim.lr=0.01"]
BASE += OFTEN
PLAIN = ["scheduler=none", "callbacks.weight_average=null", "callbacks.early_stopping=null"]
RANDOM = ["model.embedder.dropout=0.3", "model.head.dropout=0.3", "augment=rare_as_unknown"]
CASES = {
    "plain": PLAIN,
    "validation twice an epoch": [*PLAIN, "trainer.val_check_interval=0.5"],
    "gradients of two batches a step": [*PLAIN, "trainer.accumulate_grad_batches=2", "trainer.max_epochs=5"],
    "both, a validation within a step": [
        *PLAIN,
        "trainer.accumulate_grad_batches=2",
        "trainer.val_check_interval=0.5",
        "trainer.max_epochs=4",
    ],
    "rate lowered on a plateau": [*PLAIN, "scheduler=plateau", "scheduler.patience=0", "optim.lr=0.1"],
    "rate by cosine with warm-up": [*PLAIN, "scheduler=warmup_cosine"],
    "early stopping": [*PLAIN[:2], "callbacks.early_stopping.patience=1", "optim.lr=0.5", "trainer.max_epochs=9"],
    "averaged weights": ["scheduler=none", "callbacks.early_stopping=null", "callbacks.weight_average.decay=0.9"],
    "bf16 autocast": [*PLAIN, "trainer.precision=bf16-mixed"],
    "dropout and random augmentation": [*PLAIN, *RANDOM],
    "the same with two loader workers": [*PLAIN, *RANDOM, "batching.workers=2"],
    "all defaults": RANDOM,
}
# Texts that are read on and on: what is carried from batch to batch belongs to the training's state.
STREAMS = {
    "a state that is carried on": PLAIN,
    "the same with a validation within the epoch": [*PLAIN, "trainer.val_check_interval=0.5"],
    "the same with all defaults": [],
}
SHORT = ("all defaults", "both, a validation within a step")


def drill(short: bool, folder: Path) -> Iterator[Row]:
    """A row a way of training."""
    quiet()
    for name, words in CASES.items():
        if short and name not in SHORT:
            continue
        yield _row(name, folder, words, short, BASE)
    for name, words in STREAMS.items():
        if not short or name == next(iter(STREAMS)):
            yield _row(name, folder, words, short, language_words(folder))


def _row(name: str, folder: Path, words: list[str], short: bool, base: list[str]) -> Row:
    outcomes = every_step(folder / re.sub(r"\W+", "_", name), words, 4 if short else 1, base)
    return row(f"resumed at every step: {name}", outcomes)


def language_words(folder: Path) -> list[str]:
    """A language model that trains for a moment, on a text that is written into a folder."""
    draw = random.Random(1)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "text.txt").write_text("".join(draw.choice("to be or not ") for _ in range(400)))
    files = ["data=text", f"data.train={folder / 'text.txt'}", "data.shares=[0.8,0.2]"]
    sizes = ["encoder_size=8", "model.embedder.embedding_size=8", "batching.batch_size=4", "batching.steps=20"]
    streams = ["batching.eval_batch_size=2", "batching.warmup=10", "batching.forget=0.5"]
    return ["task=language_model", *files, *sizes, *streams, *OFTEN]


def every_step(folder: Path, words: list[str], stride: int, base: list[str] = BASE) -> dict[str, str | None]:
    """What became of a run that was resumed from each of its checkpoints, by its step."""
    whole = folder / "whole"
    copies: list[Path] = []
    save = Checkpoints.save

    def kept(self: Checkpoints, trainer: Any) -> None:
        save(self, trainer)
        copies.append(folder / f"{len(copies):03d}-step-{self.step}")
        shutil.copytree(whole / "checkpoints", copies[-1])

    tree = ConfigTree()
    config = tree.compose(repair(tree, [*base, *words, f"run_dir={whole}"]).overrides)
    with patch.object(Checkpoints, "save", kept):
        quietly(config)
    wanted = result(whole)
    outcomes: dict[str, str | None] = {}
    for copy in copies[::stride]:
        again = interrupted(whole, copy, folder / "again")
        config.run_dir, config.resume = str(again), str(again)
        quietly(config)
        outcomes[f"{folder.name}, {copy.name}"] = different(wanted, result(again))
        shutil.rmtree(again)
    return outcomes


def quietly(config: DictConfig) -> None:
    """Train, whatever it prints."""
    with contextlib.redirect_stdout(io.StringIO()):
        train(config, [])


def interrupted(whole: Path, checkpoints: Path, folder: Path) -> Path:
    """A run's folder as it was when those were its checkpoints; the log goes on behind them."""
    shutil.copytree(whole, folder)
    (folder / "metrics.json").unlink()
    shutil.rmtree(folder / "checkpoints")
    shutil.copytree(checkpoints, folder / "checkpoints")
    return folder


def result(folder: Path) -> dict[str, Any]:
    """All that a run came to: weights, optimiser, metrics, learning rates, validations."""
    metrics = json.loads((folder / "metrics.json").read_text())
    found: dict[str, Any] = {name: value for name, value in metrics.items() if name != "seconds"}
    for name in ("last.ckpt", "best.ckpt"):
        state = read_checkpoint_file(folder / "checkpoints" / name)
        parts = (
            "state_dict",
            "current_model_state",
            "optimizer_states",
            "lr_schedulers",
            "loops",
            "running_loss",
            "carried",
        )
        for part in parts:
            found[f"{name}: {part}"] = digest(state.get(part))
    found["log"] = hashlib.sha256((folder / "logs" / "metrics.csv").read_bytes()).hexdigest()
    return found


def digest(value: Any) -> str:
    """A hash over every number in a value."""
    found = hashlib.sha256()

    def add(node: Any) -> None:
        if isinstance(node, dict):
            for key, entry in node.items():
                found.update(str(key).encode())
                add(entry)
        elif isinstance(node, list | tuple):
            for entry in node:
                add(entry)
        elif isinstance(node, torch.Tensor):
            found.update(
                str((node.shape, node.dtype)).encode() + node.contiguous().flatten().view(torch.uint8).numpy().tobytes()
            )
        else:
            found.update(repr(node).encode())

    add(value)
    return found.hexdigest()


def different(wanted: dict[str, Any], got: dict[str, Any]) -> str | None:
    """The names of what is not the same."""
    names = [name for name in wanted if wanted[name] != got.get(name)]
    return f"another {', '.join(names)}" if names else None
