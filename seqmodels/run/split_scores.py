"""What a model scores on one split."""

from pytorch_lightning import Trainer

from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.metrics import Scorer
from seqmodels.run.memory import enough_memory
from seqmodels.run.report import scored_part
from seqmodels.topologies import Topology


def split_scores(model: Topology, data: SequenceData, trainer: Trainer, split: str) -> dict[str, float]:
    """Loss and metrics by ``split/name``.

    Args:
        model: with the metrics.
        data: set up.
        trainer: which runs it.
        split: ``val``, ``test``, or one of the further test splits that the data have.

    Raises:
        InputError: texts were compared, and not as many as the split has.
    """
    ran = "val" if split == "val" else "test"
    run = trainer.validate if ran == "val" else trainer.test
    with enough_memory(trainer, data):
        if split in data.splits._fields:
            (scores,) = run(model, datamodule=data, verbose=False)
        else:
            (scores,) = run(model, dataloaders=data.loader(split), verbose=False)
    if scored_part(trainer, ran) is None:
        _check_pairs(model.scorer(ran), len(data.encoded[split]), split)
    return {f"{split}/{name.removeprefix(f'{ran}/')}": float(value) for name, value in scores.items()}


def signatures(model: Topology, split: str) -> dict[str, str]:
    """By metric, all that its score on ``val`` or ``test`` depends on, where there is a standard for saying that."""
    metrics = model.scorer(split).text_metrics()
    return {name: metric.signature for name, metric in metrics.items() if metric.signature}


def _check_pairs(scorer: Scorer, examples: int, split: str) -> None:
    wrong = {name: metric.scored for name, metric in scorer.text_metrics().items() if metric.scored != examples}
    if wrong:
        told = [
            f"metric.{name}: {found:,} pairs of texts compared, and {examples:,} examples in the {split} split"
            for name, found in wrong.items()
        ]
        raise InputError(told)
