"""Why a run failed, kept in its folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqmodels.errors import InputError
from seqmodels.storage import write_text

FILE = "failure.txt"


@contextmanager
def kept_failure(folder: Path, first: bool = True) -> Iterator[None]:
    """Write into a run's folder what ends the block, for whoever looks at many runs later; a signal is no failure.

    Args:
        folder: of the run; what an earlier try left there is removed.
        first: whether this process writes for all of the run's.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> with kept_failure(folder): raise InputError("a.csv:3: no label found")
        Traceback (most recent call last):
        seqmodels.errors.InputError: a.csv:3: no label found
        >>> (folder / "failure.txt").read_text()
        'a.csv:3: no label found\\n'
    """
    path = folder / FILE
    if first:
        path.unlink(missing_ok=True)
    try:
        yield
    except Exception as error:
        said = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        if first and folder.is_dir():
            write_text(path, said.strip() + "\n")
        raise
