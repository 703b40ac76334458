"""What a person sees of a run."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from pytorch_lightning import Trainer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from seqmodels.audio import Recording
from seqmodels.data import Batching, BucketBatches, Example
from seqmodels.nn.recurrence import Stack, compute_dtype
from seqmodels.run.load import Predictor

SAMPLES = 5


def batches_line(batches: BucketBatches, batching: Batching, processes: int) -> str:
    """How many training batches an epoch has, how large they are and how much of them is no padding."""
    shared = f" for each of {processes} processes" if processes > 1 else ""
    if batching.max_tokens is None:
        size = f"{batching.batch_size:,} examples"
    else:
        size = f"about {batching.max_tokens:,} tokens with padding"
    real = 100 * batches.real_share()
    return f"batches: {len(batches):,} of up to {size}{shared}, {real:.1f} % of the tokens in them real"


def recurrence_lines(model: torch.nn.Module, trainer: Trainer) -> list[str]:
    """Which implementation runs each recurrence of a model, and why."""
    device = trainer.strategy.root_device
    with trainer.precision_plugin.forward_context():
        dtype = compute_dtype(torch.empty(0, device=device))
    found: dict[str, list[str]] = {}
    for name, part in model.named_modules():
        if isinstance(part, Stack):
            found.setdefault(str(part.rule(device.type, dtype)), []).append(name)
    return [f"recurrence: {rule}: {', '.join(names)}" for rule, names in found.items()]


def show_scores(results: Mapping[str, float], recipe: Mapping[str, Any], split: str) -> None:
    """Metrics of a split beside what the trivial method reaches there."""
    floor = recipe["config"]["floor"]
    table = Table(title=f"{split} split", title_justify="left")
    table.add_column("metric")
    table.add_column("model", justify="right")
    if floor is not None:
        table.add_column(f"floor ({floor['_target_'].rpartition('.')[2]})", justify="right")
    for key, value in results.items():
        name = key.removeprefix(f"{split}/")
        if name != key:
            below = f"{results[f'floor/{name}']:.4f}" if f"floor/{name}" in results else ""
            table.add_row(name, f"{value:.4f}", *([below] if floor is not None else []))
    console().print(table)


def show_samples(predictor: Predictor, examples: Sequence[Example], count: int = SAMPLES) -> None:
    """The first examples of a split: input, what was wanted and what the model says, a wrong answer in red."""
    chosen = examples[:count]
    table = Table(title=f"{len(chosen)} samples", title_justify="left")
    for column in ("input", "wanted", "model says"):
        table.add_column(column)
    for example, answer in zip(chosen, predictor.predict([e.inputs for e in chosen]), strict=True):
        wanted, said = words(example.targets), words(answer)
        table.add_row(Text(words(example.inputs)), Text(wanted), Text(said, style="" if said == wanted else "red"))
    console().print(table)


def words(item: str | Sequence[str]) -> str:
    """An item of a field on one line."""
    if isinstance(item, Recording):
        return str(item)
    return item if isinstance(item, str) else " ".join(item)


def aligned(tokens: Sequence[str], labels: Sequence[str]) -> str:
    """Labels under their tokens, on two lines."""
    widths = [max(len(token), len(label)) for token, label in zip(tokens, labels, strict=True)]
    lines = ("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in (tokens, labels))
    return "\n".join(line.rstrip() for line in lines)


def console() -> Console:
    """Where tables go: standard output, wide enough for a table when that is not a terminal."""
    out = Console()
    return out if out.is_terminal else Console(width=120)
