"""The one exception for a mistake in what the user gave: data, config, checkpoint or command line."""

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
