"""What a person sees of a run."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from pytorch_lightning import Trainer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from seqmodels.audio import Recording
from seqmodels.data import Batches, BatchPlan, Example
from seqmodels.images import Picture
from seqmodels.metrics import SpanScores
from seqmodels.nn.recurrence import Stack, compute_dtype
from seqmodels.reports import main_fields, part_of, parts_of
from seqmodels.run.load import Predictor
from seqmodels.run.report import Report, said_of
from seqmodels.series import Window
from seqmodels.text import Field
from seqmodels.topologies import LanguageModel

SPLITS = ("val", "test")  # others are further test splits of the data
SAMPLES = 5
LONGEST = 2000  # letters of a sample's text; a corpus may be a single one


def batches_line(batches: Batches[Any], batching: BatchPlan, processes: int) -> str:
    """How many training batches an epoch has, how large they are and how much of them is no padding."""
    shared = f" for each of {processes} processes" if processes > 1 else ""
    real = 100 * batches.real_share()
    return f"batches: {len(batches):,} of up to {batching.size()}{shared}, {real:.1f} % of the tokens in them real"


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


def splits_of(results: Mapping[str, Any], split: str) -> list[str]:
    """A split that was scored, and further test splits that were scored behind it.

    Example:
        >>> splits_of({"test/loss": 1.0, "floor/loss": 2.0, "test2017/loss": 1.5, "seconds": 9.0}, "test")
        ['test', 'test2017']
    """
    named = [key.partition("/")[0] for key in results if "/" in key]
    return list(dict.fromkeys([split, *(name for name in named if name not in (*SPLITS, "floor"))]))


def floor_titles(node: Any) -> dict[str, str]:
    """What floors are called above their scores, by what stands before these.

    Args:
        node: of a config.

    Example:
        >>> floor_titles({"_target_": "seqmodels.floors.Majority"}), floor_titles({"tfidf": {}})
        ({'': 'floor (Majority)'}, {'tfidf/': 'floor:\\ntfidf'})
    """
    if not node:
        return {}
    if "_target_" in node:
        return {"": f"floor ({node['_target_'].rpartition('.')[2]})"}
    return {f"{name}/": f"floor:\n{name}" for name in node}


def show_scores(results: Mapping[str, Any], recipe: Mapping[str, Any], split: str) -> None:
    """Metrics of a split beside what the trivial method reaches there."""
    floors = floor_titles(recipe["config"]["floor"])
    table = Table(title=f"{split} split", title_justify="left")
    table.add_column("metric")
    table.add_column("model", justify="right")
    for title in floors.values():
        table.add_column(title, justify="right")
    for key, value in results.items():
        name = key.removeprefix(f"{split}/")
        if name != key:
            under = "floor" if split in SPLITS else f"floor/{split}"
            below = [results.get(f"{under}/{floor}{name}") for floor in floors]
            shown = f"{value:,}" if isinstance(value, int) else f"{value:.4f}"
            table.add_row(name, shown, *("" if score is None else f"{score:.4f}" for score in below))
    console().print(table)
    if cut := results.get(f"{split}/cut"):
        told = (
            f"cut: {cut:.1%} of the answers had not come to their end at the greatest length, and count as they stand"
        )
        console().print(f"{told}; model.search.max_length (evaluate: --length N) takes more", highlight=False)
    for name, signature in results.get("signatures", {}).items() if split in SPLITS else ():
        console().print(f"{name}: {signature}", highlight=False)


def show_report(report: Report) -> None:
    """How every type of span is found, where labels mark spans."""
    for name, spans in report.spans.items():
        table = Table(title=f"{name} spans" if name else "spans", title_justify="left")
        table.add_column("type")
        for column in SpanScores._fields:
            table.add_column(column, justify="right")
        for kind, (precision, recall, f1, support) in spans.items():
            table.add_row(Text(kind), f"{precision:.4f}", f"{recall:.4f}", f"{f1:.4f}", f"{support:,}")
        console().print(table)


def show_samples(predictor: Predictor, examples: Sequence[Example], count: int = SAMPLES) -> None:
    """The first examples of a split: input, what was wanted and what the model says, a wrong answer in red.

    A language model answers nothing but next tokens, of which there is no table.
    """
    if isinstance(predictor.model, LanguageModel):
        return
    chosen = [example for example in examples[:count] if not _long(example)]
    if not chosen:
        return
    table = Table(title=f"{len(chosen)} samples", title_justify="left")
    for column in ("input", "wanted", "model says"):
        table.add_column(column)
    for example, answer in zip(chosen, said_of(predictor, [e.inputs for e in chosen]), strict=True):
        field, wanted = predictor.targets, example.wanted(answer, predictor.targets)
        parts = parts_of(field, [wanted], [answer])  # none of numbers
        known = field.decode(field.encode(wanted).tolist())
        right = all(part.right(0) for part in parts) if parts else known == answer
        texts = [words(item) for item in (example.inputs, _main(field, wanted), _main(field, answer))]
        table.add_row(*map(Text, texts[:2]), Text(texts[2], style="" if right else "red"))
    console().print(table)


def _main(field: Field, item: Any) -> Any:
    """An item without labels that only help to learn others; by name where several are left."""
    names = list(main_fields(field))
    return {name: item[name] for name in names} if len(names) > 1 else part_of(item, names[0])


def _long(example: Example) -> bool:
    if isinstance(example.inputs, Window):
        return True  # rows and rows of numbers, of which there is a picture
    return isinstance(example.inputs, str) and len(example.inputs) > LONGEST


def words(item: Any) -> str:
    """An item of a field on one line, or on one for each of its parts."""
    if isinstance(item, Mapping):
        return "\n".join(f"{name}: {words(part)}" for name, part in item.items())
    if isinstance(item, str | Recording | Picture):
        return str(item)
    return " ".join(map(str, item))


def console() -> Console:
    """Where tables go: standard output, wide enough for a table when that is not a terminal."""
    out = Console()
    return out if out.is_terminal else Console(width=120)
