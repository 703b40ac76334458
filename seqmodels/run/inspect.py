"""``seqmodels inspect``: what goes on inside a trained model."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch.nn import functional as F

from seqmodels.data import Batching, SequenceData
from seqmodels.data.loading import Drawn
from seqmodels.errors import InputError
from seqmodels.reports.gradient_flow import GradientCurve, gradient_csv, gradient_curve, gradient_picture, reading
from seqmodels.run.build import IN_CHECKPOINTS, build
from seqmodels.run.load import Predictor, checkpoint_path, load
from seqmodels.storage import replacing
from seqmodels.topologies.gradient_flow import Flow, gradient_flow, recurrence_of
from seqmodels.topologies.jacobians import JacobianNorms, jacobian_norms
from seqmodels.types import Batch

ROWS = 32  # of a batch, whose states are all kept


class Inspected(NamedTuple):
    """Gradients of a model over some examples.

    Args:
        flows: by layer, direction and part of the state.
        norms: of Jacobians, by layer and direction.
    """

    flows: list[Flow]
    norms: list[list[JacobianNorms]]

    def curves(self) -> list[GradientCurve]:
        """A panel for every layer and direction."""
        return [self._curve(flow) for flow in self.flows]

    def _curve(self, flow: Flow) -> GradientCurve:
        found = self.norms[flow.layer - 1][flow.direction == "backward"]
        beside = {"‖J‖, mean of each": found.one, f"of {found.steps} multiplied": found.product}
        return gradient_curve(flow.name, f"∂L/∂{flow.part}", flow.norms, beside if found.steps else {})


def inspect_gradients(model: Predictor, batches: Sequence[Batch]) -> Inspected:
    """Gradients over batches, and Jacobians over the first of them.

    Args:
        model: whose recurrence is looked at.
        batches: with targets, the one with the longest sequences first.

    Raises:
        InputError: the model reads without a recurrence.
    """
    several = [gradient_flow(model.model, batch) for batch in batches]
    longest = max(flow.norms.shape[1] for flows in several for flow in flows)
    joined = [
        flows[0]._replace(
            norms=torch.cat([F.pad(f.norms, (0, longest - f.norms.shape[1]), value=torch.nan) for f in flows])
        )
        for flows in zip(*several, strict=True)
    ]
    return Inspected(joined, jacobian_norms(model.model, batches[0]))


def some_batches(data: SequenceData, count: int) -> list[Batch]:
    """About so many rows of the validation split, from all over it, the longest first; of streams the first ones."""
    if not isinstance(data.batching, Batching):
        return [next(iter(data.loader("val")))]
    encoded = data.encoded["val"]
    places = [i * len(encoded) // count for i in range(count)] if count < len(encoded) else range(len(encoded))
    order = sorted(places, key=lambda place: -len(encoded.inputs[place]))
    size = min(ROWS, len(order))
    return [encoded[Drawn(0, order[i : i + size])] for i in range(0, len(order), size)]


def gradient_files(run: str | Path, count: int, output: str | None = None, trust: Sequence[str] = ()) -> list[str]:
    """Write ``gradients.png`` and ``gradients.csv`` of a run, and say what is to be seen there.

    Args:
        run: a run's folder or a checkpoint.
        count: examples of its validation split.
        output: the folder; the run's own if not given.
        trust: further packages whose classes the checkpoint may name.

    Returns:
        A line for each layer, direction and part of the state, then one for the files.

    Raises:
        InputError: the run, its data or a flag is not as it must be.
    """
    if count < 1:
        raise InputError(f"--examples {count}: wanted 1 or more")
    predictor = load(run, trust)
    recurrence_of(predictor.model)  # before any data are read
    data = run_data(predictor, (*IN_CHECKPOINTS, *trust))
    curves = inspect_gradients(predictor, some_batches(data, count)).curves()
    folder = Path(output) if output is not None else _folder(checkpoint_path(run))
    config = predictor.recipe["config"]
    title = f"{config['name']}, seed {config['seed']}: ‖∂L/∂state‖ over {curves[0].counts[0]} validation examples"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in (("png", gradient_picture(curves, title)), ("csv", gradient_csv(curves).encode())):
            with replacing(folder / f"gradients.{name}") as beside:
                beside.write_bytes(content)
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror}; make room, or name another folder with --output") from error
    except ValueError as error:
        raise InputError(f"{run}: {error}") from error
    return [*map(reading, curves), f"written: {folder / 'gradients.png'}, {folder / 'gradients.csv'}"]


def _folder(checkpoint: Path) -> Path:
    """The run's, or the one in which a checkpoint lies by itself."""
    return checkpoint.parent.parent if checkpoint.parent.name == "checkpoints" else checkpoint.parent


def run_data(predictor: Predictor, allowed: Sequence[str]) -> SequenceData:
    """The run's own data, set up, its fields as they are.

    Args:
        predictor: the run's model.
        allowed: packages whose classes the checkpoint may name.

    Raises:
        InputError: the data is not as it must be.
    """
    config = predictor.recipe["config"]
    reader, batching = (build(config[name], allowed, name) for name in ("data", "batching"))
    data = SequenceData(reader, predictor.inputs, predictor.targets, batching, on_bad=config.get("on_bad", "raise"))
    data.setup("test")
    return data
