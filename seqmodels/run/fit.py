"""The training itself, and what is said when it cannot go on."""

import traceback
from pathlib import Path

from lightning_fabric.utilities.exceptions import MisconfigurationException
from pytorch_lightning import Trainer

from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.learning import NonFinite
from seqmodels.run.memory import enough_memory
from seqmodels.topologies import Topology

SHOWN = 10  # examples


def fit(trainer: Trainer, model: Topology, data: SequenceData, start: Path | None) -> None:
    """Train, from a checkpoint on if there is one.

    Raises:
        InputError: a setting that Lightning refuses only now, a loss that is no number, or too little memory.
        KeyboardInterrupt: Ctrl-C, the second time.
        Stopped: a signal asked for it; a checkpoint was saved.
    """
    try:
        with enough_memory(trainer, data):
            trainer.fit(model, datamodule=data, ckpt_path=start, weights_only=True)
    except SystemExit as error:
        if isinstance(error.__context__, KeyboardInterrupt):  # to which it is Lightning's answer
            folder = trainer.default_root_dir
            raise KeyboardInterrupt(f"interrupted; `seqmodels train resume={folder}` goes on") from error
        raise
    except NonFinite as error:
        raise InputError(_no_number(error, trainer, data)) from error
    except (MisconfigurationException, RuntimeError, ValueError) as error:
        if isinstance(error, InputError) or not _raised_by_lightning(error):
            raise
        # A setting of which it sees only now that it cannot be.
        raise InputError(f"trainer: {' '.join(str(error).split())}") from error


def _no_number(error: NonFinite, trainer: Trainer, data: SequenceData) -> str:
    done = trainer.fit_loop.epoch_loop.batch_progress.current.ready
    gathered = (done - 1) % trainer.accumulate_grad_batches + 1
    origins = data.origins(range(done - gathered, done))
    shown = ", ".join(origins[:SHOWN]) + (f" and {len(origins) - SHOWN} more" if len(origins) > SHOWN else "")
    return (
        f"{error}; epoch {trainer.current_epoch + 1}, batch {done}, of the examples {shown}. The last checkpoint is as "
        "it was; set optim.lr or trainer.gradient_clip_val lower, or nonfinite=skip to leave such steps out"
    )


def _raised_by_lightning(error: BaseException) -> bool:
    """Whether it is Lightning's own complaint, not a fault of the code that it calls."""
    last = traceback.extract_tb(error.__traceback__)[-1].filename
    return "pytorch_lightning" in Path(last).parts or "lightning_fabric" in Path(last).parts
