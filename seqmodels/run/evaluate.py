"""Scores of a trained model on a split, beside the floor."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from pytorch_lightning import Trainer
from torchmetrics import Metric

from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.floors import Floor
from seqmodels.metrics import Scorer
from seqmodels.run.alignments import check_alignments
from seqmodels.run.build import IN_CHECKPOINTS, build
from seqmodels.run.load import Predictor, load
from seqmodels.run.memory import enough_memory
from seqmodels.run.settings import Settings
from seqmodels.run.signatures import closest, node_faults, value_faults
from seqmodels.types import pad

SPLITS = ("val", "test")


def evaluate(
    predictor: Predictor, data: SequenceData, trainer: Trainer, splits: Sequence[str], allowed: Sequence[str]
) -> dict[str, float]:
    """Score a model on splits with the metrics of its recipe.

    Returns:
        ``val/...`` and ``test/...`` as asked for, and ``floor/...`` for the last of them.
    """
    config = predictor.recipe["config"]
    metrics = build(config["metric"], allowed, "metric")
    predictor.model.measure(metrics)
    results: dict[str, float] = {}
    for split in splits:
        run = trainer.validate if split == "val" else trainer.test
        with enough_memory(trainer, data):
            (scores,) = run(predictor.model, datamodule=data, verbose=False)
        results |= {name: float(value) for name, value in scores.items()}
    whole = trainer.limit_test_batches == 1.0 and not trainer.overfit_batches  # type: ignore[attr-defined]
    if config["floor"] is not None and whole:  # on a part of the split, the two would be scored on different examples
        floor = build(config["floor"], allowed, "floor")
        results |= {f"floor/{name}": v for name, v in floor_scores(floor, data, metrics, splits[-1]).items()}
    return results


def floor_scores(floor: Floor, data: SequenceData, metrics: Mapping[str, Metric], split: str) -> dict[str, float]:
    """Fit the floor on the training split and score it on another one, by the model's own metrics.

    Returns:
        Each metric by its name.
    """
    train, examples = data.splits.train, getattr(data.splits, split)
    floor.fit([example.inputs for example in train], [example.targets for example in train])
    said = pad([data.targets.encode(answer) for answer in floor.predict([example.inputs for example in examples])])
    scorer = Scorer(metrics)
    scorer.update_metrics(said, pad([data.targets.encode(example.targets) for example in examples]))
    return {name: value.item() for name, value in scorer.compute_metrics().items()}


def evaluate_run(
    run: str | Path, split: str = "test", overrides: Sequence[str] = (), trust: Sequence[str] = ()
) -> tuple[Predictor, dict[str, float]]:
    """Score a finished run again, on its own data or on other data of the same kind.

    Args:
        run: a run's folder or a checkpoint.
        split: ``val`` or ``test``.
        overrides: changes to the run's data or batching, such as ``data.test=other.conllu``.
        trust: further packages whose classes the checkpoint may name.

    Raises:
        InputError: the run, an override or the data is not as it must be.
    """
    if split not in SPLITS:
        raise InputError(f"--split {split}: wanted {' or '.join(SPLITS)}")
    predictor = load(run, trust)
    allowed = (*IN_CHECKPOINTS, *trust)
    config = predictor.recipe["config"]
    # A checkpoint of before there was a choice raised.
    own = {"data": config["data"], "batching": config["batching"], "on_bad": config.get("on_bad", "raise")}
    changed = _changed(own, overrides)
    faults = node_faults(changed, allowed) or value_faults(changed, Settings, "", allowed, required=False)
    if faults:
        raise InputError(faults)
    data = SequenceData(
        build(changed["data"], allowed, "data"),
        predictor.inputs,
        predictor.targets,
        build(changed["batching"], allowed, "batching"),
        on_bad=changed["on_bad"],
    )
    data.setup("test")
    check_alignments(predictor.model, data)
    trainer = Trainer(
        devices=1, logger=False, enable_checkpointing=False, enable_model_summary=False, enable_progress_bar=False
    )
    results = evaluate(predictor, data, trainer, [split], allowed)
    for line in data.faults.lines():
        print(f"seqmodels: {line}", file=sys.stderr)  # standard output may be wanted as JSON alone
    return predictor, results


def _changed(config: dict[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    wrong = [word for word in overrides if "=" not in word or word.split("=")[0].split(".")[0] not in config]
    if wrong:
        wanted = "wanted data.KEY=VALUE, batching.KEY=VALUE or on_bad=VALUE"
        raise InputError([f"{word}: {wanted}{closest(word, config)}" for word in wrong])
    merged = OmegaConf.merge(OmegaConf.create(config), OmegaConf.from_dotlist(list(overrides)))
    # Not resolved: an interpolation in a checkpoint could read the environment.
    result = OmegaConf.to_container(merged, resolve=False)
    assert isinstance(result, dict)
    return {str(key): value for key, value in result.items()}
