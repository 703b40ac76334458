"""Whether the parts that a config names for numbers go together, and with none that are for labels or texts."""

from collections.abc import Iterator, Mapping
from typing import Any

from seqmodels.floors import Floor, LossFloor, SeriesFloor
from seqmodels.metrics import ForecastMetric
from seqmodels.nn.heads import Head, ValueHead
from seqmodels.series import Values
from seqmodels.text import Field
from seqmodels.text.scale import ScaledField
from seqmodels.topologies import Forecaster, ManyToMany, ManyToOne, Topology

VALUES = "seqmodels.series.Values"


def read_values(model: Topology, inputs: Field, targets: Field) -> Iterator[str]:
    """What is wrong with windows of a series that are read, or with a model that would read some."""
    reads = isinstance(model, ManyToMany | ManyToOne)
    for side, field in (("inputs", inputs), ("targets", targets)):
        found = type(field).__name__
        if isinstance(model, Forecaster) and not isinstance(field, Values):
            yield f"fields.{side}: {found} found, and Forecaster reads and writes rows of a series: wanted {VALUES}"
        elif isinstance(field, Values) and not (isinstance(model, Forecaster) or (reads and side == "inputs")):
            yield f"fields.{side}: {found} found, and {type(model).__name__} is no Forecaster: choose task=forecasting"


def written_values(model: Topology, targets: Field) -> Iterator[str]:
    """What is wrong with numbers that are written."""
    head, found = getattr(model, "head", None), type(targets).__name__
    if isinstance(head, ValueHead) and not isinstance(targets, ScaledField):
        yield f"model.head: {type(head).__name__} writes numbers, and fields.targets ({found}) are none: choose another"
    elif isinstance(head, Head) and isinstance(targets, ScaledField) and not isinstance(head, ValueHead):
        kind = type(head).__name__
        yield f"model.head: {kind} writes labels, and fields.targets ({found}) are numbers: set model/head=point"


def scored_values(
    model: Topology, inputs: Field, metrics: Mapping[str, Any], floor: Floor | LossFloor | None
) -> Iterator[str]:
    """What is wrong with scores of numbers, and with the method beside the model."""
    numbers, forecasts = isinstance(getattr(model, "head", None), ValueHead), isinstance(model, Forecaster)
    for name, metric in metrics.items():
        ours = type(metric).__module__.startswith("seqmodels.")  # others are taken to know what they do
        if ours and numbers != isinstance(metric, ForecastMetric):
            does = "compares labels or texts" if numbers else "compares numbers"
            wanted = f"set metric={'forecast' if forecasts else 'mse'}" if numbers else "choose another metric"
            yield f"metric.{name}: {type(metric).__name__} {does}, and {type(model).__name__} writes others: {wanted}"
    if floor is not None and isinstance(floor, SeriesFloor) != forecasts:
        wanted = "one that forecasts, such as SeasonalNaive" if forecasts else "another one"
        yield f"floor: {type(floor).__name__} found, and fields.inputs is {type(inputs).__name__}: wanted {wanted}"
