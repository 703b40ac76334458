"""What a person reads of a model's answers to a split, made once it has been scored there."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from pytorch_lightning import Trainer

from seqmodels.data import Batching, SequenceData
from seqmodels.data.repeats import repeats
from seqmodels.metrics import Reliability, Scorer, SpanF1, SpanScores
from seqmodels.reports import Answers, answer_files, curves_file, one_line, parts_of, spans_of, step_scores
from seqmodels.reports import write_files as write_all
from seqmodels.reports.forecasts import Forecasts, forecast_files
from seqmodels.reports.reliability import reliability_picture
from seqmodels.run.forecasts import make_forecasts
from seqmodels.run.load import Predictor
from seqmodels.run.reliability import make_reliability
from seqmodels.run.writing import write
from seqmodels.text import Item
from seqmodels.topologies import Ensemble, Forecaster, Topology, Writer


class Report(NamedTuple):
    """What was found besides the metrics.

    Args:
        answers: to the split; None where there is nothing to say of them.
        scores: by name, as in metrics.json.
        spans: precision, recall and F1 of every type, by the name of the labels that mark them.
        told: why something is missing.
        forecasts: of a forecaster; None of others.
        reliability: of a model that says how sure it is of each label; None of others.
    """

    answers: Answers | None = None
    scores: Mapping[str, float] = {}
    spans: Mapping[str, Mapping[str, SpanScores]] = {}
    told: tuple[str, ...] = ()
    forecasts: Forecasts | None = None
    reliability: Reliability | None = None


def scored_part(trainer: Trainer, split: str) -> str | None:
    """The setting by which a trainer scores a part of a split only, None where it scores all of it."""
    limit, overfit = getattr(trainer, f"limit_{split}_batches"), trainer.overfit_batches  # type: ignore[attr-defined]
    if overfit:
        return f"trainer.overfit_batches={overfit}"
    whole = isinstance(limit, float) and limit == 1  # the integer 1 is one batch
    return None if whole else f"trainer.limit_{split}_batches={limit}"


def make_report(predictor: Predictor, data: SequenceData, trainer: Trainer, split: str) -> Report:
    """Have a model answer a split once, and look at what it says.

    Whatever goes wrong here is told and loses nothing: the metrics are there without it.

    Args:
        predictor: the model that was scored.
        data: set up.
        trainer: which scored it.
        split: ``val`` or ``test``.
    """
    part = scored_part(trainer, split)
    if part:
        return Report(told=(f"no report on the {split} split: {part} scores a part of it only",))
    if not isinstance(data.batching, Batching):
        return Report(told=("no report: texts that are read on and on have no answers but their next tokens",))
    try:
        if isinstance(predictor.model, Forecaster):
            return Report(forecasts=make_forecasts(predictor, data, split))
        answers = _answers(predictor, data, trainer, split)
        if not answers.parts:
            kind = type(predictor.targets).__name__
            return Report(told=(f"no report on the {split} split: its targets ({kind}) are neither labels nor text",))
        trained = chain.from_iterable(predictor.inputs.split(example.inputs) for example in data.splits.train)
        spans = {part.name: spans_of(part, _strictly(predictor.model, split, part.name)) for part in answers.parts}
        reliability = make_reliability(predictor, data, trainer, split)
        found = {name: table for name, table in spans.items() if table is not None}
        return Report(answers, step_scores(answers, trained, split), found, reliability=reliability)
    except Exception as error:
        return Report(told=(f"no report on the {split} split: {type(error).__name__}: {error}",))


def _strictly(model: Topology, split: str, part: str) -> Literal["bio", "bioes"] | None:
    """The scheme that a metric of the model counts spans strictly by, if one does: so does the table of their types."""
    scorer = cast(Scorer, model.scorers[split])
    found = (metric for metric in scorer.metrics.values() if isinstance(metric, SpanF1))
    return next((metric.scheme for metric in found if not part or metric.part == part), None)


def _answers(predictor: Predictor, data: SequenceData, trainer: Trainer, split: str) -> Answers:
    examples = getattr(data.splits, split)
    predictor.model.to(trainer.strategy.root_device)
    try:
        with trainer.precision_plugin.forward_context():  # as the metrics were computed
            said = said_of(predictor, [example.inputs for example in examples])
    finally:
        predictor.model.cpu()
    inputs = [predictor.inputs.split(example.inputs) for example in examples]
    return Answers(
        inputs,
        [one_line(example.inputs, words) for example, words in zip(examples, inputs, strict=True)],
        [example.origin for example in examples],
        parts_of(
            predictor.targets,
            [example.wanted(answer, predictor.targets) for example, answer in zip(examples, said, strict=True)],
            said,
        ),
    )


def said_of(predictor: Predictor, items: Sequence[Item]) -> list[Any]:
    """An answer for each item; a model that draws does so again for equal ones, as where it was scored."""
    model = predictor.model
    if not isinstance(model, Writer | Ensemble) or model.search.sampling is None:
        return predictor.predict(items)
    again = repeats(predictor.inputs.encode(item) for item in items)
    return [one.text for one, *_ in write(predictor, items, model.search, repeats=again)]


def write_report(report: Report, folder: Path, settings: Mapping[str, Any], steps: int) -> list[str]:
    """Write a report into a run's folder.

    Args:
        report: on the test split.
        folder: of the run.
        settings: of the run.
        steps: that it took.

    Returns:
        A line for everything that is missing.
    """
    title = f"{settings['name']}, seed {settings['seed']}"

    def files() -> Iterator[tuple[str, Any]]:
        if report.answers is not None:
            yield from answer_files(report.answers, report.spans, f"{title}, test split")
        if (found := report.reliability) is not None:
            yield "reliability.png", lambda: reliability_picture(found, f"{title}, test split")
        if report.forecasts is not None:
            yield from forecast_files(report.forecasts, f"{title}, test split")
        if (folder / "logs" / "metrics.csv").is_file():
            yield curves_file(folder / "logs" / "metrics.csv", title, settings["monitor"], settings["mode"], steps)

    missing = (
        []
        if (folder / "logs" / "metrics.csv").is_file()
        else ["no learning_curves.png: logs/metrics.csv is not written"]
    )
    return [*report.told, *missing, *write_all(files(), folder)]
