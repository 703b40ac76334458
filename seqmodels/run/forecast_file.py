"""The rows behind the last one of a file, as a trained model forecasts them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seqmodels.data import Faults, SeriesFile
from seqmodels.errors import InputError
from seqmodels.run.forecasts import Bands, in_units, said_of
from seqmodels.run.load import Predictor
from seqmodels.series import Series, Values, Window

BAND = 0.8  # that a table shows


def forecast_file(predictor: Predictor, file: str | None, as_json: bool) -> str:
    """What a model forecasts behind a file's last row: a table, or a JSON object.

    The object has the time of each row that is forecast, for each column its values, and from and to of bands, by the
    share that they are to hold.

    Args:
        predictor: of a forecaster.
        file: a table as the model was trained on; its last rows are read.
        as_json: the object.

    Raises:
        InputError: there is no file, it is not such a table, or it has fewer rows than the model reads.
    """
    if file is None or file == "-":
        raise InputError("no series found: name a table, of which the last rows are read, with --input FILE")
    inputs, targets, data = predictor.inputs, predictor.targets, predictor.recipe["config"]["data"]
    assert isinstance(inputs, Values)
    assert isinstance(targets, Values)
    series, window = _last_window(file, inputs, data)
    (said,) = said_of(predictor, [window])
    point, bands = in_units(targets, said.distribution, 0)
    times = [series.when(window.stop + i) for i in range(len(point))]
    values = dict(zip(targets.columns, point.T.tolist(), strict=True))
    if as_json:
        return json.dumps({"input": file, "times": times, "forecast": values, **_bands(targets.columns, bands)}) + "\n"
    columns = {"time" if series.times else "row": times}
    for i, (name, numbers) in enumerate(values.items()):
        columns[name] = [f"{number:.4g}" for number in numbers]
        for side, edge in zip(("from", "to"), bands.get(BAND, ()), strict=False):
            columns[f"{name} {side}"] = [f"{number:.4g}" for number in edge[:, i].tolist()]
    told = f"from and to: the band that is to hold {100 * BAND:.0f} %\n" if bands else ""
    return _table(columns) + told


def _last_window(file: str, field: Values, data: Mapping[str, Any]) -> tuple[Series, Window]:
    """The last rows of a file, as many as the model was trained to read."""
    look_back = data["windows"]["look_back"]
    calendar = data.get("calendar") or []
    columns = [name for name in field.columns if name not in calendar]
    reader = SeriesFile(file, data.get("time"), columns, columns, calendar, separator=data.get("separator", "comma"))
    path, faults = Path(file).expanduser(), Faults()
    if not path.is_file():
        raise InputError(f"--input {file}: no such file (looked from {Path.cwd()}); name a table of numbers")
    series = reader.table(path, faults).series
    faults.check()
    rows = len(series.values)
    if rows < look_back:
        raise InputError(f"{file}: {rows} rows found, wanted {look_back} at least: so many does the model read")
    return series, Window(series, rows - look_back, rows, field.columns)


def _bands(columns: Sequence[str], bands: Bands) -> dict[str, Any]:
    if not bands:
        return {}
    edges = {str(share): [edge.T.tolist() for edge in pair] for share, pair in bands.items()}
    return {
        "bands": {
            share: {name: [list(pair) for pair in zip(low[i], high[i], strict=True)] for i, name in enumerate(columns)}
            for share, (low, high) in edges.items()
        }
    }


def _table(columns: Mapping[str, Sequence[str]]) -> str:
    """Columns below their names, all but the first one set to the right."""
    wide = [max(map(len, [name, *cells])) for name, cells in columns.items()]
    rows = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    lines = [
        "  ".join([row[0].ljust(wide[0]), *(cell.rjust(width) for cell, width in zip(row[1:], wide[1:], strict=True))])
        for row in rows
    ]
    return "\n".join(lines) + "\n"
