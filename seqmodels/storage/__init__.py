"""Files that are whole or not there: written beside their place, then put into it; checkpoints with their sha256."""

from typing import TYPE_CHECKING, Any

from seqmodels.storage.atomic import replacing, same_file, sweep, write_text

if TYPE_CHECKING:
    from seqmodels.storage.checkpoints import CheckpointFiles, read_checkpoint_file

__all__ = ["CheckpointFiles", "read_checkpoint_file", "replacing", "same_file", "sweep", "write_text"]


def __getattr__(name: str) -> Any:
    """The names of checkpoints, looked up on first use: they take torch along, which no text needs."""
    if name not in ("CheckpointFiles", "read_checkpoint_file"):
        raise AttributeError(f"module 'seqmodels.storage' has no attribute {name!r}")
    from seqmodels.storage import checkpoints

    return getattr(checkpoints, name)
