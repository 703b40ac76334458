"""What a model forecasts of a split, beside what came and what trivial methods say."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor

from seqmodels.data import Example, SequenceData
from seqmodels.errors import InputError
from seqmodels.floors import Floor, SeriesFloor
from seqmodels.nn.distributions import Certain, Distribution
from seqmodels.reports.forecasts import BANDS, Forecast, Forecasts
from seqmodels.run.build import IN_CONFIGS, build
from seqmodels.run.load import Predictor
from seqmodels.series import Values, Window
from seqmodels.topologies import Forecaster

SOME = 3  # windows in the picture
TAIL = 2  # of what was read, as many horizons are shown
ROWS = 256  # windows at once
MODEL = "model"

Bands = dict[float, tuple[Tensor, Tensor]]


class Said(NamedTuple):
    """What a model says of some windows.

    Args:
        places: which of those that were asked for.
        distribution: of each number (N, U, K), scaled.
    """

    places: list[int]
    distribution: Distribution


@torch.inference_mode()
def said_of(predictor: Predictor, windows: Sequence[Window]) -> list[Said]:
    """What a forecaster says of windows, batch by batch."""
    model = predictor.model
    assert isinstance(model, Forecaster)
    return [Said(places, model.distribution(inputs)) for places, inputs in predictor.batches(windows, ROWS)]


def in_units(field: Values, distribution: Distribution, place: int) -> tuple[Tensor, Bands]:
    """The point (U, K) of a window, and bands by the share that they are to hold, in the units of the series."""

    def units(values: Tensor) -> Tensor:
        return values[place].double().cpu() * field.scale.deviation + field.scale.mean

    if isinstance(distribution, Certain):
        return units(distribution.point()), {}
    low, high = ({s: units(distribution.quantile((1 + side * s) / 2)) for s in BANDS} for side in (-1, 1))
    return units(distribution.point()), {share: (low[share], high[share]) for share in BANDS}


def make_forecasts(predictor: Predictor, data: SequenceData, split: str) -> Forecasts:
    """Have a model forecast a split, some of it to be seen and all of it to be measured, beside its floors.

    Args:
        predictor: of a forecaster.
        data: set up.
        split: its name.
    """
    field, examples = predictor.targets, data.encoded[split].kept
    assert isinstance(field, Values)
    windows = [cast(Window, example.inputs) for example in examples]
    wanted = torch.stack(data.encoded[split].targets)  # (N, U, K)
    chosen = list(dict.fromkeys(round((len(windows) - 1) * (i + 0.5) / SOME) for i in range(SOME)))
    shown: dict[int, Forecast] = {}
    totals: dict[str, dict[str, Tensor]] = {MODEL: {}}
    for places, said in said_of(predictor, windows):
        _add(totals[MODEL], said, wanted[places].to(said.point().device))
        for place in set(chosen) & set(places):
            shown[place] = _forecast(examples[place], *in_units(field, said, places.index(place)))
    for name, floor in _floors(predictor).items():
        floor.fit([e.inputs for e in data.splits.train], [e.targets for e in data.splits.train])
        totals[name] = {}
        _add(totals[name], Certain(torch.stack([field.encode(one) for one in floor.predict(windows)])), wanted)
    means = {who: {score: total / len(windows) for score, total in found.items()} for who, found in totals.items()}
    scores = [score for score in means[MODEL] if score != "CRPS" or shown[chosen[0]].bands]  # else it is MAE
    errors = {score: {who: found[score].mean(dim=1).tolist() for who, found in means.items()} for score in scores}
    by_column = means[MODEL]["MAE"] * field.scale.deviation  # (U, K)
    return Forecasts(field.columns, [shown[place] for place in chosen], errors, by_column)


def _floors(predictor: Predictor) -> dict[str, Floor]:
    """The floors of a run by name; none that is of another package."""
    try:
        made = build(predictor.recipe["config"]["floor"], IN_CONFIGS, "floor")
    except InputError:
        return {}
    named = made if isinstance(made, Mapping) else {type(made).__name__: made}
    return {name: floor for name, floor in named.items() if isinstance(floor, SeriesFloor)}


def _add(totals: dict[str, Tensor], said: Distribution, wanted: Tensor) -> None:
    """Errors of each step ahead and column (U, K) to their sums, scaled."""
    error = wanted - said.point()
    for score, found in (("MSE", error.square()), ("MAE", error.abs()), ("CRPS", said.crps(wanted))):
        totals[score] = totals.get(score, 0) + found.double().sum(dim=0).cpu()


def _forecast(example: Example, point: Tensor, bands: Bands) -> Forecast:
    """What was said of an example beside the last of what was read and what came."""
    came, inputs = example.targets, example.inputs
    assert isinstance(came, Window)
    assert isinstance(inputs, Window)
    read = came._replace(start=max(inputs.start, came.start - TAIL * len(came.rows)), stop=came.start)
    when = came.series.when(came.start)
    return Forecast(when if came.series.times else f"row {when}", read.rows, came.rows, point, bands)
