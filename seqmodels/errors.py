"""What ends a command: a mistake in what the user gave (data, config, checkpoint, command line), a signal, a pruner."""

import signal
from collections.abc import Sequence


class InputError(ValueError):
    """One or more faults in the user's input, each a line: where, what was found, what was wanted, what to change.

    The command line prints the faults without a traceback and exits with code 2.

    Args:
        faults: one line, or one line per fault.

    Example:
        >>> from seqmodels.errors import InputError
        >>> str(InputError(["a.conllu:3: 9 columns found, 10 wanted"]))
        'a.conllu:3: 9 columns found, 10 wanted'
    """

    def __init__(self, faults: str | Sequence[str]):
        self.faults = [faults] if isinstance(faults, str) else list(faults)
        super().__init__("\n".join(self.faults))


class Stopped(BaseException):
    """A training was asked to stop, and did after it had saved a checkpoint.

    No Exception, because nothing on the way out may take it for a fault that it can deal with.

    Args:
        number: of the signal.
        step: optimiser steps that were done.
        folder: of the run.
    """

    def __init__(self, number: int, step: int, folder: str):
        self.code = 128 + number
        super().__init__(
            f"stopped by {signal.Signals(number).name} after step {step}, with a checkpoint; "
            f"`seqmodels train resume={folder}` goes on"
        )


class Pruned(BaseException):
    """A trial of a sweep was given up after a validation, because others had done better by then.

    Args:
        score: the last one.
        validations: how many there were.
    """

    code = 3

    def __init__(self, score: float, validations: int):
        super().__init__(f"pruned after validation {validations}, with {score:.4f}")
