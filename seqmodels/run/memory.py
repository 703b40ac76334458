"""What is said when memory runs out."""

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from pytorch_lightning import Trainer

from seqmodels.data import SequenceData
from seqmodels.errors import InputError

NO_MEMORY = re.compile("can't allocate memory|not enough memory|out of memory", re.IGNORECASE)
EVALUATING = {"validation_step", "test_step"}


@contextmanager
def enough_memory(trainer: Trainer, data: SequenceData) -> Iterator[None]:
    """Name the batch that was too large for the memory, and the key that makes it smaller.

    Raises:
        InputError: memory ran out.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:  # torch raises the first
        if isinstance(error, MemoryError) or NO_MEMORY.search(str(error)):
            raise InputError(f"out of memory {_advice(error, trainer, data)}{_reason(error)}") from error
        raise


def _advice(error: BaseException, trainer: Trainer, data: SequenceData) -> str:
    batching = data.batching
    if EVALUATING & {frame.name for frame in traceback.extract_tb(error.__traceback__)}:
        size = batching.eval_batch_size
        return f"at a batch of {size} examples outside training: {batching.smaller(training=False)}"
    done = trainer.fit_loop.epoch_loop.batch_progress.current.ready
    lengths = data.lengths(range(max(0, done - 1), done))
    shape = f"{len(lengths)} x {max(lengths)} tokens" if lengths else "the first one"
    where = f"at a training batch of {shape} (epoch {trainer.current_epoch + 1}, batch {done})"
    return f"{where}: {batching.smaller(training=True)}"


def _reason(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f" ({lines[-1][:200]})" if lines else ""
