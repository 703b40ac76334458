"""Scores of a trained model on a split, beside the floor."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from pytorch_lightning import Trainer

from seqmodels.data import SequenceData
from seqmodels.data.reader import fingerprint
from seqmodels.errors import InputError
from seqmodels.run.build import IN_CHECKPOINTS, build, make_metrics
from seqmodels.run.dynamic import dynamic_scores
from seqmodels.run.ensemble import load_together
from seqmodels.run.floors import floor_scores, make_floors
from seqmodels.run.judge import judged_scores
from seqmodels.run.load import Predictor, load
from seqmodels.run.make import count_characters, without_apples_gpu
from seqmodels.run.matching import read_on
from seqmodels.run.report import Report, make_report, scored_part
from seqmodels.run.searching import search_by
from seqmodels.run.settings import Settings
from seqmodels.run.signatures import closest, node_faults, value_faults
from seqmodels.run.split_scores import signatures, split_scores
from seqmodels.run.targets import check_targets

SPLITS = ("val", "test")
OTHER_CUT = (
    "the {} split is cut off the training file, and is another one than when the run was trained: "
    "it may have learnt from some of these examples"
)
QUIETLY = {
    "devices": 1,
    "logger": False,
    "enable_checkpointing": False,
    "enable_model_summary": False,
    "enable_progress_bar": False,
}
DYNAMIC = "seqmodels.topologies.DynamicEvaluation"


def evaluate(
    predictor: Predictor,
    data: SequenceData,
    trainer: Trainer,
    splits: Sequence[str],
    allowed: Sequence[str],
    floors: bool = True,
) -> dict[str, Any]:
    """Score a model on splits with the metrics of its recipe.

    Args:
        predictor: the model.
        data: with the splits.
        trainer: runs the model over them.
        splits: ``val``, ``test``, or both.
        allowed: packages whose classes the recipe may name.
        floors: whether what trivial methods reach is scored, too.

    Returns:
        ``val/...`` and ``test/...`` as asked for, and ``floor/...`` for the last of them; behind ``test``, further test
        splits under their own names, with ``floor/NAME/...``; ``signatures`` of metrics that have one. Of several
        floors each has its name before the metric's.
    """
    config = predictor.recipe["config"]
    metrics = make_metrics(config["metric"], allowed, predictor.targets)
    predictor.model.measure(metrics)
    data.batching = data.batching.exact()
    data.setup("test")
    count_characters(predictor.model, data)
    results: dict[str, Any] = {}
    last = [splits[-1], *(data.reader.further if splits[-1] == "test" else ())]
    for split in [*splits[:-1], *last]:
        results |= split_scores(predictor.model, data, trainer, split)
    if told := signatures(predictor.model, splits[-1]):
        results["signatures"] = told
    whole = scored_part(trainer, splits[-1]) is None
    if (
        floors and config["floor"] is not None and whole
    ):  # on a part of the split, the two would be scored on different examples
        trivial = make_floors(config["floor"], allowed)
        for split, below in floor_scores(trivial, data, metrics, predictor.model.of_loss, last).items():
            start = "floor" if split in SPLITS else f"floor/{split}"
            results |= {f"{start}/{name}": value for name, value in below.items()}
    return results


def evaluate_run(
    runs: str | Path | Sequence[str | Path],
    split: str = "test",
    overrides: Sequence[str] = (),
    trust: Sequence[str] = (),
    searching: Mapping[str, Any] | None = None,
    judge: str | Path | None = None,
) -> tuple[Predictor, dict[str, Any], Report]:
    """Score a finished run again, on its own data or on other data of the same kind.

    Args:
        runs: a run's folder or a checkpoint; or several of the same data, whose models answer together.
        split: ``val`` or ``test``.
        overrides: changes to the run's data or batching, such as ``data.test=other.conllu``; with ``dynamic.rate=1``
            a language model is scored a second time, learning on meanwhile (seqmodels.topologies.DynamicEvaluation).
        trust: further packages whose classes the checkpoint may name.
        searching: how to look for what to write, by the names of the command line's flags.
        judge: a run of a classifier that is to say what the texts were written for (seqmodels.run.judge).

    Raises:
        InputError: the run, an override or the data is not as it must be.
    """
    if split not in SPLITS:
        raise InputError(f"--split {split}: wanted {' or '.join(SPLITS)}")
    predictor = load_together([runs] if isinstance(runs, str | Path) else runs, trust, scored=True)
    if searching:
        search_by(predictor, searching)
    allowed = (*IN_CHECKPOINTS, *trust)
    config = predictor.recipe["config"]
    # A checkpoint of before there was a choice raised.
    own = {"data": config["data"], "batching": config["batching"], "on_bad": config.get("on_bad", "raise")}
    changed = _changed({**own, "dynamic": {"_target_": DYNAMIC, "rate": None}}, overrides)
    dynamic = changed.pop("dynamic")
    faults = node_faults(changed, allowed) or value_faults(changed, Settings, "", allowed, required=False)
    if learning := any(word.startswith("dynamic.") for word in overrides):
        faults += node_faults({"dynamic": dynamic}, allowed)
    if faults:
        raise InputError(faults)
    batching = build(changed["batching"], allowed, "batching")
    if faults := [*read_on(predictor.model, predictor.inputs, predictor.targets, batching)]:
        raise InputError(faults)
    data = SequenceData(
        build(changed["data"], allowed, "data"),
        predictor.inputs,
        predictor.targets,
        batching,
        on_bad=changed["on_bad"],
    )
    data.setup("test")
    check_targets(predictor.model, data)
    _tell_other_cut(predictor, data, split)
    trainer = Trainer(**without_apples_gpu(QUIETLY))
    results = evaluate(predictor, data, trainer, [split], allowed)
    if learning:
        results |= dynamic_scores(build(dynamic, allowed, "dynamic"), predictor.model, data, split)
    if judge is not None:
        results |= judged_scores(predictor, load(judge, trust), data, split)
    report = make_report(predictor, data, trainer, split)
    results |= {name: score for name, score in report.scores.items() if name not in results}
    for line in [*report.told, *data.faults.lines()]:
        print(f"seqmodels: {line}", file=sys.stderr)  # standard output may be wanted as JSON alone
    return predictor, results, report


def _tell_other_cut(predictor: Predictor, data: SequenceData, split: str) -> None:
    """Say where a split that is cut off the training file is not the one of the run."""
    known = predictor.recipe.get("data_sha256")
    sha = known.get(split) if isinstance(known, Mapping) else None
    if split in data.reader.cut and fingerprint(getattr(data.splits, split)) != sha:
        print(f"seqmodels: {OTHER_CUT.format(split)}", file=sys.stderr)


def _changed(config: dict[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    keys = [word.partition("=")[0] if "=" in word else "" for word in overrides]
    wrong = [w for w, key in zip(overrides, keys, strict=True) if key.split(".")[0] not in config or key == "dynamic"]
    if wrong:
        wanted = "wanted data.KEY=VALUE, batching.KEY=VALUE or on_bad=VALUE, for language models dynamic.KEY=VALUE too"
        raise InputError([f"{word}: {wanted}{closest(word, config)}" for word in wrong])
    merged = OmegaConf.merge(OmegaConf.create(config), OmegaConf.from_dotlist(list(overrides)))
    # Not resolved: an interpolation in a checkpoint could read the environment.
    result = OmegaConf.to_container(merged, resolve=False)
    assert isinstance(result, dict)
    return {str(key): value for key, value in result.items()}
