"""Write a whole file or nothing, whatever happens while it is written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PART = ".part"  # how the names of unfinished files end


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside ``path`` to write to, which takes its place when the block ends without an exception.

    Beside it, because only a rename within one file system happens at once. The data is on the disk before the name
    points to it, so that a power cut leaves the old file or the new one.

    Args:
        path: the file to write; its folder must be there.

    Raises:
        OSError: it cannot be written; what stood there before still stands there.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "a.txt"
        >>> with replacing(target) as beside: _ = beside.write_text("whole")
        >>> target.read_text()
        'whole'
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        yield beside
        _to_disk(beside)
        os.replace(beside, path)
        beside.unlink(missing_ok=True)  # left where it is if both were names of the same file
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _to_disk(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8")


def same_file(source: Path, target: Path) -> None:
    """Make ``target`` another name of the file ``source``, or a copy where the file system has no such names."""
    with replacing(target) as beside:
        beside.unlink(missing_ok=True)
        try:
            os.link(source, beside)
        except OSError:
            beside.write_bytes(source.read_bytes())


def sweep(folder: Path) -> list[Path]:
    """Remove what killed processes left unfinished in a folder.

    Returns:
        The files that were removed.
    """
    left = sorted(folder.glob(f".*{PART}"))
    for path in left:
        path.unlink(missing_ok=True)
    return left


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
