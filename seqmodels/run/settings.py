"""The top level of a config: what each key is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Lt
from pydantic import StringConstraints
from pytorch_lightning import Callback, Trainer
from pytorch_lightning.loggers import Logger
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torchmetrics import Metric

from seqmodels.data import BatchPlan, Reader
from seqmodels.data.augment import Augmentation
from seqmodels.floors import Floor, LossFloor
from seqmodels.text import Field
from seqmodels.topologies import Topology
from seqmodels.types import Positive, Probability


@dataclass(frozen=True)
class Settings:
    """A run, as conf/config.yaml and the groups it names compose it.

    Args:
        name: of the task; runs lie in a folder of that name.
        seed: decides everything that is random, the order of the batches too.
        monitor: the validated metric that decides which checkpoint is best.
        mode: whether less of it is better, or more.
        runs: the folder in which runs lie.
        run_dir: this run's folder.
        resume: the run to go on with: its folder, a checkpoint, or ``last``.
        resume_anyway: though data, vocabulary or config are not what they were.
        save_every: steps or time between checkpoints within an epoch.
        nonfinite: what a loss or gradient that is no number does to the run.
        test: whether the test split is scored when the training is over.
        report: whether errors, confusions and learning curves are written into the run's folder.
        data: the reader (seqmodels.data).
        fields: how inputs and targets become ids (seqmodels.text).
        on_bad: what data that cannot be read or encoded does to the run.
        batching: how examples become batches (seqmodels.data: Batching, Streams).
        augment: changes training inputs at random (seqmodels.data.augment).
        model: a topology and its parts (seqmodels.topologies, seqmodels.nn).
        metric: by name (seqmodels.metrics); a factory gets the targets' field.
        floor: the trivial method beside the model, or several by name (seqmodels.floors).
        encoder_size: the hidden_size of every encoder that has one, until model.encoder.hidden_size is set.
        encoder_dropout: likewise the dropout of every encoder.
        encoder_locked_dropout: likewise whether that drops the same numbers at every step of a sequence.
        encoder_longest: for encoders that begin with a memory as long: how many steps apart are the things to connect.
        vectors: pretrained vectors for the input tokens, a file or a name such as ``glove.6B.100d``.
        optim: makes the optimiser.
        scheduler: makes the learning-rate schedule.
        trainer: Lightning's Trainer.
        callbacks: by name; null leaves one out.
        logger: by name.
    """

    name: Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*$")]  # it names a folder
    seed: Annotated[int, Ge(0), Lt(2**32)]
    monitor: str
    mode: Literal["min", "max"]
    runs: str
    run_dir: str
    resume: str | None
    resume_anyway: bool
    save_every: Positive | str | None
    nonfinite: Literal["stop", "skip"]
    test: bool
    report: bool
    data: Reader
    fields: dict[Literal["inputs", "targets"], Field]
    on_bad: Literal["raise", "skip"]
    batching: BatchPlan
    augment: Augmentation | None
    model: Topology
    metric: dict[str, Metric | Callable[[Field], Metric]]
    floor: Floor | LossFloor | dict[str, Floor | LossFloor] | None
    encoder_size: Positive
    encoder_dropout: Probability
    encoder_locked_dropout: bool
    encoder_longest: Positive
    vectors: str | None
    optim: Callable[..., Optimizer]
    scheduler: Callable[..., LRScheduler] | None
    trainer: Trainer
    callbacks: dict[str, Callback | None]
    logger: dict[str, Logger] | None
