"""What trivial methods score on the splits that a model is scored on."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.floors import Floor, LabelFloor, LossFloor, StepLabelFloor
from seqmodels.metrics import ProbabilityMetric, Scorer
from seqmodels.run.build import build
from seqmodels.run.vector_files import vectors_path
from seqmodels.text import Label, StepLabels
from seqmodels.types import Padded, pad

OfLoss = Callable[[str, Tensor], dict[str, Tensor]] | None  # as a topology has it


def make_floors(node: Any, allowed: Sequence[str]) -> dict[str, Floor | LossFloor]:
    """The floors of a config by name; the only one's name is empty."""
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        raise InputError(f"floor: {type(node).__name__} found, wanted one floor, or several by name")
    nodes = {"": node} if "_target_" in node else node
    return {name: build(_with_vectors(one), allowed, f"floor.{name}".rstrip(".")) for name, one in nodes.items()}


def _with_vectors(node: Any) -> Any:
    """The same floor, the file found that its vectors are in."""
    named = isinstance(node, Mapping) and node.get("vectors")
    return {**node, "vectors": str(vectors_path(str(node["vectors"])))} if named else node


def floor_scores(
    floors: Mapping[str, Floor | LossFloor],
    data: SequenceData,
    metrics: Mapping[str, Metric],
    of_loss: OfLoss,
    splits: Sequence[str],
) -> dict[str, dict[str, float]]:
    """Fit floors on the training split, and score them on others by the model's own metrics.

    Args:
        floors: as ``make_floors`` makes them.
        data: set up.
        metrics: of the model, by name.
        of_loss: of a model that has a loss and no answers, what it derives from one.
        splits: their names.

    Returns:
        For each split ``metric`` of the only floor, ``NAME/metric`` of several.
    """
    found: dict[str, dict[str, float]] = {split: {} for split in splits}
    for name, floor in floors.items():
        if isinstance(floor, LossFloor):
            train = data.encoded["train"]
            floor.fit(train.inputs, train.targets, data.sizes.targets)
        else:
            floor.fit([e.inputs for e in data.splits.train], [e.targets for e in data.splits.train])
        for split in splits:
            if isinstance(floor, LossFloor):
                scores = _losses(floor, data, of_loss, split)
            else:
                scores = _answers(floor, data, metrics, split)
            found[split] |= {f"{name}/{metric}".lstrip("/"): value.item() for metric, value in scores.items()}
    return found


def _answers(floor: Floor, data: SequenceData, metrics: Mapping[str, Metric], split: str) -> dict[str, Tensor]:
    examples = data.encoded[split].kept
    said = floor.predict([example.inputs for example in examples])
    log_p = _log_probabilities(floor, data, split)
    scorer = Scorer(
        {n: one for n, one in metrics.items() if log_p is not None or not isinstance(one, ProbabilityMetric)}
    )
    scorer.update_metrics(
        pad([data.targets.encode(answer) for answer in said]),
        pad([data.targets.encode(example.targets) for example in examples]),
        [[str(example.targets), *example.others] for example in examples],
        [str(answer) for answer in said],
        log_p,
    )
    return scorer.compute_metrics()


def _log_probabilities(floor: Floor, data: SequenceData, split: str) -> Padded | None:
    """(N, T, C) of a floor that is more or less sure of its labels; None of others."""
    inputs = [example.inputs for example in data.encoded[split].kept]
    if isinstance(floor, StepLabelFloor) and isinstance(data.targets, StepLabels):
        return pad(floor.log_probabilities(inputs, data.targets.size.names))
    if not isinstance(floor, LabelFloor) or not isinstance(data.targets, Label):
        return None
    said = floor.log_probabilities(inputs, data.targets.size.names)  # (N, C)
    return Padded(said[:, None], torch.ones(len(said), dtype=torch.int64))


def _losses(floor: LossFloor, data: SequenceData, of_loss: OfLoss, split: str) -> dict[str, Tensor]:
    examples = data.encoded[split]
    loss = torch.tensor(floor.loss(examples.inputs, examples.targets))
    return {"loss": loss} | (of_loss(split, loss) if of_loss else {})
